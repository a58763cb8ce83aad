"""The two groups a community starts with.

Their permissions are given after `post_migrate`, when the permission rows exist (a data migration
on an empty database sees none). What an operator adds to a group stays; what they take away comes
back with the next migration, so for fewer permissions one makes a group of one's own.
"""

from typing import Any

from django.apps import apps as installed_apps
from django.apps.registry import Apps

MODERATORS = "Moderators"
ADMINISTRATORS = "Administrators"

_MODERATION = {
    "view_user",
    "suspend_user",
    "view_conversation",
    "view_project",
    "view_message",
    "hide_message",
    "view_feedback",
    "view_report",
    "change_report",
    "view_sharereport",
    "change_sharereport",
}
_ADMINISTRATION = {
    *("add_user", "change_user", "view_group", "add_group", "change_group"),
    *("view_failedreply", "view_job", "view_persona", "approve_persona", "view_logentry"),
    *("view_modelprovider", "add_modelprovider", "change_modelprovider", "delete_modelprovider"),
    *("view_offeredmodel", "add_offeredmodel", "change_offeredmodel", "delete_offeredmodel"),
    *("view_speechprovider", "add_speechprovider", "change_speechprovider", "delete_speechprovider"),
    "view_speechusage",
    *("view_sitebranding", "add_sitebranding", "change_sitebranding"),
}
PERMISSIONS = {MODERATORS: _MODERATION, ADMINISTRATORS: _MODERATION | _ADMINISTRATION}


def give_permissions(using: str, apps: Apps = installed_apps, **signal: Any) -> None:
    """Make the groups and give them what they lack: a receiver of `post_migrate`."""
    try:
        group_model = apps.get_model("auth", "Group")
        permission_model = apps.get_model("auth", "Permission")
    except LookupError:  # migrated back to before there were groups
        return
    ours = permission_model.objects.using(using).filter(content_type__app_label__in=["admin", "auth", "chat"])
    for name, codenames in PERMISSIONS.items():
        group, _made = group_model.objects.using(using).get_or_create(name=name)
        group.permissions.add(*ours.filter(codename__in=codenames))

"""Names that Django keeps in the database in English, as people read them."""

from django.contrib.auth.models import Group, Permission
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from chat.accounts import groups


def group_label(group: Group) -> str:
    """Return the two groups a site starts with in the reader's language, others as they were named."""
    return {groups.MODERATORS: _("Moderators"), groups.ADMINISTRATORS: _("Administrators")}.get(
        group.name, group.name
    )


def permission_label(permission: Permission) -> str:
    """Return what it is about, and what one may do with it: "Chat | person | change"."""
    action = permission.codename.partition("_")[0]
    deeds = {
        "add": pgettext("permission", "add"),
        "change": pgettext("permission", "change"),
        "delete": pgettext("permission", "delete"),
        "view": pgettext("permission", "view"),
        "hide": pgettext("permission", "hide and restore"),
        "suspend": pgettext("permission", "suspend"),
        "approve": pgettext("permission", "approve"),
    }
    return f"{permission.content_type} | {deeds.get(action, permission.name)}"

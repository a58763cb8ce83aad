"""The groups a community starts with, and their permissions."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from chat.accounts.groups import ADMINISTRATORS, MODERATORS, PERMISSIONS
from chat.models import User

pytestmark = pytest.mark.django_db


def held(name: str) -> set[str]:
    return set(Group.objects.get(name=name).permissions.values_list("codename", flat=True))


@pytest.mark.parametrize("name", [MODERATORS, ADMINISTRATORS])
def test_a_new_database_has_the_groups_with_every_permission_named(name: str) -> None:
    assert held(name) == PERMISSIONS[name]


def test_moderators_see_and_decide_but_change_no_account(bob: User) -> None:
    for permission in ("view_user", "suspend_user", "view_conversation", "hide_message", "change_report"):
        assert bob.has_perm(f"chat.{permission}")
    for permission in ("chat.change_user", "chat.add_user", "auth.change_group", "chat.delete_conversation"):
        assert not bob.has_perm(permission)


def test_no_group_deletes_what_belongs_to_people() -> None:
    deletes = [codename for codename in held(ADMINISTRATORS) if codename.startswith("delete")]
    assert sorted(deletes) == ["delete_modelprovider", "delete_offeredmodel", "delete_speechprovider"]


def test_the_next_migration_keeps_what_an_operator_added_and_mends_the_rest() -> None:
    group = Group.objects.get(name=MODERATORS)
    group.permissions.add(Permission.objects.get(codename="view_logentry"))
    group.permissions.remove(Permission.objects.get(codename="suspend_user"))
    call_command("migrate", verbosity=0)
    assert held(MODERATORS) == PERMISSIONS[MODERATORS] | {"view_logentry"}
    assert Group.objects.count() == 2


def test_a_deleted_group_comes_back() -> None:
    Group.objects.all().delete()
    call_command("migrate", verbosity=0)
    assert held(ADMINISTRATORS) == PERMISSIONS[ADMINISTRATORS]

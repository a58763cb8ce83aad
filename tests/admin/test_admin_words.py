"""The admin in the order and the language of who works there."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import translation

from chat.models import User
from tests.conftest import PASSWORD, browser_of


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create_superuser("root@example.org", PASSWORD)


@pytest.fixture(autouse=True)
def _compiled(settings: Any) -> None:
    """What the Chinese pages need is compiled by `make build`."""
    assert settings.LOCALE_PATHS[0].exists()


def in_chinese(client: Client, address: str) -> str:
    with translation.override("en"):  # so that the next test finds the language as it was
        answer = client.get(address, headers={"accept-language": "zh-hans"})
    assert answer.status_code == 200
    return answer.content.decode()


def test_groups_and_permissions_are_named_in_the_readers_language(root: User, alice: User) -> None:
    client = browser_of(root)
    person = in_chinese(client, f"/admin/chat/user/{alice.pk}/change/")
    assert "审核员</option>" in person
    assert "聊天 | 用户 | 修改</option>" in person
    assert "聊天 | 模型请求 | 修改</option>" in person
    assert "聊天 | 常用提示词 | 修改</option>" in person
    assert "Moderators" not in person
    assert "Can " not in person
    assert ">审核员</a>" in in_chinese(client, "/admin/chat/user/")
    assert "审核员</a>" in in_chinese(client, "/admin/auth/group/")
    group = in_chinese(client, f"/admin/auth/group/{Group.objects.get(name='Moderators').pk}/change/")
    assert "消息 | 隐藏和恢复显示</option>" in group


def test_a_group_of_their_own_keeps_its_name(root: User) -> None:
    Group.objects.create(name="Gardeners")
    assert "Gardeners</a>" in in_chinese(browser_of(root), "/admin/auth/group/")


def test_a_groups_name_is_no_persons_name(root: User, alice: User) -> None:
    client = browser_of(root)
    assert "名称" in in_chinese(client, "/admin/auth/group/add/")
    assert "昵称" not in in_chinese(client, "/admin/auth/group/add/")
    assert "昵称" in in_chinese(client, f"/admin/chat/user/{alice.pk}/change/")


def test_lists_count_with_a_measure_word_where_the_language_has_them(root: User, alice: User) -> None:
    client = browser_of(root)
    assert "2 个用户" in in_chinese(client, "/admin/chat/user/")
    assert "1 个用户" in in_chinese(client, "/admin/chat/user/?q=alice")
    english = client.get("/admin/chat/user/").content.decode()
    assert "2 users" in english
    assert "1 user" in client.get("/admin/chat/user/?q=alice").content.decode()


def test_those_in_no_group_are_filtered_by_words(root: User, alice: User) -> None:
    client = browser_of(root)
    chosen = "/admin/chat/user/?groups__isnull=True"
    assert re.search(r'groups__isnull=True"[^>]*>\s*No group', client.get(chosen).content.decode())
    assert re.search(r'groups__isnull=True"[^>]*>\s*无用户组', in_chinese(client, chosen))


def test_the_scripts_of_the_admin_speak_it_too(root: User) -> None:
    assert "\\u9009\\u62e9\\u5168\\u90e8" in in_chinese(browser_of(root), "/admin/jsi18n/")


def test_the_index_begins_with_what_moderators_come_for(root: User, bob: User) -> None:
    def sections(person: User) -> list[str]:
        page = browser_of(person).get("/admin/").context
        return [model["object_name"] for app in page["available_apps"] for model in app["models"]]

    first = ["Report", "ShareReport", "Feedback", "Persona", "User", "Conversation", "Project", "FailedReply"]
    services = ["ModelProvider", "OfferedModel", "SpeechProvider", "SpeechUsage", "Job"]
    assert sections(root) == [*first, *services, "SiteBranding", "Group", "EmailAddress", "LogEntry"]
    assert sections(bob) == ["Report", "ShareReport", "Feedback", "User", "Conversation", "Project"]

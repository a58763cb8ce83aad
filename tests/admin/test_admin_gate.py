"""One gate before the whole admin: who is suspended or deactivated gets through it nowhere."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, URLResolver
from django.utils import timezone

from chat.models import (
    Conversation,
    FailedReply,
    Generation,
    Message,
    ModelProvider,
    OfferedModel,
    Persona,
    Report,
    User,
)
from chat.moderation import actions as moderation
from chat.moderation import audit
from tests.conftest import PASSWORD, browser_of

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
# The two doors that everybody may knock at: they lead to the site's own
DOORS = {"admin/login/"}


def patterns(entries: Any, before: str) -> Iterator[tuple[str, str]]:
    """Route and name of every address."""
    for entry in entries:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry.url_patterns, route)
        elif isinstance(entry, URLPattern):
            yield route, entry.name or ""


ROUTES = dict(patterns(admin.site.get_urls(), "admin/"))


def kinds() -> dict[str, type[Model]]:
    return {f"{model._meta.app_label}/{model._meta.model_name}": model for model in admin.site._registry}


def address_of(route: str) -> str:
    """The route with the id of a row that is there in it."""
    kind = next((model for name, model in kinds().items() if f"admin/{name}/" in route), None)
    row = kind._default_manager.order_by("pk").last() if kind is not None else None
    known = {"app_label": "chat", "url": "nowhere/"}

    def fill(match: re.Match[str]) -> str:
        return known.get(match[1]) or str(row.pk if row is not None else 1)

    route = re.sub(r"\(\?P<app_label>[^)]*\)", "chat", route).replace("(?P<url>.*)$", "nowhere/")
    return "/" + PARAMETER.sub(fill, route).replace("^", "").replace("$", "")


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create_superuser("root@example.org", PASSWORD)


@pytest.fixture
def everything(alice: User, say: Any, root: User) -> None:
    """A row of each kind that the admin knows, with a canary in it."""
    conversation = say(alice, "canary question", "canary answer")
    moderation.report(alice, conversation.tip.uuid, "wrong", "canary note")
    Message.objects.filter(pk=conversation.tip_id).update(status="interrupted")
    Generation.objects.filter(reply=conversation.tip_id).update(error="stream_cut")
    Persona.objects.create(owner=alice, name="canary persona", instructions="canary", sharing="asked")
    model_provider = ModelProvider.objects.create(name="canary service", base_url="https://canary.example/v1")
    OfferedModel.objects.create(provider=model_provider, name="canary-1")
    audit.record_read(root, conversation)


def rows() -> list[Any]:
    watched = (Conversation, Message, Report, Persona, ModelProvider, OfferedModel, User, Group, LogEntry)
    return [list(model._default_manager.order_by("pk").values()) for model in watched]


def suspend(person: User) -> Client:
    client = browser_of(person)
    User.objects.filter(pk=person.pk).update(suspended_until=timezone.now() + timedelta(days=1))
    return client


def test_the_walk_knows_every_kind_of_row_and_the_pages_of_our_own() -> None:
    assert {f"/admin/{name}/<path:object_id>/change/"[1:] for name in kinds()} <= set(ROUTES)
    assert {"admin/doctor/", "admin/autocomplete/", "admin/chat/failedreply/"} <= set(ROUTES)
    assert FailedReply in kinds().values()


@pytest.mark.usefixtures("everything")
def test_each_address_leads_an_administrator_somewhere(root: User) -> None:
    """So that the refusals below are the gate's, and not those of addresses that nobody could open."""
    client = browser_of(root)
    lost = {}
    for route in ROUTES:
        answer = client.get(address_of(route))
        if answer.status_code == 404 and "nowhere" not in address_of(route):
            lost[route] = answer.status_code
    assert set(lost) <= {"admin/chat/user/suspend/"}  # whom stands in the query


@pytest.mark.usefixtures("everything")
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_suspended_administrator_gets_nothing_and_changes_nothing(root: User, method: str) -> None:
    client = suspend(root)
    before = rows()
    for route in set(ROUTES) - DOORS:
        answer = getattr(client, method)(address_of(route), follow=True)
        assert answer.status_code == 403, route
        assert "canary" not in answer.content.decode()
    assert rows() == before


@pytest.mark.usefixtures("everything")
def test_a_deactivated_administrator_is_a_visitor(root: User) -> None:
    client = browser_of(root)
    User.objects.filter(pk=root.pk).update(is_active=False)
    for route in set(ROUTES) - DOORS:
        answer = client.get(address_of(route), follow=True)
        assert answer.redirect_chain[-1][0].startswith("/accounts/login/"), route


@pytest.mark.usefixtures("everything")
def test_no_action_of_a_list_works_for_a_suspended_administrator(root: User) -> None:
    client = suspend(root)
    before = rows()
    for name, model in kinds().items():
        chosen = [str(pk) for pk in model._default_manager.values_list("pk", flat=True)]
        actions = [str(action) for action in admin.site._registry[model].actions or []]
        for action in [*actions, "delete_selected"]:
            data = {"action": action, "_selected_action": chosen, "post": "yes"}
            assert client.post(f"/admin/{name}/", data, follow=True).status_code == 403
    assert rows() == before


def test_a_suspended_moderator_is_told_why_and_offered_no_way_there(bob: User) -> None:
    client = suspend(bob)
    said = client.get("/admin/", follow=True).content.decode()
    assert "while your account is suspended" in said
    assert 'href="/admin/"' not in client.get("/").content.decode()


def test_the_gate_opens_again_when_the_suspension_ends(bob: User) -> None:
    client = suspend(bob)
    assert client.get("/admin/", follow=True).status_code == 403
    User.objects.filter(pk=bob.pk).update(suspended_until=timezone.now() - timedelta(seconds=1))
    assert client.get("/admin/").status_code == 200


def test_a_suspended_approver_sees_no_picture_of_what_waits(alice: User, root: User) -> None:
    persona = Persona.objects.create(owner=alice, name="p", picture=b"canary", sharing="asked")
    address = f"/personas/{persona.uuid}/picture/"
    assert browser_of(root).get(address).status_code == 200
    assert suspend(root).get(address).status_code == 404

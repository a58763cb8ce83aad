"""What a model refuses is remembered across restarts, read by administrators, and forgotten when they say so."""

import asyncio
import json
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import OperationalError, connection
from django.test import Client

from chat import replies
from chat.accounts.groups import ADMINISTRATORS
from chat.catalog import actions as catalog
from chat.catalog import registry
from chat.core.sealing import seal
from chat.models import Conversation, ModelProvider, OfferedModel, User
from chat.realtime import layer
from chat.realtime.layer_messages import ModelsChanged
from tests.conftest import PASSWORD, browser_of
from tests.support.layer import Ear
from tests.support.scripted_provider import play
from tests.support.waiting import LIMIT, until

pytestmark = pytest.mark.django_db(transaction=True)

REFUSES = play("refusing", names="openai_temperature openai_limit")
LEARNT = {"temperature": "", "max_tokens": "max_completion_tokens"}


@pytest.fixture
def admin(db: None) -> Client:
    dora = User.objects.create_user("dora@example.org", PASSWORD, name="Dora", is_staff=True)
    dora.groups.add(Group.objects.get(name=ADMINISTRATORS))
    return browser_of(dora)


async def ask(owner: User, open_tab: Any, model: OfferedModel | None = None) -> None:
    """One whole answer, in a conversation with settings."""
    wanted = {"temperature": 0.7, "max_tokens": 500}
    made = await Conversation.objects.acreate(owner=owner, title="Set", model=model, parameters=wanted)
    tab = await open_tab(owner)
    await tab.send("Hello", conversation=made.uuid)
    assert (await tab.until("ended"))["status"] == "complete"


async def kept(name: str = "scripted-1", capabilities: dict[str, str] = LEARNT, **row: Any) -> OfferedModel:
    """The model's row, as soon as this stands there."""
    async with asyncio.timeout(LIMIT):
        while True:
            found = await OfferedModel.objects.filter(name=name, **row).afirst()
            if found and found.capabilities == capabilities:
                return found
            await asyncio.sleep(0.02)


async def test_a_new_process_does_not_ask_again_and_asks_again_when_it_is_forgotten(
    alice, admin, open_tab, provider
):
    provider.default = REFUSES
    await ask(alice, open_tab)
    assert len(provider.requests) == 3
    row = await kept()
    await replies.shut_down()
    await ask(alice, open_tab)
    assert len(provider.requests) == 4
    assert provider.requests[-1].body["max_completion_tokens"] == 500
    door = replies.current().provider.capabilities("scripted-1")
    assert door.known == LEARNT
    await asyncio.to_thread(admin.post, f"/admin/chat/offeredmodel/{row.pk}/forget/")
    await until(lambda: door.known == {})
    await ask(alice, open_tab)
    assert len(provider.requests) == 7
    await kept()


async def test_a_provider_of_the_administrators_is_remembered_too_and_each_for_itself(
    alice, open_tab, provider, server
):
    second = await ModelProvider.objects.acreate(
        name="Second", base_url=server.base_url, allow_private=True, sealed_key=seal("sk-of-the-service")
    )
    model = await OfferedModel.objects.acreate(provider=second, name="scripted-1")
    server.default = REFUSES
    await ask(alice, open_tab, model)
    await kept(provider=second)
    await replies.shut_down()
    await ask(alice, open_tab, model)
    await ask(alice, open_tab)
    assert (len(server.requests), len(provider.requests)) == (4, 1)
    assert provider.requests[0].body["temperature"] == 0.7


async def test_what_another_process_learnt_is_known_here_with_its_hint(alice, open_tab, provider):
    await open_tab(alice)
    row = await kept(capabilities={})
    await asyncio.to_thread(catalog.note_capabilities, None, row.name, LEARNT)
    await layer.publish(layer.ENGINES, ModelsChanged())
    known = replies.current().provider.capabilities(row.name)
    await until(lambda: known.known)
    assert known.known == LEARNT


async def test_a_database_that_does_not_take_it_costs_no_answer_and_gets_it_later(
    alice, open_tab, provider, monkeypatch
):
    monkeypatch.setattr(registry, "KEEP_AGAIN", 0.3)
    tries = []

    def locked(*arguments: Any) -> None:
        tries.append(arguments)
        if len(tries) == 1:
            raise OperationalError("database is locked")
        note(*arguments)

    note = catalog.note_capabilities
    monkeypatch.setattr(catalog, "note_capabilities", locked)
    provider.default = REFUSES
    await ask(alice, open_tab)
    await until(lambda: tries)
    await replies.current().registry.load()  # what is not kept yet is not forgotten either
    await ask(alice, open_tab)
    assert len(provider.requests) == 4
    await kept()
    assert len(tries) == 2


@pytest.mark.parametrize("stored", [["temperature"], "temperature", 7, None, {"temperature": {"a": []}}])
async def test_a_row_that_holds_nonsense_is_as_one_that_holds_nothing(
    alice, admin, open_tab, provider, stored
):
    def nonsense() -> OfferedModel:
        row = OfferedModel.objects.create(name="scripted-1")
        with connection.cursor() as cursor:
            cursor.execute("UPDATE chat_offeredmodel SET quirks = %s", [json.dumps(stored)])
        return row

    row = await asyncio.to_thread(nonsense)
    page = await asyncio.to_thread(admin.get, f"/admin/chat/offeredmodel/{row.pk}/change/")
    assert "None known" in page.content.decode()
    provider.default = REFUSES
    await ask(alice, open_tab)
    await kept()


def test_what_was_learnt_of_a_model_without_a_row_makes_one_and_is_added_to_what_is_there(db):
    catalog.note_capabilities(None, "new", {"seed": ""})
    catalog.note_capabilities(None, "new", {"top_p": ""})
    catalog.note_capabilities(None, "n" * 5000, {"top_p": ""})
    catalog.note_capabilities(77, "of a service that is gone", {"top_p": ""})
    assert [(row.name, row.capabilities) for row in OfferedModel.objects.all()] == [
        ("new", {"seed": "", "top_p": ""})
    ]


def test_administrators_read_it_in_words_and_forget_it(admin):
    row = OfferedModel.objects.create(name="m", capabilities=LEARNT | {"seed": ""})
    address = f"/admin/chat/offeredmodel/{row.pk}"
    page = admin.get(f"{address}/change/").content.decode()
    assert "temperature, seed; max_tokens is sent as max_completion_tokens" in page
    assert f'action="{address}/forget/"' in page
    ear = Ear(layer.ENGINES)
    assert admin.get(f"{address}/forget/").status_code == 405
    page = admin.post(f"{address}/forget/", follow=True).content.decode()
    assert ear.heard() == [{"type": "models.changed"}]
    assert "All parameters will be sent to m again." in page
    assert f"{address}/forget/" not in page
    row.refresh_from_db()
    assert row.capabilities == {}


@pytest.mark.parametrize(("base_url", "left"), [("https://9.9.9.9/v1", {}), ("https://8.8.8.8/v1", LEARNT)])
def test_it_is_forgotten_when_the_provider_is_another(admin, base_url, left):
    model_provider = ModelProvider.objects.create(name="Second", base_url="https://8.8.8.8/v1")
    row = OfferedModel.objects.create(name="m", provider=model_provider, capabilities=LEARNT)
    form = {"name": "Renamed", "base_url": base_url, "is_enabled": "on"}
    ear = Ear(layer.ENGINES)
    assert admin.post(f"/admin/chat/modelprovider/{model_provider.pk}/change/", form).status_code == 302
    assert ear.heard() == [{"type": "models.changed"}]
    row.refresh_from_db()
    assert row.capabilities == left


def test_moderators_strangers_and_visitors_forget_nothing(alice, bob, charlie):
    row = OfferedModel.objects.create(name="m", capabilities=LEARNT)
    for browser in (*map(browser_of, (alice, bob, charlie)), Client()):
        assert browser.post(f"/admin/chat/offeredmodel/{row.pk}/forget/").status_code in {302, 403}
    row.refresh_from_db()
    assert row.capabilities == LEARNT

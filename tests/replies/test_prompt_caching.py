"""What goes to a provider that reuses the beginning of a prompt, and what of that pages and administrators see."""

import json
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import Group
from django.test import Client

from chat import replies
from chat.accounts.groups import ADMINISTRATORS
from chat.catalog import actions as catalog
from chat.models import Conversation, Message, ModelProvider, ModelRequest, OfferedModel, User
from chat.replies import request_loop
from tests.conftest import browser_of
from tests.conversations.test_branches import exchanges
from tests.support.scripted_cache import KEY
from tests.support.scripted_provider import play
from tests.support.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)

PROVIDERS = "/admin/chat/modelprovider/"


@pytest.fixture
def caching(settings: Any, provider: Any) -> Any:
    """The scripted provider, which the operator has chosen this for."""
    settings.OPENAI_PROMPT_CACHING, settings.MESSAGES_PER_MINUTE = True, 1000
    provider.default = play("caching", text="A short answer.")
    return provider


@pytest.fixture
def second(provider: Any, server: Any, db: None) -> ModelProvider:
    """A provider of the administrators, on another server."""
    return ModelProvider.objects.create(name="Second", base_url=server.base_url, allow_private=True)


async def asked(tab: Any, conversation: Conversation) -> ModelRequest:
    """Ask, wait for the end; gives what was sent."""
    await conversation.arefresh_from_db()
    tip = await Message.objects.aget(pk=conversation.tip_id)
    event = await tab.send("now", conversation=conversation.uuid, parent=tip.uuid)
    assert event["type"] == "sent", event
    ended = await tab.until("ended")
    assert ended["status"] == "complete"
    return await ModelRequest.objects.aget(reply__uuid=ended["reply"])


def line_of(user: User, conversation: Conversation) -> int | None:
    """The message above which the page says that nothing is sent."""
    page = browser_of(user).get(f"/c/{conversation.uuid}/")
    [found] = [message.uuid for message in page.context["thread"] if message.context_line] or [None]
    return Message.objects.get(uuid=found).pk if found else None


async def test_over_thirty_turns_the_page_says_what_is_sent_and_most_of_it_comes_from_the_cache(
    alice, say, open_tab, caching
):
    conversation = await sync_to_async(say)(alice, "first", "answer")
    tab = await open_tab(alice)
    first = await Message.objects.aget(text="first")
    told = taken = 0
    lengths = []
    for _ in range(30):
        line = await sync_to_async(line_of)(alice, conversation)
        row = await asked(tab, conversation)
        assert row.message_ids[0] == (line or first.pk)
        lengths.append(len(row.message_ids) // 2)
        told, taken = told + row.tokens_in, taken + row.tokens_cached
    assert lengths == [*range(1, 16), *range(10, 16), *range(10, 16), *range(10, 13)]
    assert taken / told > 0.8


async def test_unless_it_is_chosen_the_latest_ten_go_and_no_key(alice, say, open_tab, provider):
    conversation = await sync_to_async(say)(alice, *exchanges(14))
    row = await asked(await open_tab(alice), conversation)
    assert len(row.message_ids) == 21
    assert KEY not in provider.requests[-1].body
    page = await sync_to_async(lambda: browser_of(alice).get(f"/c/{conversation.uuid}/"))()
    assert 'data-steps=""' in page.content.decode()


async def test_the_key_is_the_conversation_s_and_tells_nobody_which(
    alice, bob, say, open_tab, caching, settings
):
    keys = []
    for person in (alice, alice, bob):
        conversation = await sync_to_async(say)(person, *exchanges(2))
        tab = await open_tab(person)
        for _ in range(2):
            await asked(tab, conversation)
            keys.append(caching.requests[-1].body[KEY])
        assert conversation.uuid.hex not in keys[-1]
    assert keys[::2] == keys[1::2]
    assert len(set(keys)) == 3
    assert all(len(key) == 32 and key.isalnum() for key in keys)
    assert all(KEY not in request.body for request in caching.title_requests)
    settings.SECRET_KEY = "x" * 50  # without it nobody makes the key of a conversation that they know
    assert request_loop.cache_key(conversation) != keys[-1]


async def test_an_administrator_chooses_it_for_a_provider_and_the_next_reply_obeys(
    alice, say, open_tab, provider, server, second
):
    def choose(value: dict[str, str]) -> None:
        dora, _ = User.objects.get_or_create(email="dora@example.org", name="Dora", is_staff=True)
        dora.groups.add(Group.objects.get(name=ADMINISTRATORS))
        form = {"name": "Second", "base_url": server.base_url, "allow_private": "on", "is_enabled": "on"}
        answer = browser_of(dora).post(f"{PROVIDERS}{second.pk}/change/", form | value)
        assert answer.status_code == 302

    model = await OfferedModel.objects.acreate(provider=second, name="scripted-1", is_default=True)
    conversation = await sync_to_async(say)(alice, *exchanges(14))
    tab = await open_tab(alice)
    sent = []
    for value in ({}, {"keeps_prefix": "on"}, {}):
        await sync_to_async(choose)(value)
        wanted = bool(value)
        await until(lambda wanted=wanted: _keeps(second) == wanted)
        row = await asked(tab, conversation)
        sent.append((len(row.message_ids) // 2, KEY in server.requests[-1].body))
    assert sent == [(10, False), (15, True), (10, False)]
    assert (await OfferedModel.objects.aget(pk=model.pk)).capabilities == {}


def _keeps(provider: ModelProvider) -> bool:
    """Whether the client that this process has of it is one that keeps prefixes."""
    running = replies.current()
    assert running is not None
    client = running.registry._clients[provider.pk].client
    return client is not None and client.endpoint.keeps_prefix


def test_moderators_and_strangers_choose_nothing(bob, charlie, second):
    for person in (bob, charlie):
        form = {"name": "Second", "base_url": second.base_url, "allow_private": "on", "keeps_prefix": "on"}
        assert browser_of(person).post(f"{PROVIDERS}{second.pk}/change/", form).status_code in {302, 403}
    assert not ModelProvider.objects.get().keeps_prefix


async def test_a_provider_that_refuses_the_key_is_remembered_and_no_setting_is_told_to_be_ignored(
    alice, say, open_tab, caching
):
    caching.default = play("without_cache_key", service="nvidia")
    conversation = await sync_to_async(say)(alice, *exchanges(2))
    tab = await open_tab(alice)
    for _ in range(2):
        await asked(tab, conversation)
    assert [KEY in request.body for request in caching.requests] == [True, False, False]
    reply = await Message.objects.select_related("generation").alatest("pk")
    assert reply.generation.ignored_parameters == ""  # it was nobody's setting


def choosing(person: User, conversation: Conversation, model: OfferedModel) -> Any:
    client: Client = browser_of(person)
    return client.post(f"/c/{conversation.uuid}/model/", {"model": model.pk}, headers={"X-Fragment": "1"})


def test_whoever_chooses_a_model_is_told_how_its_context_moves_on(alice, bob, charlie, say, second):
    conversation = say(alice, *exchanges(14))
    catalog.note_listing(None, ["plain"])
    plain = OfferedModel.objects.get(name="plain")
    stepped = OfferedModel.objects.create(provider=second, name="stepped")
    ModelProvider.objects.update(keeps_prefix=True)
    answer = choosing(alice, conversation, stepped)
    assert json.loads(answer.content) == {"steps": True, "tip": str(conversation.tip.uuid), "depth": 27}
    page = browser_of(alice).get(f"/c/{conversation.uuid}/").content.decode()
    assert 'data-steps="1"' in page
    assert page.count("data-depth=") == 1
    assert "Only the messages below are sent to the model" in page
    assert json.loads(choosing(alice, conversation, plain).content) == {"steps": False}
    for person in (bob, charlie):
        assert choosing(person, conversation, stepped).status_code == 404
    conversation.refresh_from_db()
    assert conversation.model_id == plain.pk

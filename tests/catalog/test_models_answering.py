"""Which model answers: the one that was chosen, of whichever provider, or the default when that is gone."""

import asyncio
import logging
from typing import Any

import pytest
from django.utils import timezone

from chat import replies
from chat.catalog import actions as catalog
from chat.catalog.errors import KeyUnreadable
from chat.core.sealing import seal, seal_headers
from chat.models import Conversation, Message, ModelProvider, OfferedModel
from chat.realtime import layer
from chat.realtime.layer_messages import ModelsChanged
from tests.support.scripted_provider import ScriptedProvider, play
from tests.support.waiting import LIMIT, until

pytestmark = pytest.mark.django_db(transaction=True)


async def listed(count: int, **fields: Any) -> None:
    """Until so many models, or so many of them with these fields, have a row."""
    async with asyncio.timeout(LIMIT):
        while await OfferedModel.objects.filter(**fields).acount() < count:
            await asyncio.sleep(0.02)


async def add_provider(
    server: ScriptedProvider, key: str = "sk-of-the-service", **fields: Any
) -> ModelProvider:
    fields = {"name": "Second", "allow_private": True, "base_url": server.base_url} | fields
    return await ModelProvider.objects.acreate(sealed_key=seal(key), **fields)


async def ask(tab: Any, conversation: Conversation, parent: Any = None) -> Message:
    sent = await tab.send("Hello", conversation=conversation.uuid, parent=parent)
    await tab.until("ended")
    return await Message.objects.select_related("generation").aget(uuid=sent["reply"])


async def chosen(owner: Any, model: OfferedModel) -> Conversation:
    return await Conversation.objects.acreate(owner=owner, model=model, title="Chosen")


async def test_what_a_provider_lists_gets_rows_and_the_settings_name_the_default(alice, open_tab, provider):
    tab = await open_tab(alice)
    await listed(2)
    names = [row.name async for row in OfferedModel.objects.all()]
    assert names == ["scripted-1", "scripted-2"]
    reply = await ask(tab, await Conversation.objects.acreate(owner=alice, title="New"))
    assert provider.requests[-1].body["model"] == "scripted-1"
    assert (reply.model_label, reply.requested_model) == ("scripted-1", "")


async def test_the_chosen_model_answers_and_makes_the_title_and_its_label_is_told(alice, open_tab, provider):
    tab = await open_tab(alice)
    await listed(2)
    model = await OfferedModel.objects.aget(name="scripted-2")
    await OfferedModel.objects.filter(pk=model.pk).aupdate(label="The second")
    conversation = await Conversation.objects.acreate(owner=alice, model=model)
    await replies.current().registry.load()
    await tab.send("Hello", conversation=conversation.uuid)
    assert (await tab.until("ended"))["model"] == "The second"
    assert provider.requests[-1].body["model"] == "scripted-2"
    await until(lambda: provider.title_requests)
    assert provider.title_requests[-1].body["model"] == "scripted-2"


async def test_a_model_of_another_provider_is_asked_there_with_its_key_and_headers(
    alice, open_tab, provider, server
):
    sealed = seal_headers({"X-Team": "blue"})
    second = await add_provider(server, sealed_headers=sealed)
    tab = await open_tab(alice)
    await listed(4)
    model = await OfferedModel.objects.aget(name="scripted-2", provider=second)
    await ask(tab, await chosen(alice, model))
    request = server.requests[-1]
    assert request.headers["authorization"] == "Bearer sk-of-the-service"
    assert request.headers["x-team"] == "blue"
    assert not provider.requests


async def test_a_model_chosen_before_the_process_heard_of_it_answers(alice, open_tab, provider):
    tab = await open_tab(alice)
    await listed(2)
    model = await OfferedModel.objects.acreate(name="brand-new")
    await ask(tab, await chosen(alice, model))
    assert provider.requests[-1].body["model"] == "brand-new"


@pytest.mark.parametrize("way", ["gone", "withdrawn", "disabled"])
async def test_the_default_answers_for_one_that_is_gone_and_says_so(alice, open_tab, provider, server, way):
    second = await add_provider(server)
    tab = await open_tab(alice)
    await listed(4)
    model = await OfferedModel.objects.aget(name="scripted-2", provider=second)
    conversation = await chosen(alice, model)
    if way == "disabled":
        await ModelProvider.objects.aupdate(is_enabled=False)
    elif way == "gone":
        server.models.remove("scripted-2")
        await OfferedModel.objects.filter(pk=model.pk).aupdate(gone_at=timezone.now())
    else:
        await OfferedModel.objects.filter(pk=model.pk).aupdate(is_offered=False)
    await replies.current().registry.load()
    await tab.send("Hello", conversation=conversation.uuid)
    ended = await tab.until("ended")
    assert ended["instead"] == "scripted-2 is no longer available; scripted-1 replied."
    reply = await Message.objects.aget(conversation=conversation, role="assistant")
    assert (reply.requested_model, reply.model_label) == ("scripted-2", "scripted-1")
    assert not server.requests


async def test_a_provider_is_not_asked_for_its_models_twice_at_once(alice, open_tab, server, monkeypatch):
    await open_tab(alice)
    await listed(2)
    asked, answer = [], asyncio.Event()

    async def answering_late(provider: Any) -> list[str]:
        asked.append(provider)
        await answer.wait()
        return ["late"]

    monkeypatch.setattr("chat.catalog.registry._names", answering_late)
    await add_provider(server)  # from now on the catalogue's own round may ask it, too
    found = replies.current().registry
    first = asyncio.create_task(found.refresh())
    async with asyncio.timeout(LIMIT):
        while not asked:
            await asyncio.sleep(0.01)
    second = asyncio.create_task(found.refresh())
    await asyncio.wait({second}, timeout=5)  # it has nothing to wait for
    answer.set()
    await asyncio.gather(first, second)
    assert len(asked) == 1
    await listed(1, name="late")  # it may have been the catalogue's own round that asked


async def test_conversations_with_a_provider_that_is_deleted_get_the_default(
    alice, open_tab, provider, server
):
    second = await add_provider(server)
    tab = await open_tab(alice)
    await listed(4)
    conversation = await chosen(alice, await OfferedModel.objects.aget(name="scripted-2", provider=second))
    await second.adelete()
    await replies.current().registry.load()
    reply = await ask(tab, conversation)
    assert (reply.requested_model, provider.requests[-1].body["model"]) == ("", "scripted-1")


async def test_the_default_of_the_administrators_wins_over_the_settings(alice, open_tab, provider):
    tab = await open_tab(alice)
    await listed(2)
    model = await OfferedModel.objects.aget(name="scripted-2")
    await asyncio.to_thread(catalog.make_default, model)
    await replies.current().registry.load()
    await ask(tab, await Conversation.objects.acreate(owner=alice, title="New"))
    assert provider.requests[-1].body["model"] == "scripted-2"


async def test_a_key_that_cannot_be_read_is_told_to_the_person_and_to_the_operator(
    alice, open_tab, provider, server, caplog
):
    second = await add_provider(server)
    await ModelProvider.objects.aupdate(sealed_key="sealed with another secret")
    model = await OfferedModel.objects.acreate(name="scripted-2", provider=second)
    caplog.set_level(logging.ERROR, "chat.catalog.registry")
    tab = await open_tab(alice)
    reply = await ask(tab, await chosen(alice, model))
    assert reply.generation.error == KeyUnreadable.code
    assert "type its key again" in caplog.text


async def test_a_provider_in_this_network_needs_the_administrators_tick(alice, open_tab, provider, server):
    second = await add_provider(server, allow_private=False)
    model = await OfferedModel.objects.acreate(name="scripted-1", provider=second)
    tab = await open_tab(alice)
    reply = await ask(tab, await chosen(alice, model))
    assert reply.generation.error == "address_refused"
    assert server.connections == 0


async def test_a_reply_goes_on_through_the_door_that_is_closed_to_others(alice, open_tab, provider, server):
    second = await add_provider(server)
    tab = await open_tab(alice)
    await listed(4)
    model = await OfferedModel.objects.aget(name="scripted-2", provider=second)
    server.script(play("slow", text="word " * 20, rate=60))
    sent = await tab.send("Hello", conversation=(await chosen(alice, model)).uuid)
    await until(lambda: server.requests)
    await ModelProvider.objects.aupdate(sealed_key=seal("sk-another-key-now"))
    await replies.current().registry.load()
    assert (await tab.until("ended"))["status"] == "complete"
    reply = await Message.objects.aget(uuid=sent["reply"])
    assert reply.text == "word " * 20
    await until(lambda: server.open_connections == 0)


async def test_a_send_asks_nothing_about_models(alice, open_tab, provider, monkeypatch):
    tab = await open_tab(alice)
    await listed(2)
    model = await OfferedModel.objects.aget(name="scripted-2")
    await replies.current().registry.load()
    conversation = await chosen(alice, model)
    monkeypatch.setattr(catalog, "all_rows", None)
    monkeypatch.setattr(catalog, "providers", None)
    await ask(tab, conversation)
    assert provider.requests[-1].body["model"] == "scripted-2"


async def test_a_provider_that_lists_nothing_has_the_model_that_the_settings_name(alice, open_tab, provider):
    provider.models_scenario = play("status", code=404)
    tab = await open_tab(alice)
    await listed(1)
    reply = await ask(tab, await Conversation.objects.acreate(owner=alice, title="New"))
    assert (reply.model_label, reply.generation.error) == ("scripted-1", "")


@pytest.mark.parametrize("answer", ["refuses", "empty"])
async def test_of_a_provider_that_cannot_be_listed_only_the_problem_is_kept(
    alice, open_tab, provider, server, answer
):
    second = await add_provider(server)
    await asyncio.to_thread(catalog.note_listing, second.pk, ["scripted-1", "scripted-2"])
    if answer == "refuses":
        server.models_scenario = play("status", code=401)
    server.models.clear()
    await open_tab(alice)
    await listed(4)
    async with asyncio.timeout(LIMIT):
        while not (await ModelProvider.objects.aget()).problem:
            await asyncio.sleep(0.02)
    assert (await ModelProvider.objects.aget()).problem == {
        "refuses": "wrong_key",
        "empty": "no_model_listed",
    }[answer]
    assert await OfferedModel.objects.filter(gone_at=None).acount() == 4


async def test_what_an_administrator_adds_is_listed_at_once(alice, open_tab, provider, server):
    await open_tab(alice)
    await listed(2)
    await add_provider(server)
    await layer.publish(layer.ENGINES, ModelsChanged())
    await listed(4)
    assert await OfferedModel.objects.filter(provider__name="Second").acount() == 2

"""What a page is told beside what it has asked for: straight from the layer, and after the answer."""

import pytest
from channels.layers import InMemoryChannelLayer, get_channel_layer

from chat.realtime import layer, layer_messages
from tests.support.scripted_provider import play

pytestmark = pytest.mark.django_db(transaction=True)


async def kinds_until(tab, last):
    kinds = []
    while last not in kinds:
        event = await tab.event()
        kinds.append("patch" if isinstance(event, list) else event["type"])
    return kinds


async def test_what_the_layer_tells_of_a_message_comes_after_its_acknowledgement(alice, open_tab, provider):
    provider.script(play("plain", delay=0.2))
    tab = await open_tab(alice)
    await tab.say(type="send", client_id="6f0c9f4e-9d6c-4d0e-a0a5-0d6a0a9d6b11", text="Hello")
    kinds = await kinds_until(tab, "ended")
    assert kinds[:2] == ["sent", "snapshot"]
    assert {"listed", "progress"} <= set(kinds[2:])


@pytest.fixture
def queued(monkeypatch):
    """What is put into the queues of the sockets that are open."""
    messages, send = [], InMemoryChannelLayer.send

    async def queue(self, channel, message):
        if channel in self.attached:
            messages.append(message["type"])
        await send(self, channel, message)

    monkeypatch.setattr(InMemoryChannelLayer, "send", queue)
    return messages


async def test_a_frame_passes_by_the_queue_of_a_socket_here(alice, open_tab, queued):
    tab = await open_tab(alice)
    group = layer.person_group(alice.pk)
    await layer.publish(group, layer_messages.Frame('{"type":"projects"}'))
    assert await tab.event() == {"type": "projects"}
    assert queued == []
    await layer.publish(group, layer_messages.AccountStatusChanged())  # asks the database
    assert queued == ["standing.changed"]


async def test_what_a_socket_has_shown_is_not_read_again_by_it(alice, open_tab, provider, queued):
    tab, other = await open_tab(alice), await open_tab(alice)
    sent = await tab.send("Hello")
    await tab.until("ended")
    assert queued == []
    await other.say(type="watch", conversation=sent["conversation"], tip=sent["reply"])
    await other.say(type="presence", visible=True)
    # The answer, not what the first reply tells of itself
    while "whole" not in await other.until("progress"):
        pass
    await tab.send("More", sent["conversation"], sent["reply"])
    await other.until("sent")  # what began elsewhere is read
    await other.until("ended", "replaced")
    assert queued == ["reply.began"]


async def test_a_socket_that_is_gone_takes_nothing_any_more(alice, open_tab):
    tab = await open_tab(alice)
    attached = get_channel_layer().attached
    assert len(attached) == 1
    await tab.close()
    assert not attached

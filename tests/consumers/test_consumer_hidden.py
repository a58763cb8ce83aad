"""A moderator hides an answer while it is being written."""

import pytest
from asgiref.sync import sync_to_async

from chat.models import Message
from chat.moderation import actions as moderation
from tests.support.scripted_provider import play

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def hidden(alice, bob, open_tab, provider):
    """A tab, its `sent` event, and the row of a reply hidden in the middle."""
    provider.script(play("hang", at="middle"))
    tab = await open_tab(alice)
    sent = await tab.send("Hello")
    while not isinstance(await tab.event(), list):
        pass
    message = await Message.objects.select_related("conversation").aget(uuid=sent["reply"])
    await sync_to_async(moderation.hide)(message, bob)
    assert "withheld" in (await tab.until("replaced"))["html"]
    return tab, sent, message


async def test_a_page_that_comes_to_watch_it_is_shown_nothing_of_it(alice, hidden, open_tab):
    _, sent, _ = hidden
    late = await open_tab(alice)
    await late.say(type="watch", conversation=sent["conversation"], tip=sent["reply"], running=True)
    assert "withheld" in (await late.until("snapshot", "replaced"))["html"]


async def test_the_pages_hear_that_it_has_ended(alice, hidden, open_tab):
    tab, sent, _ = hidden
    late = await open_tab(alice)
    await late.say(type="watch", conversation=sent["conversation"], tip=sent["reply"], running=True)
    await late.until("replaced")
    await late.say(type="stop", reply=sent["reply"])
    for page in (tab, late):
        assert 'data-status="stopped"' in (await page.until("replaced"))["html"]


async def test_restored_it_is_watched_again_to_its_end(bob, hidden):
    tab, sent, message = hidden
    await sync_to_async(moderation.restore)(message, bob)
    assert "withheld" not in (await tab.until("replaced"))["html"]
    assert "ab" in (await tab.until("snapshot"))["blocks"][0]
    await tab.say(type="stop", reply=sent["reply"])
    assert (await tab.until("ended"))["status"] == "stopped"

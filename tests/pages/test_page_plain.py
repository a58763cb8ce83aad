"""Sending from a page without a script."""

import asyncio
import re
import threading
import uuid
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient
from django.utils import timezone

from chat.conversations import actions as conversations
from chat.core.database import main_loop
from chat.core.text import MAX_MESSAGE
from chat.models import Conversation, Message, Status
from chat.pages import drafts
from chat.replies import actions
from tests.conftest import browser_of
from tests.support.scripted_provider import play
from tests.support.waiting import LIMIT, until

pytestmark = pytest.mark.django_db(transaction=True)


async def client_of(user):
    client = AsyncClient()
    await client.aforce_login(user)
    return client


def form(text, **fields):
    return {"text": text, "client_id": str(uuid.uuid4()), "parent": "", **fields}


def sent_to(answer):
    """Return the address and the message that an answer leads to."""
    assert answer.status_code == 303
    return re.fullmatch(r"(/c/[0-9a-f-]+/)#m-([0-9a-f-]+)", answer.url).groups()


async def until_status(reply, status):
    async with asyncio.timeout(LIMIT):
        while (await Message.objects.aget(pk=reply.pk)).status != status:
            await asyncio.sleep(0.01)


async def last():
    return await Message.objects.select_related("conversation", "parent").order_by("pk").alast()


async def test_the_owner_sends_reads_on_and_sends_again(alice, provider):
    provider.script(play("plain", text="One."), play("plain", text="Two."))
    client = await client_of(alice)
    address, question = sent_to(await client.post("/", form("Hello\r\nthere")))
    reply = await last()
    assert (reply.parent.text, str(reply.parent.uuid)) == ("Hello\nthere", question)
    await until_status(reply, Status.COMPLETE)
    page = (await client.get(address)).content.decode()
    assert "One." in page
    assert 'http-equiv="refresh"' not in page
    again = form("And then?", parent=str(reply.uuid))
    assert sent_to(await client.post(address, again))[0] == address
    await until_status(await last(), Status.COMPLETE)
    assert await Conversation.objects.acount() == 1


async def test_a_form_that_is_sent_twice_makes_one_message(alice, provider):
    client = await client_of(alice)
    hello = form("Hello")
    first, second = [sent_to(await client.post("/", hello)) for _ in range(2)]
    assert first == second
    assert await Message.objects.acount() == 2
    other = await client.post("/", hello | {"text": "Something else"})
    assert other.status_code == 409
    assert "Something else</textarea>" in other.content.decode()
    assert hello["client_id"] not in other.content.decode()


async def test_while_a_reply_is_written_its_page_renews_itself_and_offers_to_stop_it(alice, provider):
    provider.script(
        play("hang", at="middle"), play("plain", text=" and the rest"), play("plain", text="New.")
    )
    client = await client_of(alice)
    address, question = sent_to(await client.post("/", form("Hello")))
    page = (await client.get(f"{address}?look=3")).content.decode()
    assert f'<meta http-equiv="refresh" content="2; url={address}?look=4#m-{question}">' in page
    reply = await last()
    refused = await client.post(address, form("Too early", parent=str(reply.uuid)))
    assert refused.status_code == 409
    assert "Too early</textarea>" in refused.content.decode()
    assert sent_to(await client.post(f"/m/{reply.uuid}/stop/"))[0] == address
    await until_status(reply, Status.STOPPED)
    assert sent_to(await client.post(f"/m/{reply.uuid}/stop/"))[0] == address
    page = (await client.get(address)).content.decode()
    assert 'http-equiv="refresh"' not in page
    assert f"/m/{reply.uuid}/continue/" in page
    assert sent_to(await client.post(f"/m/{reply.uuid}/continue/"))[0] == address
    await until_status(reply, Status.COMPLETE)
    assert (await last()).text == "ab and the rest"
    twice = {"client_id": str(uuid.uuid4())}
    for _ in range(2):
        assert sent_to(await client.post(f"/m/{reply.uuid}/retry/", twice))[0] == address
    other = await last()
    await until_status(other, Status.COMPLETE)
    await other.arefresh_from_db()
    assert (other.parent_id, other.text, await Message.objects.acount()) == (reply.parent_id, "New.", 3)


@pytest.mark.parametrize(
    ("text", "status", "words"),
    [
        ("x" * (MAX_MESSAGE + 1), 413, "Your message is too long"),
        ("  \r\n ", 400, "Your message is empty"),
    ],
)
async def test_what_is_refused_comes_back_with_its_reason(alice, provider, text, status, words):
    client = await client_of(alice)
    answer = await client.post("/", form(text))
    page = answer.content.decode()
    assert (answer.status_code, words in page) == (status, True)
    assert f"{text.strip()}</textarea>" in page.replace("\r\n ", "").replace("  ", "")
    assert not await Message.objects.aexists()


async def test_a_page_that_is_behind_shows_what_is_new_and_keeps_the_text(alice, provider, say):
    old = await sync_to_async(say)(alice, "q1", "a1", "q2", "a2")
    client = await client_of(alice)
    known = await Message.objects.aget(text="a1")
    answer = await client.post(old.get_absolute_url(), form("Late", parent=str(known.uuid)))
    page = answer.content.decode()
    assert (answer.status_code, "newer messages" in page, "Late</textarea>" in page) == (409, True, True)
    tip = await sync_to_async(conversations.tip_of)(old)
    assert f'name="parent" value="{tip.uuid}"' in page


async def test_a_stranger_reaches_nothing(alice, charlie, provider, say):
    theirs = await sync_to_async(say)(alice, "question", "answer")
    tip = await sync_to_async(conversations.tip_of)(theirs)
    client = await client_of(charlie)
    refused = await client.post(theirs.get_absolute_url(), form("Mine now", parent=str(tip.uuid)))
    assert refused.status_code == 404
    for act in ("retry", "continue", "stop"):
        assert (await client.post(f"/m/{tip.uuid}/{act}/")).status_code == 404
    assert await Message.objects.acount() == 2


async def test_who_is_suspended_sends_nothing_and_too_many_are_too_many(alice, provider, settings):
    client = await client_of(alice)
    settings.MESSAGES_PER_MINUTE = 1
    sent_to(await client.post("/", form("One")))
    answer = await client.post("/", form("Two"))
    assert (answer.status_code, "Two</textarea>" in answer.content.decode()) == (429, True)
    assert int(answer["Retry-After"]) > 0
    alice.suspended_until = timezone.now() + timedelta(days=1)
    await alice.asave()
    answer = await client.post("/", form("Three"))
    assert (answer.status_code, "send messages until" in answer.content.decode()) == (403, True)
    assert await Message.objects.acount() == 2


async def test_a_form_without_its_token_is_not_taken(alice, provider):
    client = AsyncClient(enforce_csrf_checks=True)
    await client.aforce_login(alice)
    assert (await client.post("/", form("Hello"))).status_code == 403
    assert not await Message.objects.aexists()


def box_of(page):
    """What the message box of a page holds."""
    [text] = re.findall(r"<textarea\s+id=\"text\".*?>\n(.*?)</textarea>", page.content.decode(), re.DOTALL)
    return text


def log_in(client, user):
    return client.post(
        "/accounts/login/?next=/", {"login": user.email, "password": "correct horse 7 battery"}
    )


async def test_what_is_sent_after_the_session_has_ended_is_in_the_box_after_logging_in(alice, bob, provider):
    writer = {"writer": str(alice.pk)}
    client = AsyncClient()
    answer = await client.post("/", form("A <b>long</b> question", **writer))
    assert answer.url == "/accounts/login/?next=/"
    assert (await log_in(client, alice)).url == "/"
    assert box_of(await client.get("/")) == "A &lt;b&gt;long&lt;/b&gt; question"
    assert box_of(await client.get("/")) == ""
    assert not await Message.objects.aexists()
    # Another person who logs in there does not see it, nor does it wait for them
    stranger = AsyncClient()
    await stranger.post("/", form("Mine", **writer))
    await log_in(stranger, bob)
    assert box_of(await stranger.get("/")) == ""
    assert drafts._KEPT not in await sync_to_async(lambda: dict(stranger.session.items()))()


async def test_a_network_keeps_so_many_drafts_of_visitors_and_no_text_without_end(alice, monkeypatch):
    monkeypatch.setattr(drafts, "A_VISITOR_S", 1)
    made = []
    for text in ("x" * (3 * MAX_MESSAGE), "Again"):
        client = AsyncClient()
        await client.post("/", form(text, writer=str(alice.pk)))
        await log_in(client, alice)
        made.append(len(box_of(await client.get("/"))))
    assert made == [2 * MAX_MESSAGE, 0]


async def test_a_persona_that_is_chosen_with_words_in_the_box_leaves_them_there(alice):
    client = await client_of(alice)
    page = (await client.get("/")).content.decode()
    assert re.search(r'form="composer"\s+formaction="/draft/"\s+name="next"\s+value="/personas/"', page)
    answer = await client.post("/draft/", form("Half a question", next="/personas/"))
    assert (answer.status_code, answer.url) == (303, "/personas/")
    chosen = await client.post("/personas/", {})
    assert chosen.status_code == 405
    conversation = await Conversation.objects.acreate(owner=alice)
    assert box_of(await client.get(conversation.get_absolute_url())) == "Half a question"
    for elsewhere in ("https://evil.example/", "//evil.example", "", "javascript:alert(1)"):
        assert (await client.post("/draft/", form("x", next=elsewhere))).url == "/"


async def test_the_reply_to_a_form_ends_with_the_session_that_it_was_sent_in(alice, provider, monkeypatch):
    provider.script(play("slow", text="word " * 400, rate=20))
    member = await sync_to_async(browser_of)(alice)
    client = AsyncClient()
    client.cookies = member.cookies
    saved, may_go_on = threading.Event(), threading.Event()
    send = actions.send

    def hold(user, **arguments):
        request = send(user, **arguments)
        saved.set()
        assert may_go_on.wait(LIMIT)
        return request

    monkeypatch.setattr(actions, "send", hold)
    sending = asyncio.create_task(client.post("/", form("and gone")))
    await until(saved.is_set)
    main_loop.set(asyncio.get_running_loop())
    await asyncio.to_thread(member.post, "/accounts/logout/")
    await asyncio.sleep(0.1)  # the engine is told beside the answer
    may_go_on.set()
    sent_to(await sending)
    reply = await last()
    await until_status(reply, Status.INTERRUPTED)
    assert (await last()).text == ""

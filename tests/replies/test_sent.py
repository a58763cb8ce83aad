"""What was sent to a model for an answer, and the page that shows it."""

import html
from decimal import Decimal

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone, translation

from chat.conversations import pins
from chat.conversations.presenter import truncated_line
from chat.core.instructions import CONTINUE
from chat.models import Conversation, Generation, Message, ModelRequest
from chat.pages import messages
from chat.personas import actions as personas
from chat.replies import request_log, request_loop
from tests.conftest import browser_of
from tests.conversations.test_branches import exchanges
from tests.support.scripted_provider import play

pytestmark = pytest.mark.django_db(transaction=True)

FULL = play("status", code=400, error_code="context_length_exceeded")


async def asked(tab, conversation=None):
    """Ask, wait for the end; gives its event."""
    place = {"conversation": conversation.uuid, "parent": conversation.tip.uuid} if conversation else {}
    event = await tab.send("now", **place)
    assert event["type"] == "sent", event
    return await tab.until("ended")


async def page_of(user, conversation):
    return await sync_to_async(lambda: browser_of(user).get(f"/c/{conversation.uuid}/"))()


def lines(page):
    """Return the lines of the context in a page: their kinds by the messages at which they are."""
    return {message.text: message.context_line for message in page.context["thread"] if message.context_line}


async def request_of(reply):
    return await ModelRequest.objects.aget(reply__uuid=reply)


async def shown(user, reply):
    return await sync_to_async(lambda: browser_of(user).get(f"/m/{reply}/sent/").content.decode())()


async def test_the_row_holds_what_the_server_got(alice, say, open_tab, provider):
    conversation = await sync_to_async(say)(alice, *exchanges(12))
    first = await Message.objects.aget(text="q0")
    await sync_to_async(pins.pin)(alice, first.uuid)
    ended = await asked(await open_tab(alice), conversation)
    row = await request_of(ended["reply"])
    got = [message["content"] for message in provider.requests[-1].body["messages"]]
    texts = {m.pk: m.text async for m in Message.objects.all()}
    assert [row.system, *(texts[pk] for pk in row.message_ids)] == got
    assert (row.pinned, row.truncated_exchanges, row.partial, row.model) == (2, 0, 0, "scripted-1")
    assert row.first_token_ms is not None
    assert row.total_ms >= row.first_token_ms
    page = await shown(alice, ended["reply"])
    assert page.count("sent-pinned") == 2
    assert page.index(">q0<") < page.index(">q2<")


@pytest.mark.parametrize(
    ("scenario", "status"),
    [(play("status", code=500), "failed"), (play("fin", at="middle"), "interrupted")],
)
async def test_what_did_not_come_whole_has_its_request_too(alice, open_tab, provider, scenario, status):
    provider.script(scenario)
    ended = await asked(await open_tab(alice))
    assert ended["status"] == status
    assert len((await request_of(ended["reply"])).message_ids) == 1


async def test_a_stopped_answer_that_is_continued_has_two_requests(alice, open_tab, provider):
    provider.script(play("hang", at="middle"), play("plain", text="c"))
    tab = await open_tab(alice)
    event = await tab.send("now")
    while "b</p>" not in str(await tab.event()):
        pass
    await tab.say(type="stop", reply=event["reply"])
    assert (await tab.until("ended"))["status"] == "stopped"
    await tab.say(type="continue", reply=event["reply"])
    await tab.until("ended")
    _, both = await sync_to_async(request_log.sent_for)(alice, event["reply"])
    assert [len(one.parts) for one in both] == [2, 4]
    assert [(part.kind, part.text) for part in both[1].parts[-2:]] == [
        ("assistant", "ab"),
        ("continue", CONTINUE),
    ]


NAMES = "openai_limit openai_temperature openai_top_p pydantic_extra ollama_thinking openai_stop"


async def test_every_refusal_costs_one_request_though_the_context_is_full_three_times(
    alice, say, open_tab, provider
):
    conversation = await sync_to_async(say)(alice, *exchanges(12))
    values = {
        "temperature": 0.7,
        "top_p": 1,
        "max_tokens": 9,
        "seed": 7,
        "stop": ["#"],
        "reasoning_effort": "low",
    }
    await Conversation.objects.aupdate(parameters=values)
    provider.default = play("narrow", names=NAMES, most=2)
    ended = await asked(await open_tab(alice), conversation)
    assert ended["status"] == "complete"
    assert len(provider.requests) == 1 + 6 + 3
    assert (await request_of(ended["reply"])).parameters == {"max_completion_tokens": 9}


async def test_a_service_that_finds_everything_too_long_is_asked_as_often_as_a_reply_may_cost(
    alice, say, open_tab, provider, monkeypatch
):
    monkeypatch.setattr(request_loop, "MAX_REQUESTS", 2)
    conversation = await sync_to_async(say)(alice, *exchanges(12))
    provider.default = FULL
    assert (await asked(await open_tab(alice), conversation))["status"] == "failed"
    assert len(provider.requests) == 2


async def test_a_full_context_is_asked_again_with_less_and_the_page_is_told(alice, say, open_tab, provider):
    conversation = await sync_to_async(say)(alice, *exchanges(12))
    provider.script(FULL, FULL, play("plain", text="fits"))
    ended = await asked(await open_tab(alice), conversation)
    assert (ended["status"], ended["dropped"]) == ("complete", 6)
    assert "6 older exchanges were left out" in ended["note"]
    row = await request_of(ended["reply"])
    assert (row.truncated_exchanges, len(row.message_ids)) == (6, 9)
    sizes = [len(r.body["messages"]) for r in provider.requests]
    assert sizes == sorted(sizes, reverse=True)
    assert ended["began"] == str((await Message.objects.aget(text="q8")).uuid)
    assert "6 older exchanges were left out" in (await page_of(alice, conversation)).content.decode()


async def test_the_line_is_where_the_view_of_the_latest_answer_began(alice, say, open_tab, provider):
    """Whatever was set or pinned since; with the next answer it is where the next view begins."""
    conversation = await sync_to_async(say)(alice, *exchanges(12))
    await sync_to_async(pins.pin)(alice, (await Message.objects.aget(text="q0")).uuid)
    provider.script(FULL, FULL, play("plain", text="fits"))
    tab = await open_tab(alice)
    ended = await asked(tab, conversation)
    began = await Message.objects.aget(uuid=ended["began"])
    row = await request_of(ended["reply"])
    assert began.pk == row.message_ids[row.pinned]
    await Conversation.objects.aupdate(exchanges=3)
    page = await page_of(alice, conversation)
    assert lines(page) == {began.text: "shortened"}
    text = page.content.decode()
    assert text.index(f'id="m-{began.uuid}"') < text.index("Only the messages below fit") < text.index(">q9<")
    assert text.count('class="memory short"') == 2  # one of them is the script's
    assert f'data-began="{began.uuid}"' in text
    reply = await Message.objects.aget(uuid=ended["reply"])
    article = await sync_to_async(messages.article)(reply)  # as other processes tell it
    assert f'data-began="{began.uuid}"' in article
    await tab.send("next", conversation=conversation.uuid, parent=ended["reply"])
    assert "began" not in await tab.until("ended")
    page = await page_of(alice, conversation)
    assert lines(page) == {"q11": "starts"}
    assert "data-began" not in page.content.decode()


async def test_after_three_tries_a_sentence_says_what_to_do(alice, say, open_tab, provider):
    conversation = await sync_to_async(say)(alice, *exchanges(12))
    provider.script(*[FULL] * 4, play("plain", text="never asked for"))
    ended = await asked(await open_tab(alice), conversation)
    assert ended["status"] == "failed"
    assert "Shorten your message" in ended["text"]
    assert "began" not in ended
    assert lines(await page_of(alice, conversation)) == {"q2": "starts"}
    assert len(provider.requests) == 4
    assert len(provider.requests[-1].body["messages"]) == 2


async def test_a_message_that_is_hidden_since_is_not_shown(alice, open_tab, provider):
    ended = await asked(await open_tab(alice))
    await Message.objects.filter(text="now").aupdate(hidden_at=timezone.now(), text="canary")
    page = await shown(alice, ended["reply"])
    assert "canary" not in page
    assert "A moderator has since hidden this message" in page


def test_an_answer_without_a_row_says_so_and_a_question_has_no_such_page(alice, bob, charlie, say):
    answer = say(alice, "q", "a").tip
    assert b"recorded" in browser_of(alice).get(f"/m/{answer.uuid}/sent/").content
    assert browser_of(alice).get(f"/m/{answer.parent.uuid}/sent/").status_code == 404
    for person in (bob, charlie):
        assert browser_of(person).get(f"/m/{answer.uuid}/sent/").status_code == 404
    Message.objects.update(hidden_at=timezone.now())
    assert browser_of(alice).get(f"/m/{answer.uuid}/sent/").status_code == 404


def test_cost_and_speed_are_told_where_they_are_known(alice, say):
    reply = say(alice, "q", "a").tip
    known = {"tokens_in": 1000, "tokens_out": 50, "first_token_ms": 500, "total_ms": 1500}
    prices = {"price_in": Decimal("2.5"), "price_out": Decimal("10")}
    common = {"reply": reply, "provider": "s", "model": "m", "sent_at": timezone.now()}
    ModelRequest.objects.create(**common, **known, **prices)
    ModelRequest.objects.create(**common)
    _, (priced, bare) = request_log.sent_for(alice, reply.uuid)
    assert (priced.cost, priced.tokens_per_second) == (Decimal("0.003"), 50)
    assert (bare.cost, bare.tokens_per_second) == (None, None)


@pytest.mark.parametrize(
    ("cached", "price", "cost"),
    [
        (400, "0.25", "0.0021"),
        (400, "0", "0.002"),
        (400, None, "0.003"),
        (None, "0.25", "0.003"),
        (5000, "0.25", "0.00075"),
    ],
)
def test_what_came_from_a_cache_has_a_price_of_its_own(alice, say, cached, price, cost):
    """As all input without one; and never more of it than there was."""
    reply = say(alice, "q", "a").tip
    prices = {
        "price_in": Decimal("2.5"),
        "price_out": Decimal("10"),
        "price_cached": price and Decimal(price),
    }
    tokens = {"tokens_in": 1000, "tokens_out": 50, "tokens_cached": cached}
    common = {"reply": reply, "provider": "s", "model": "m", "sent_at": timezone.now()}
    ModelRequest.objects.create(**common, **tokens, **prices)
    _, [one] = request_log.sent_for(alice, reply.uuid)
    assert one.cost == Decimal(cost)
    page = browser_of(alice).get(f"/m/{reply.uuid}/sent/").content.decode()
    assert ("Cached input tokens" in page) == (cached is not None)


async def test_what_the_server_took_from_its_cache_is_kept_with_the_reply_and_shown(
    alice, bob, open_tab, provider
):
    provider.default = play("caching", text="So.")
    tab = await open_tab(alice)
    event = await tab.send("now")
    first = await tab.until("ended")
    await tab.send("then", conversation=event["conversation"], parent=first["reply"])
    ended = await tab.until("ended")
    row = await request_of(ended["reply"])
    assert row.tokens_in - row.tokens_cached == len("<user>then")
    generation = await Generation.objects.aget(reply__uuid=ended["reply"])
    assert (generation.tokens_in, generation.tokens_cached) == (row.tokens_in, row.tokens_cached)
    assert "<dt>Cached input tokens</dt>" in await shown(alice, ended["reply"])
    answer = await sync_to_async(lambda: browser_of(bob).get(f"/m/{ended['reply']}/sent/"))()
    assert answer.status_code == 404


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_request_says_in_the_readers_language_what_was_left_out(alice, say, language):
    reply = say(alice, "q", "a").tip
    ModelRequest.objects.create(reply=reply, truncated_exchanges=7, sent_at=timezone.now())
    page = browser_of(alice).get(f"/m/{reply.uuid}/sent/", headers={"accept-language": language})
    assert page.status_code == 200
    with translation.override(language):
        assert truncated_line(7) in page.content.decode()


def test_parameters_are_shown_as_they_went_out(alice, say):
    reply = say(alice, "q", "a").tip
    given = {"temperature": 0.3, "reasoning_effort": "low", "stop": ["END", "\n", "终"]}
    ModelRequest.objects.create(
        reply=reply, provider="s", model="m", sent_at=timezone.now(), parameters=given
    )
    page = html.unescape(browser_of(alice).get(f"/m/{reply.uuid}/sent/").content.decode())
    for value in ("0.3", "low", '["END", "\\n", "终"]'):
        assert f'<dd dir="auto">{value}</dd>' in page


def test_provider_and_parameters_are_named_in_the_readers_language(alice, say):
    reply = say(alice, "q", "a").tip
    given = {"temperature": 0.3, "max_completion_tokens": 5}
    common = {"reply": reply, "model": "m", "sent_at": timezone.now(), "parameters": given}
    ModelRequest.objects.create(**common, provider="Demo")
    _, [one] = request_log.sent_for(alice, reply.uuid)
    with translation.override("zh-hans"):
        assert one.provider == "演示"
        assert one.parameters == [
            ("温度", "temperature", "0.3"),
            ("回复长度上限", "max_completion_tokens", "5"),
        ]
    page = browser_of(alice).get(f"/m/{reply.uuid}/sent/").content.decode()
    assert "<dt>Temperature <code>temperature</code></dt>" in page


async def test_instructions_that_went_into_the_first_question_say_so(alice, open_tab, provider):
    """When the service says so, and when the site knows it; before, they were a message of their own."""
    persona = await sync_to_async(personas.create)(alice, {"name": "Pirate", "instructions": "Be salty"})
    pages = []
    for scenario in (
        play("plain"),
        *[play("without_system", message="System role not supported", code=400)] * 2,
    ):
        provider.default = scenario
        conversation = await sync_to_async(personas.start)(alice, persona.uuid)
        tab = await open_tab(alice)
        await tab.send("Hello", conversation=conversation.uuid)
        pages.append(await shown(alice, (await tab.until("ended"))["reply"]))
    assert [message["role"] for message in provider.requests[-1].messages] == ["user"]
    assert ["This model has no system role" in page for page in pages] == [False, True, True]
    assert all("Be salty" in page for page in pages)


async def test_the_instructions_of_anothers_persona_are_sent_and_not_shown(
    alice, bob, charlie, open_tab, provider
):
    def shared_and_chosen():
        made = personas.create(alice, {"name": "Pirate", "instructions": "canary: speak as one at sea"})
        personas.request_sharing(alice, made.uuid)
        made.refresh_from_db()
        personas.approve(made, bob, made.updated_at)
        return [personas.start(person, made.uuid) for person in (charlie, alice)]

    theirs, own = await sync_to_async(shared_and_chosen)()
    for person, conversation in ((charlie, theirs), (alice, own)):
        tab = await open_tab(person)
        await tab.send("Hello", conversation=conversation.uuid)
        ended = await tab.until("ended")
        assert "canary" in provider.requests[-1].body["messages"][0]["content"]
        assert ("canary" in await shown(person, ended["reply"])) == (person == alice)


def test_of_many_requests_and_long_messages_the_latest_and_their_beginnings_are_shown(alice, say):
    conversation = say(alice, "q" * 50_000, "a" * 50_000, "short", "Answer")
    asked = [row.pk for row in Message.objects.order_by("pk")][:3]
    rows = [
        ModelRequest(
            reply=conversation.tip,
            provider="S",
            model=f"model-{number}",
            message_ids=asked,
            sent_at=timezone.now(),
        )
        for number in range(request_log.MOST_REQUESTS + 3)
    ]
    ModelRequest.objects.bulk_create(rows)
    page = browser_of(alice).get(f"/m/{conversation.tip.uuid}/sent/").content.decode()
    assert ("model-2" in page, "model-3" in page, "model-7" in page) == (False, True, True)
    assert len(page) < 2.2 * request_log.MOST_REQUESTS * request_log.LONGEST_PART + 20_000
    first = Message.objects.order_by("pk").first()
    assert f'href="/m/{first.uuid}/text/"' in page

"""Replies that go well, in every shape a server may send them."""

from __future__ import annotations

import pytest

from chat.provider.errors import BadRequest, ReplyTooLarge, StreamCut, UnknownModel
from tests.support.provider_client import HELLO, KEY, client_for, read
from tests.support.scripted_forms import BROKEN, EXPECTED, FORMS
from tests.support.scripted_forms import TEXT as FORM_TEXT
from tests.support.scripted_provider import play
from tests.support.waiting import until


async def test_a_reply_comes_whole_with_its_model_and_tokens(server, provider_client):
    server.script(play("plain", text="Grüße aus 世界 🙂", size=1))
    got = await read(provider_client.stream(HELLO))
    assert got.text == "Grüße aus 世界 🙂"
    assert got.end.finish_reason == "stop"
    assert got.end.model == "scripted-1"
    assert (got.end.tokens_in, got.end.tokens_out) == (11, 14)


async def test_the_request_carries_messages_model_key_and_parameters(server, provider_client):
    await read(provider_client.stream(HELLO, temperature=0.5, max_tokens=7))
    request = server.requests[0]
    assert request.body == {
        "model": "scripted-1",
        "messages": HELLO,
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0.5,
        "max_tokens": 7,
    }
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.headers["accept-encoding"] == "identity"
    assert not [name for name in request.headers if name.startswith("x-stainless")]  # of this machine


async def test_without_a_key_no_authorization_is_sent(server, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-from-the-environment")
    provider_client = client_for(server, key="", model="")
    got = await read(provider_client.stream(HELLO))
    assert got.end is not None
    assert "authorization" not in server.requests[0].headers
    await provider_client.aclose()


async def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(server, provider_client, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    got = await read(provider_client.stream(HELLO))
    assert got.end is not None


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
async def test_reasoning_is_kept_apart_from_the_text(server, provider_client, field):
    server.script(play("reasoning", field=field))
    got = await read(provider_client.stream(HELLO))
    assert got.reasoning == "First I think. "
    assert got.text == "Then I answer."


@pytest.mark.parametrize("finish", ["stop", "length", "tool_calls"])
async def test_any_ordinary_finish_reason_means_complete(server, provider_client, finish):
    server.script(play("plain", finish=finish))
    got = await read(provider_client.stream(HELLO))
    assert got.end.finish_reason == finish


@pytest.mark.fault(27)
@pytest.mark.parametrize("size", [0, 1, 7], ids=["at_once", "byte_by_byte", "in_sevens"])
@pytest.mark.parametrize("form", [form for form in FORMS if form not in BROKEN])
async def test_every_form_a_server_may_choose_gives_its_text(server, provider_client, form, size):
    server.script(play("malformed", form=form, size=size))
    got = await read(provider_client.stream(HELLO))
    assert got.error is None
    assert got.text == EXPECTED.get(form, FORM_TEXT)
    assert got.end.finish_reason == "stop"


@pytest.mark.fault(27)
@pytest.mark.parametrize("form", BROKEN)
async def test_an_event_that_is_no_json_breaks_the_reply_off_and_keeps_its_text(
    server, provider_client, form
):
    server.script(play("malformed", form=form))
    got = await read(provider_client.stream(HELLO))
    assert isinstance(got.error, StreamCut)
    assert got.text == "ab"


async def test_the_end_of_an_odd_usage_is_none(server, provider_client):
    server.script(play("malformed", form="odd_usage"))
    got = await read(provider_client.stream(HELLO))
    assert (got.end.tokens_in, got.end.tokens_out) == (None, None)


async def test_an_event_of_900_kilobytes_is_taken(server, provider_client):
    server.script(play("one_chunk", kilobytes=900))
    got = await read(provider_client.stream(HELLO))
    assert len(got.text) == 900 * 1024
    assert got.end.finish_reason == "stop"


@pytest.mark.parametrize("code", [400, 422])
async def test_a_server_that_refuses_to_count_tokens_is_asked_once_more_and_remembered(
    server, provider_client, code
):
    server.default = play("refuse_usage", code=code)
    for _ in range(2):
        got = await read(provider_client.stream(HELLO))
        assert got.text == "Hello from the script."
    asked = ["stream_options" in request.body for request in server.requests]
    assert asked == [True, False, False]


async def test_counting_goes_on_when_its_refusal_was_somebodys_own_words(server, provider_client):
    server.script(play("complaining", message="I do not talk about unknown stream_options"))
    asked = [{"role": "user", "content": "Why are they unknown, these stream_options?"}]
    assert (await read(provider_client.stream(asked))).error is None
    assert (await read(provider_client.stream(HELLO))).end.tokens_out


async def test_counting_goes_on_when_the_request_without_it_was_refused_too(server, provider_client):
    server.script(*[play("complaining", message="stream_options is unknown")] * 2)
    assert isinstance((await read(provider_client.stream(HELLO))).error, BadRequest)
    assert (await read(provider_client.stream(HELLO))).end.tokens_out


async def test_the_connection_is_used_again_by_the_next_reply(server, provider_client):
    for _ in range(5):
        await read(provider_client.stream(HELLO))
    assert server.connections == 1


async def test_without_a_model_in_the_settings_the_servers_first_is_used(server):
    server.models = ["nomic-embed-text", "llama-3", "other"]
    provider_client = client_for(server, model="")
    await read(provider_client.stream(HELLO))
    await read(provider_client.stream(HELLO))
    assert [request.body["model"] for request in server.requests] == ["llama-3", "llama-3"]
    await provider_client.aclose()


async def test_a_server_without_any_model_is_an_unknown_model(server):
    server.models = []
    provider_client = client_for(server, model="")
    got = await read(provider_client.stream(HELLO))
    assert isinstance(got.error, UnknownModel)
    await provider_client.aclose()


async def test_a_short_text_comes_whole_and_within_its_limit(server, provider_client):
    server.script(play("plain", text="A fine title"))
    assert (await provider_client.complete(HELLO, max_tokens=30)).text == "A fine title"
    assert server.requests[0].body["max_tokens"] == 30


@pytest.mark.parametrize("scenario", [play("runaway"), play("plain", text="x" * 3000, size=3000)])
async def test_a_short_text_that_grows_long_is_none_and_is_not_read_on(server, provider_client, scenario):
    server.script(scenario)
    with pytest.raises(ReplyTooLarge):
        await provider_client.complete(HELLO, max_tokens=30)


async def test_openai_is_told_the_limit_by_its_newer_name_with_room_to_think(server):
    provider_client = client_for(server, kind="openai")
    await provider_client.complete(HELLO, max_tokens=30)
    assert "max_tokens" not in server.requests[0].body
    assert server.requests[0].body["max_completion_tokens"] > 30
    await provider_client.aclose()


async def test_a_marker_in_the_question_chooses_the_scenario(server, provider_client):
    asked = [{"role": "user", "content": 'Please [[scenario:plain text="as told" size=2]]'}]
    got = await read(provider_client.stream(asked))
    assert got.text == "as told"


@pytest.mark.parametrize("end", ["fin", "reset"])
async def test_what_comes_in_a_pause_is_read_in_one_go_also_when_the_connection_breaks(
    server, provider_client, end
):
    server.script(play("tagged", tag="word", tokens=8, rate=100, end=end))
    texts = []
    with pytest.raises(StreamCut):
        async with provider_client.stream(HELLO) as reply:
            async for deltas in reply:
                texts.append("".join(delta.text for delta in deltas))
                reply.pause()
                await until(lambda: not server.live)
    assert len(texts) == 2
    assert "".join(texts).split() == [f"word-{number}" for number in range(8)]


async def test_a_reply_can_be_closed_during_a_pause(server, provider_client):
    server.script(play("slow", text="word " * 200, rate=100))
    async with provider_client.stream(HELLO) as reply:
        await anext(reply)
        reply.pause()
    await until(lambda: not server.live)
    assert reply.end is None

"""What services make of an answer: its shapes, its thinking, how it ends, its errors; each cut in every way."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import pytest

from chat.provider import ending_habits, finish
from chat.provider import errors as provider_errors
from chat.provider.assembler import Assembler, End
from chat.provider.deltas import add
from tests.support.provider_client import HELLO as MESSAGES
from tests.support.provider_client import PATIENT, client_for, read
from tests.support.scripted_provider import play


def event(value: object) -> bytes:
    return b"data: " + (value if isinstance(value, bytes) else json.dumps(value).encode()) + b"\n\n"


def chunk(content: object = None, reason: object = None, **delta: object) -> bytes:
    if content is not None:
        delta["content"] = content
    return event({"choices": [{"index": 0, "delta": delta, "finish_reason": reason}]})


def line(value: object) -> bytes:
    return json.dumps(value).encode() + b"\n"


HELLO = chunk("Hel") + chunk("lo.")
STOP = chunk(reason="stop")
DONE = event(b"[DONE]")
WHOLE = {
    "object": "chat.completion",
    "choices": [{"message": {"content": "Hello.", "reasoning_content": "Hm."}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 3, "completion_tokens": 4},
}


@dataclass
class Got:
    text: str
    thought: str
    outcome: End | provider_errors.ProviderError


def take(pieces: list[bytes], event_stream: bool = True) -> Got:
    assembler, text, thought = Assembler(), "", ""
    for piece in [*pieces, None]:
        if piece is not None and assembler.over:
            continue
        for delta in assembler.flush() if piece is None else assembler.feed(piece):
            text, thought = add(text, thought, delta)
    return Got(text, thought, assembler.outcome("", event_stream))


def in_every_cut(body: bytes, event_stream: bool = True) -> Got:
    whole = take([body], event_stream)
    for size in (1, 2, 7):
        cut = take([body[at : at + size] for at in range(0, len(body), size)], event_stream)
        assert (cut.text, cut.thought, type(cut.outcome)) == (whole.text, whole.thought, type(whole.outcome))
    return whole


ANSWERS = {
    "empty data": chunk("Hel") + b"data: \n\ndata:\n\ndata\n\n" + chunk("lo.") + STOP + DONE,
    "comments": b": OPENROUTER PROCESSING\n\n"
    + chunk("Hel")
    + b":\n\n: keep-alive\n\n"
    + chunk("lo.")
    + STOP,
    "other fields": b"id: 1\nretry: 3000\n\nfoo: bar\nnonsense\nevent: ping\n\n" + HELLO + STOP + DONE,
    "an event of another name": b"event: message\n" + chunk("Hel") + b"event: x\n" + chunk("lo.") + STOP,
    "words for data": event(b"ping") + chunk("Hel") + event(b": keep-alive") + chunk("lo.") + STOP + DONE,
    "a JSON ping": event({"type": "ping"}) + HELLO + event({"type": "ping", "message": "alive"}) + STOP,
    "a queue's news": event({"status": "queued", "message": "You are 3rd"}) + HELLO + STOP,
    "a queue's news with a small number": event({"status": "²", "message": "You are 2nd"}) + HELLO + STOP,
    "no blank lines": (HELLO + STOP + DONE).replace(b"\n\n", b"\n"),
    "done in quotation marks": HELLO + STOP + event(b'"[DONE]"'),
    "done alone": HELLO + DONE,
    "reason as the word null": chunk("Hel", "null") + chunk("lo.", "null") + DONE,
    "reason as an empty word": chunk("Hel", "") + chunk("lo.", "") + STOP,
    "a stop after each part": chunk("Hel", "stop") + chunk("lo.", "stop") + DONE,
    "parts": chunk([{"type": "text", "text": "Hel"}, "lo."]) + STOP,
    "one part": chunk({"type": "text", "text": "Hello."}) + STOP,
    "a message in place of the delta": event({"choices": [{"message": {"content": "Hel"}}]})
    + event({"choices": [{"message": {"content": "lo."}, "finish_reason": "stop"}]}),
    "a null delta beside a message": event(
        {"choices": [{"delta": None, "message": {"content": "Hello."}, "finish_reason": "stop"}]}
    ),
    "the whole of it after its pieces": HELLO + event(WHOLE) + DONE,
    "the whole of it beside each piece": event(
        {"choices": [{"delta": {"content": "Hel"}, "message": {"content": "Hel"}}]}
    )
    + event({"choices": [{"delta": {"content": "lo."}, "message": {"content": "Hello."}}]})
    + event({"choices": [{"delta": {}, "message": {"content": "Hello."}, "finish_reason": "stop"}]}),
    "a text completion": event({"choices": [{"text": "Hel", "finish_reason": None}]})
    + event({"choices": [{"text": "lo.", "finish_reason": "length"}]}),
    "a refusal": chunk(refusal="Hello.") + STOP,
    "nulls": event({"choices": [{"delta": {"content": None, "tool_calls": None, "function_call": None}}]})
    + HELLO
    + STOP,
    "empty tool calls": chunk("Hel", tool_calls=[]) + chunk("lo.") + STOP,
    "lines of Ollama": line({"model": "m", "message": {"role": "assistant", "content": "Hel"}, "done": False})
    + line({"message": {"content": "lo."}, "done": False})
    + line({"message": {"content": ""}, "done": True, "done_reason": "stop", "eval_count": 3}),
    "lines of Ollama's generate": line({"response": "Hel", "done": False})
    + line({"response": "lo.", "done": True}),
    "lines of chunks": line({"choices": [{"delta": {"content": "Hello."}}]})
    + line({"choices": [{"delta": {}, "finish_reason": "stop"}]}),
    "Anthropic's events": event({"type": "message_start", "message": {"type": "message", "content": []}})
    + event({"type": "content_block_delta", "delta": {"type": "text_delta", "text": "Hello."}})
    + event({"type": "message_delta", "delta": {"stop_reason": "end_turn"}})
    + event({"type": "message_stop"}),
}


@pytest.mark.parametrize("body", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_is_understood_in_every_shape(body):
    got = in_every_cut(body)
    assert (got.text, got.thought) == ("Hello.", "")
    assert isinstance(got.outcome, End)


@pytest.mark.parametrize("indent", [None, 2], ids=["on one line", "over several"])
@pytest.mark.parametrize("reason", ["stop", None])
def test_a_whole_answer_is_taken_where_a_stream_was_asked_for(indent, reason):
    value = json.loads(json.dumps(WHOLE))
    value["choices"][0]["finish_reason"] = reason
    got = in_every_cut(json.dumps(value, indent=indent).encode(), event_stream=False)
    assert (got.text, got.thought) == ("Hello.", "Hm.")
    assert got.outcome == End(reason or "", "", 3, 4)


THOUGHTS = {
    "reasoning_content": chunk(reasoning_content="First I ") + chunk(reasoning_content="think."),
    "reasoning": chunk(reasoning="First I ") + chunk(reasoning="think."),
    "thinking": chunk(thinking="First I ") + chunk(thinking="think."),
    "the same in two fields": chunk(reasoning="First I think.", reasoning_content="First I think."),
    "details": chunk(reasoning_details=[{"type": "reasoning.text", "text": "First I "}])
    + chunk(
        reasoning_details=[{"type": "reasoning.summary", "summary": "think."}, {"type": "x", "data": "y"}]
    ),
    "details beside the field": chunk(
        reasoning="First I think.", reasoning_details=[{"type": "reasoning.text", "text": "First I think."}]
    ),
    "parts of Mistral": chunk([{"type": "thinking", "thinking": [{"type": "text", "text": "First I "}]}])
    + chunk([{"type": "thinking", "thinking": [{"type": "text", "text": "think."}], "closed": True}]),
    "parts of Anthropic": chunk([{"type": "thinking", "thinking": "First I think.", "signature": "x"}]),
    "Anthropic's events": event({"delta": {"type": "thinking_delta", "thinking": "First I think."}}),
    "lines of Ollama": line({"message": {"content": "", "thinking": "First I think."}, "done": False}),
    "a template that opened it": chunk("First I ") + chunk("think.") + chunk("</th") + chunk("ink>\n\n"),
}


@pytest.mark.parametrize("body", THOUGHTS.values(), ids=THOUGHTS)
def test_thinking_is_kept_apart_in_every_shape(body):
    got = in_every_cut(body + HELLO + STOP + DONE)
    assert (got.text, got.thought) == ("Hello.", "First I think.")
    assert isinstance(got.outcome, End)


REASONS = {
    "stop": finish.STOP,
    "STOP": finish.STOP,
    "end_turn": finish.STOP,
    "endTurn": finish.STOP,
    "eos": finish.STOP,
    "eos_token": finish.STOP,
    "stop_sequence": finish.STOP,
    "COMPLETE": finish.STOP,
    "length": finish.LENGTH,
    "max_tokens": finish.LENGTH,
    "MAX_TOKENS": finish.LENGTH,
    "max_output_tokens": finish.LENGTH,
    "model_length": finish.LENGTH,
    "model_context_window_exceeded": finish.LENGTH,
    "content_filter": finish.FILTERED,
    "contentFilter": finish.FILTERED,
    "SAFETY": finish.FILTERED,
    "refusal": finish.FILTERED,
    "sensitive": finish.FILTERED,
    "tool_calls": finish.TOOLS,
    "tool_use": finish.TOOLS,
    "function_call": finish.TOOLS,
    "MALFORMED_FUNCTION_CALL": finish.TOOLS,
    "error": finish.FAILED,
    "network_error": finish.FAILED,
    "abort": finish.FAILED,
    "insufficient_system_resource": finish.FAILED,
    "null": "",
    "None": "",
    "load": "load",
    "x" * 500: "x" * 40,
}


@pytest.mark.parametrize(("theirs", "ours"), REASONS.items())
def test_each_word_for_why_it_ended_is_known(theirs, ours):
    assert finish.kind(theirs) == ours


CALL = chunk(tool_calls=[{"index": 0, "id": "call_1", "function": {"name": "search", "arguments": "{}"}}])
OLD_CALL = chunk(function_call={"name": "search", "arguments": "{}"})
THOUGHT = chunk(reasoning_content="Hm.")
ENDS = {
    "length after text": (HELLO + chunk(reason="length"), "length"),
    "tool calls that are none": (HELLO + chunk(reason="tool_calls"), "tool_calls"),
    "length after thinking": (THOUGHT + chunk(reason="length"), provider_errors.LengthSpent),
    "length after an open tag": (chunk("<think>Hm") + chunk(reason="length"), provider_errors.LengthSpent),
    "length at once": (chunk(reason="length"), provider_errors.LengthSpent),
    "stop at once": (chunk("") + STOP, provider_errors.EmptyReply),
    "stop after white space": (chunk("\n \n") + STOP, provider_errors.EmptyReply),
    "done at once": (DONE, provider_errors.EmptyReply),
    "stop after thinking": (THOUGHT + STOP, provider_errors.OnlyThinking),
    "stop after a template's thinking": (chunk("Hm.\n</think>") + STOP, provider_errors.OnlyThinking),
    "a tool call": (CALL + chunk(reason="tool_calls"), provider_errors.ToolCalled),
    "a tool call that stops": (CALL + STOP, provider_errors.ToolCalled),
    "a tool call after text": (HELLO + CALL + chunk(reason="tool_calls"), provider_errors.ToolCalled),
    "a function call": (OLD_CALL + chunk(reason="function_call"), provider_errors.ToolCalled),
    "a filter at once": (chunk(reason="content_filter"), provider_errors.ContentFiltered),
    "a filter after text": (HELLO + chunk(reason="SAFETY"), provider_errors.ContentFiltered),
    "the end of the connection": (HELLO, provider_errors.StreamCut),
}


@pytest.mark.parametrize(("body", "end"), ENDS.values(), ids=ENDS)
def test_how_it_ended_is_told(body, end):
    got = in_every_cut(body)
    if isinstance(end, str):
        assert got.outcome.finish_reason == end
    else:
        assert type(got.outcome) is end


FULL = (
    "the request exceeds the available context size. try increasing the context size or enable context shift"
)
TOLD = {
    "an error field": (
        b'error: {"code":400,"message":"%s"}\n\n' % FULL.encode() + DONE,
        provider_errors.ContextTooLong,
    ),
    "an error event": (
        b'event: error\ndata: {"code":"overloaded","message":"Upstream is overloaded","status":529}\n\n',
        provider_errors.Overloaded,
    ),
    "an error event in words": (
        b"event: error\ndata: Too many requests, slow down\n\n",
        provider_errors.RateLimited,
    ),
    "words in the data": (event(b"error: the engine died"), provider_errors.ProviderDown),
    "words in brackets": (event(b"[ERROR] the server is busy"), provider_errors.Overloaded),
    "an error beside choices": (
        event(
            {"error": {"code": 429, "message": "slow"}, "choices": [{"finish_reason": "error", "delta": {}}]}
        ),
        provider_errors.RateLimited,
    ),
    "an error in the choice": (
        event({"choices": [{"error": {"code": 402, "message": "pay"}, "delta": {"content": ""}}]}),
        provider_errors.OutOfCredit,
    ),
    "a detail": (event({"detail": "The server is overloaded"}), provider_errors.Overloaded),
    "details": (
        event({"detail": [{"loc": ["body"], "msg": "context length exceeded"}]}),
        provider_errors.ContextTooLong,
    ),
    "a bare line": (
        b'{"error": {"message": "Rate limit reached", "code": 429}}\n',
        provider_errors.RateLimited,
    ),
    "bare lines": (
        json.dumps({"error": {"message": FULL}}, indent=2).encode(),
        provider_errors.ContextTooLong,
    ),
    "an object": (
        event({"object": "error", "message": "no such model", "code": 404}),
        provider_errors.UnknownModel,
    ),
    "a message with a code": (
        event({"code": "server_busy", "message": "Server busy"}),
        provider_errors.Overloaded,
    ),
    "a message with a status": (event({"status": 401, "message": "who are you"}), provider_errors.WrongKey),
    "Anthropic's": (
        b'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n',
        provider_errors.Overloaded,
    ),
    "a type alone": (
        event({"error": {"type": "invalid_request_error", "message": "temperature: range is 0 to 1"}}),
        provider_errors.BadRequest,
    ),
    "an unfinished event before it": (
        b'data: {"choices": [{"delta": {"con\ndata: {"error": {"message": "Rate limit"}}\n\n',
        provider_errors.RateLimited,
    ),
}


@pytest.mark.parametrize("before", [b"", HELLO], ids=["at once", "in the middle"])
@pytest.mark.parametrize(("body", "kind"), TOLD.values(), ids=TOLD)
def test_an_error_is_told_in_whatever_frame_and_keeps_its_words(before, body, kind):
    got = in_every_cut(before + body)
    assert got.text == ("Hello." if before else "")
    assert type(got.outcome) is kind
    assert got.outcome.detail.startswith("in the stream: ")


def test_other_JSON_is_no_answer():
    assert type(take([b'{"status": "ok"}'], event_stream=False).outcome) is provider_errors.NotAModelServer


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "raw"])
@pytest.mark.parametrize("size", [1, 7, 0])
async def test_a_compressed_stream_is_taken_although_none_was_asked_for(
    server, provider_client, encoding, size
):
    server.script(play("stream_packed", encoding=encoding, text="Hello. " * 50, size=size))
    got = await read(provider_client.stream(MESSAGES))
    assert (got.error, got.text) == (None, "Hello. " * 50)


async def test_a_compressed_error_keeps_its_words(server, provider_client):
    server.script(play("status", code=400, error_code="context_length_exceeded", packed=True))
    got = await read(provider_client.stream(MESSAGES))
    assert type(got.error) is provider_errors.ContextTooLong
    assert "The scripted server says no" in got.error.detail


async def test_text_after_a_first_stop_is_not_lost(server, provider_client):
    server.script(play("in_parts", text="One part, another, and the last.", size=10, pause=0.3))
    got = await read(provider_client.stream(MESSAGES))
    assert got.text == "One part, another, and the last."


LATE = play("in_parts", text="One, two", size=4, pause=0.6)


@pytest.mark.parametrize(("first", "text"), [([], "One,"), ([LATE], "One, two")])
async def test_a_service_that_often_leaves_its_connection_open_is_waited_for_less_unless_it_adds_words(
    server, monkeypatch, first, text
):
    monkeypatch.setattr(ending_habits, "STANDING_OPEN", 0.1)
    provider_client = client_for(server, replace(PATIENT, after_finish=1.5))
    for played in [*first, *[play("hang", at="finish")] * 3]:
        server.script(played)
        await read(provider_client.stream(MESSAGES))
    server.script(LATE)
    assert (await read(provider_client.stream(MESSAGES))).text == text
    await provider_client.aclose()


@pytest.mark.parametrize("goes_on", [False, True])
async def test_a_break_after_a_stop_cuts_a_reply_only_of_a_service_that_says_more_after_it(
    server, provider_client, goes_on
):
    if goes_on:
        server.script(LATE)
        await read(provider_client.stream(MESSAGES))
    server.script(play("in_parts", text="One, two", size=4, end="reset after 1"))
    got = await read(provider_client.stream(MESSAGES))
    assert (got.text, type(got.error)) == ("One,", provider_errors.StreamCut if goes_on else type(None))


async def test_comments_do_not_hold_a_whole_reply_open(server):
    server.script(play("kept_alive", pause=0.05))
    provider_client = client_for(server, replace(PATIENT, after_finish=0.3))
    got = await read(provider_client.stream(MESSAGES))
    assert (got.error, got.text) == (None, "ab")
    await provider_client.aclose()

"""Parameters that a model does not take: left out or renamed once, remembered or not, and told."""

import asyncio

import pytest

from chat.provider import MAX_REQUESTS, Endpoint, ProviderClient, RequestAttempt
from chat.provider.capabilities import readable
from chat.provider.errors import BadRequest, ContextTooLong
from tests.support.provider_client import HELLO, KEY, PATIENT, client_for, read
from tests.support.scripted_provider import ScriptedProvider, play
from tests.support.scripted_refusals import REFUSALS

VALUES = {
    "temperature": 0.7,
    "top_p": 1,
    "max_tokens": 20000,
    "seed": 7,
    "reasoning_effort": "max",
    "stop": ["#"],
}
# Name of the refusal -> what is remembered of the model
REMEMBERED = {
    "openai_limit": {"max_tokens": "max_completion_tokens"},
    "openai_temperature": {"temperature": ""},
    "openai_top_p": {"top_p": ""},
    "openai_effort": {},
    "openai_limit_value": {},
    "vllm_limit_value": {},
    "vllm_model_length": {},
    "openai_in_all": {},
    "anthropic_in_all": {},
    "groq_limit_value": {},
    "anthropic_limit_value": {},
    "deepseek_limit_value": {},
    "dashscope_limit_value": {},
    "volcengine_limit_value": {},
    "words_as_the_parameter": {},
    "pydantic_extra": {"seed": ""},
    "huggingface_top_p": {},
    "litellm_several": {"temperature": ""},
    "litellm_gpt5": {"temperature": ""},
    "litellm_nested_limit": {"max_tokens": "max_completion_tokens"},
    "ollama_thinking": {"reasoning_effort": ""},
    "openai_stop": {"stop": ""},
    "anthropic_deprecated": {"temperature": ""},
}


def parameters_of(request):
    return {
        name: value
        for name, value in request.body.items()
        if name not in {"model", "messages", "stream", "stream_options"}
    }


@pytest.mark.parametrize("refusal", REFUSALS)
async def test_what_is_refused_is_left_out_or_renamed_once_and_the_answer_comes(
    server, provider_client, refusal
):
    server.default = play("refusing", names=refusal)
    stream = provider_client.stream(HELLO, **VALUES)
    got = await read(stream)
    assert got.text == "Hello from the script."
    parameter, remembered = REFUSALS[refusal][0], REMEMBERED[refusal]
    assert len(server.requests) == 2
    expected = dict(VALUES)
    value = expected.pop(parameter)
    if remembered.get(parameter):
        expected[remembered[parameter]] = value
    assert parameters_of(server.requests[1]) == stream.attempt.parameters == expected
    assert stream.attempt.ignored == ([] if remembered.get(parameter) else [parameter])
    assert provider_client.capabilities("scripted-1").known == remembered


@pytest.mark.parametrize("refusal", REFUSALS)
async def test_the_next_request_goes_out_right_at_once_unless_it_was_about_the_value(
    server, provider_client, refusal
):
    server.default = play("refusing", names=refusal)
    await read(provider_client.stream(HELLO, **VALUES))
    stream = provider_client.stream(HELLO, **VALUES)
    await read(stream)
    assert len(server.requests) == (3 if REMEMBERED[refusal] else 4)
    parameter = REFUSALS[refusal][0]
    assert (parameter in stream.attempt.ignored) == (REMEMBERED[refusal].get(parameter, "") == "")


async def test_a_model_that_refuses_all_of_them_is_asked_once_more_for_each(server, provider_client):
    names = "openai_limit openai_temperature openai_top_p pydantic_extra ollama_thinking openai_stop"
    server.default = play("refusing", names=names)
    got = await read(provider_client.stream(HELLO, **VALUES))
    assert got.error is None
    assert len(server.requests) == 7
    assert parameters_of(server.requests[-1]) == {"max_completion_tokens": 20000}
    assert set(provider_client.capabilities("scripted-1").known) == set(VALUES)


async def test_another_value_is_sent_again_after_one_was_refused(server, provider_client):
    server.default = play("refusing", names="openai_effort")
    await read(provider_client.stream(HELLO, reasoning_effort="max"))
    await read(provider_client.stream(HELLO, reasoning_effort="low"))
    assert [parameters_of(request) for request in server.requests[1:]] == [{}, {"reasoning_effort": "low"}]


async def test_what_is_learnt_of_one_model_is_not_held_against_another(server, provider_client):
    server.default = play("refusing", names="openai_top_p")
    await read(provider_client.stream(HELLO, "scripted-1", top_p=0.5))
    await read(provider_client.stream(HELLO, "scripted-2", top_p=0.5))
    assert [request.body["model"] for request in server.requests] == ["scripted-1"] * 2 + ["scripted-2"] * 2


async def test_a_refusal_that_stays_is_raised_and_nothing_is_remembered(server, provider_client):
    message = "Unsupported parameter: 'temperature' is not supported with this model."
    server.default = play("complaining", message=message)
    got = await read(provider_client.stream(HELLO, **VALUES))
    assert isinstance(got.error, BadRequest)
    assert len(server.requests) == 2
    assert provider_client.capabilities("scripted-1").known == {}


async def test_words_of_every_day_name_no_parameter(server, provider_client):
    server.default = play("complaining", message="Please stop: this is not supported.")
    assert isinstance((await read(provider_client.stream(HELLO, **VALUES))).error, BadRequest)
    assert len(server.requests) == 1


async def test_a_context_that_is_too_long_is_no_matter_of_parameters(server, provider_client):
    message = "This model's maximum context length is 4096 tokens. However, your messages have 9000."
    server.default = play("complaining", message=message)
    assert isinstance((await read(provider_client.stream(HELLO, **VALUES))).error, ContextTooLong)
    assert len(server.requests) == 1


NO_SYSTEM = [
    (400, "System role not supported"),
    (500, "Value is not callable: Jinja Exception: System role not supported at row 1"),
    (400, "Developer instruction is not enabled for models/gemma-3-27b-it"),
    (400, "This model does not support system messages"),
    (400, "Conversation roles must alternate user/assistant/user/assistant/..."),
    (
        422,
        "Template error: syntax error: Conversation roles must alternate user/assistant/user/assistant/...",
    ),
    (400, "Unsupported value: 'messages[0].role' does not support 'system' with this model."),
    (400, "Only user and assistant roles are supported!"),
    (400, "System messages are not supported by this model."),
    (400, "Invalid role: system"),
    (422, "Input should be 'user' or 'assistant'"),
    (400, "'system' is not one of ['user', 'assistant'] - 'messages.0.role'"),
]
TOLD = [{"role": "system", "content": "Be brief."}, *HELLO]


@pytest.mark.parametrize(("code", "message"), NO_SYSTEM)
async def test_instructions_go_into_the_first_question_where_the_model_has_no_role_for_them(
    server, provider_client, code, message
):
    server.default = play("without_system", message=message, code=code)
    for _ in range(2):
        assert (await read(provider_client.stream(TOLD))).text == "Hello from the script."
    assert [request.messages for request in server.requests[1:]] == [
        [{"role": "user", "content": "Be brief.\n\nHello"}]
    ] * 2
    assert provider_client.capabilities("scripted-1").known == {"system": ""}


async def test_whoever_speaks_of_the_system_role_changes_nothing_for_others(server, provider_client):
    message = "System role not supported"
    server.default = play("complaining", message=message)
    asked = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": message}]
    assert isinstance((await read(provider_client.stream(asked))).error, BadRequest)
    assert provider_client.capabilities("scripted-1").known == {}


async def test_without_instructions_a_complaint_about_roles_stays_one(server, provider_client):
    server.default = play("complaining", message="Conversation roles must alternate")
    assert isinstance((await read(provider_client.stream(HELLO))).error, BadRequest)
    assert len(server.requests) == 1


NO_STREAM = [
    ("'stream' is not supported", None),  # GPT4All
    (
        "Your organization must be verified to stream this model. Please go to: https://platform.openai.com/"
        "settings/organization/general and click on Verify Organization.",
        "stream",
    ),
    ("Unsupported value: 'stream' does not support true with this model.", "stream"),
    ("The model is unsupported for streaming", None),  # Bedrock
    ("Streaming is not supported for this model", None),
    ("This model does not support streaming.", None),
    ("litellm.BadRequestError: streaming mode is currently not enabled", None),
    ("Streaming isn't available for batch deployments", None),
]


@pytest.mark.parametrize(("message", "param"), NO_STREAM)
async def test_a_model_that_is_not_streamed_answers_whole(server, provider_client, message, param):
    server.default = play("without_stream", message=message, param=param)
    for _ in range(2):
        got = await read(provider_client.stream(HELLO))
        assert (got.text, got.end.tokens_out) == ("Hello from the script.", 7)
    assert [request.body["stream"] for request in server.requests] == [True, False, False]
    assert provider_client.capabilities("scripted-1").known == {"stream": ""}


async def test_whoever_speaks_of_streaming_changes_nothing_for_others(server, provider_client):
    message = "Streaming is not supported"
    server.default = play("complaining", message=message)
    assert isinstance(
        (await read(provider_client.stream([{"role": "user", "content": message}]))).error, BadRequest
    )
    assert provider_client.capabilities("scripted-1").known == {}


async def test_a_refusal_to_count_tokens_is_none_to_stream(server, provider_client):
    server.default = play("refuse_usage")
    assert (await read(provider_client.stream(HELLO))).text
    assert all(request.body["stream"] for request in server.requests)


EXTRA, LOW = "Extra inputs are not permitted", "Input should be greater than or equal to 0"


@pytest.mark.parametrize(
    ("said", "message", "remembered"),
    [
        ("seed temperature top_p: unknown, only the default", LOW, {}),
        ("Only the default", LOW, {}),
        ("only\nthe  default\nunknown", LOW, {}),
        ("x" * 300 + ", only the default", LOW, {}),
        ("max_completion_tokens, not max_tokens: unknown", EXTRA, {"seed": ""}),
        ("Hello", EXTRA, {"seed": ""}),
    ],
)
async def test_what_a_service_only_repeats_of_the_request_is_remembered_of_no_model(
    server, provider_client, said, message, remembered
):
    server.default = play("echoing", parameter="seed", message=message)
    got = await read(
        provider_client.stream([{"role": "user", "content": said}], seed=-5, temperature=1, max_tokens=9)
    )
    assert got.error is None
    assert "seed" not in server.requests[-1].body
    assert provider_client.capabilities("scripted-1").known == remembered


async def test_whoever_asks_about_a_refusal_in_its_words_gets_an_answer(server, provider_client):
    server.default = play("refusing", names="openai_limit anthropic_deprecated")
    asked = [REFUSALS[name][2][1]["error"]["message"] for name in ("openai_limit", "anthropic_deprecated")]
    got = await read(provider_client.stream([{"role": "user", "content": "\n".join(asked)}], **VALUES))
    assert got.text == "Hello from the script."


async def test_what_was_refused_is_not_sent_again_by_the_next_try_of_a_reply(server, provider_client):
    server.default = play("refusing", names="openai_effort openai_limit")
    first = provider_client.stream(HELLO, **VALUES)
    await read(first)
    second = provider_client.stream(HELLO, "", first.attempt, **VALUES)
    assert (await read(second)).error is None
    assert len(server.requests) == 4
    assert parameters_of(server.requests[3]) == parameters_of(server.requests[2])
    assert (second.attempt.requests, second.attempt.ignored) == (4, ["reasoning_effort"])


async def test_a_reply_that_has_cost_its_requests_costs_no_more(server, provider_client):
    server.default = play("refusing", names="openai_top_p pydantic_extra openai_stop")
    got = await read(provider_client.stream(HELLO, "", RequestAttempt(requests=MAX_REQUESTS - 2), **VALUES))
    assert isinstance(got.error, BadRequest)
    assert len(server.requests) == 2


async def test_many_replies_at_once_learn_the_same_and_none_is_held_up(server, provider_client):
    server.default = play("refusing", names="openai_temperature openai_limit_value")
    got = await asyncio.gather(*(read(provider_client.stream(HELLO, **VALUES)) for _ in range(20)))
    assert all(one.text == "Hello from the script." for one in got)
    assert provider_client.capabilities("scripted-1").known == {"temperature": ""}


async def test_whoever_keeps_it_is_told_what_is_new_and_says_what_was_known(server):
    told = []
    endpoint = Endpoint("compatible", server.base_url, KEY, "scripted-1", "scripted")
    provider_client = ProviderClient(endpoint, PATIENT, learnt=lambda *news: told.append(news))
    provider_client.recall({"scripted-1": {"top_p": ""}})
    server.default = play("refusing", names="openai_temperature openai_top_p")
    for _ in range(2):
        await read(provider_client.stream(HELLO, temperature=0.7, top_p=0.5))
    await provider_client.aclose()
    assert len(server.requests) == 3
    assert told == [("scripted-1", {"temperature": ""})]
    provider_client.recall({})
    assert provider_client.capabilities("scripted-1").known == {}


@pytest.mark.parametrize(
    ("stored", "known"),
    [
        ({"temperature": "", "max_tokens": "max_completion_tokens", "system": ""}, None),
        ({"system": "developer"}, {}),
        ({"temperature": "api_key", "max_tokens": None, "top_p": [""], "seed": 0, "messages": ""}, {}),
        ({"max_tokens": ["max_completion_tokens"], "stop": {}, "": ""}, {}),
        (["temperature"], {}),
        ("temperature", {}),
        (None, {}),
        (7, {}),
    ],
)
def test_what_makes_no_sense_in_a_row_is_not_read(stored, known):
    assert readable(stored) == (stored if known is None else known)


async def test_a_short_text_uses_the_name_that_the_model_knows_and_leaves_it_room_to_think(
    server, provider_client
):
    server.default = play("refusing", names="openai_limit")
    for _ in range(2):
        await provider_client.complete(HELLO, max_tokens=30)
    sent = [parameters_of(request) for request in server.requests]
    assert sent == [{"max_tokens": 30}, {"max_completion_tokens": 30}, {"max_completion_tokens": 1030}]


async def test_openai_is_asked_with_the_newer_name_from_the_first_request_on(server: ScriptedProvider):
    provider_client = client_for(server, kind="openai")
    await read(provider_client.stream(HELLO, max_tokens=50))
    await provider_client.aclose()
    assert parameters_of(server.requests[0]) == {"max_completion_tokens": 50}

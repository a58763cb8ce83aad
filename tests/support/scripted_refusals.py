"""Scenarios of a service that does not take every parameter, in the words of real ones."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Any

from tests.support.scripted_ends import SCENARIOS
from tests.support.scripted_scenarios import error, plain, scenario
from tests.support.scripted_wire import Connection, Request

__all__ = ["SCENARIOS"]


def openai(message: str, param: str | None, code: str | None = None) -> tuple[int, Any]:
    return 400, error(message, param=param, code=code)


def unsupported(name: str) -> tuple[int, Any]:
    message = f"Unsupported parameter: '{name}' is not supported with this model."
    return openai(message, name, "unsupported_parameter")


def litellm(message: str) -> tuple[int, Any]:
    return 400, {"error": {"message": message, "type": None, "param": None, "code": "400"}}


# Name -> the parameter that is refused, when (its value), and with what
Refusal = tuple[str, Callable[[Any], bool], tuple[int, Any]]
REFUSALS: dict[str, Refusal] = {
    "openai_limit": (
        "max_tokens",
        lambda value: True,
        openai(
            "Unsupported parameter: 'max_tokens' is not supported with this model. "
            "Use 'max_completion_tokens' instead.",
            "max_tokens",
            "unsupported_parameter",
        ),
    ),
    "openai_temperature": (
        "temperature",
        lambda value: value != 1,
        openai(
            "Unsupported value: 'temperature' does not support 0.7 with this model. "
            "Only the default (1) value is supported.",
            "temperature",
            "unsupported_value",
        ),
    ),
    "openai_top_p": ("top_p", lambda value: True, unsupported("top_p")),
    "openai_effort": (
        "reasoning_effort",
        lambda value: value == "max",
        openai(
            "Unsupported value: 'reasoning_effort' does not support 'max' with this model. "
            "Supported values are: 'low', 'medium', and 'high'.",
            "reasoning_effort",
            "unsupported_value",
        ),
    ),
    "openai_limit_value": (
        "max_tokens",
        lambda value: value > 16384,
        openai(
            "max_tokens is too large: 20000. This model supports at most 16384 completion tokens, "
            "whereas you provided 20000.",
            "max_tokens",
            "invalid_value",
        ),
    ),
    "vllm_limit_value": (
        "max_tokens",
        lambda value: value > 4000,
        openai(
            "'max_tokens' or 'max_completion_tokens' is too large: 20000. This model's maximum context "
            "length is 4096 tokens and your request has 20 input tokens (20000 > 4096 - 20).",
            None,
        ),
    ),
    "vllm_model_length": (
        "max_tokens",
        lambda value: value > 4000,
        openai("max_tokens=20000 cannot be greater than max_model_len=max_total_tokens=4096.", None),
    ),
    "openai_in_all": (
        "max_tokens",
        lambda value: value > 4000,
        openai(
            "This model's maximum context length is 4097 tokens. However, you requested 20137 tokens (137 in "
            "the messages, 20000 in the completion). Please reduce the length of the messages or completion.",
            "messages",
            "context_length_exceeded",
        ),
    ),
    "anthropic_in_all": (
        "max_tokens",
        lambda value: value > 4000,
        openai(
            "input length and `max_tokens` exceed context limit: 900 + 20000 > 20480, decrease them", None
        ),
    ),
    "groq_limit_value": (
        "max_tokens",
        lambda value: value > 8192,
        openai("`max_tokens` must be less than or equal to `8192`, the maximum value for this", None),
    ),
    "anthropic_limit_value": (
        "max_tokens",
        lambda value: value > 8192,
        openai("max_tokens: 20000 > 8192, which is the maximum allowed number of output tokens for x", None),
    ),
    "deepseek_limit_value": (
        "max_tokens",
        lambda value: value > 8192,
        openai("Invalid max_tokens value, the valid range of max_tokens is [1, 8192]", None),
    ),
    "dashscope_limit_value": (
        "max_tokens",
        lambda value: value > 8192,
        openai("<400> InternalError.Algo.InvalidParameter: Range of max_tokens should be [1, 8192]", None),
    ),
    "volcengine_limit_value": (
        "max_tokens",
        lambda value: value > 8192,
        openai("field MaxTokens invalid, should be in [1, 8192]", "max_tokens"),
    ),
    "words_as_the_parameter": (
        "max_tokens",
        lambda value: value > 8192,
        openai("Param Incorrect", "max_tokens is too large: 20000. This model supports at most 8192."),
    ),
    "pydantic_extra": (
        "seed",
        lambda value: True,
        (
            422,
            {
                "detail": [
                    {
                        "type": "extra_forbidden",
                        "loc": ["body", "seed"],
                        "msg": "Extra inputs are not permitted",
                    }
                ]
            },
        ),
    ),
    "huggingface_top_p": (
        "top_p",
        lambda value: value >= 1,
        (
            422,
            {"error": "Input validation error: `top_p` must be > 0.0 and < 1.0", "error_type": "validation"},
        ),
    ),
    "litellm_several": (
        "temperature",
        lambda value: True,
        litellm(
            "litellm.UnsupportedParamsError: bedrock does not support parameters: ['temperature'], "
            "for model=deepseek.r1-v1:0. To drop these, set `litellm.drop_params=True`."
        ),
    ),
    "litellm_gpt5": (
        "temperature",
        lambda value: value != 1,
        litellm(
            "litellm.UnsupportedParamsError: gpt-5 models don't support temperature=0.7. "
            "Only temperature=1 is supported. To drop unsupported params set `litellm.drop_params = True`"
        ),
    ),
    "litellm_nested_limit": (
        "max_tokens",
        lambda value: True,
        litellm(
            "litellm.BadRequestError: OpenAIException - Unsupported parameter: 'max_tokens' is not supported "
            "with this model. Use 'max_completion_tokens' instead.. Received Model Group=gpt"
        ),
    ),
    "ollama_thinking": (
        "reasoning_effort",
        lambda value: True,
        (400, {"error": {"message": '"llama3.2" does not support thinking', "type": "api_error"}}),
    ),
    "openai_stop": ("stop", lambda value: True, unsupported("stop")),
    "anthropic_deprecated": (
        "temperature",
        lambda value: True,
        litellm("litellm.BadRequestError: AnthropicException - `temperature` is deprecated for this model."),
    ),
}


@scenario
async def refusing(connection: Connection, request: Request, names: str, text: str = "") -> None:
    """Refuse the first of these (see REFUSALS; spaces between) that the request gives cause for, or answer."""
    for parameter, when, (status, body) in (REFUSALS[name] for name in names.split()):
        if parameter in request.body and when(request.body[parameter]):
            connection.json(status, body)
            return
    await plain(connection, request, text=text)


@scenario
async def without_system(
    connection: Connection, request: Request, message: str, code: int = 400, param: str | None = None
) -> None:
    """Refuse messages with a role for instructions, as the templates of some models do."""
    if any(said["role"] == "system" for said in request.messages):
        connection.json(code, {"object": "error", "message": message, "param": param, "code": code})
    else:
        await plain(connection, request)


@scenario
async def without_stream(
    connection: Connection, request: Request, message: str, param: str | None = None
) -> None:
    """Refuse to answer in pieces, and to count tokens where nothing is streamed; answer whole."""
    if request.body.get("stream"):
        connection.json(400, error(message, param=param))
    elif "stream_options" in request.body:
        connection.json(
            400, error("'stream_options' is only allowed when streaming.", param="stream_options")
        )
    else:
        message_ = {"role": "assistant", "content": "Hello from the script."}
        choice = {"index": 0, "message": message_, "finish_reason": "stop"}
        usage = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
        connection.json(200, {"object": "chat.completion", "choices": [choice], "usage": usage})


@scenario
async def echoing(connection: Connection, request: Request, parameter: str, message: str) -> None:
    """Refuse a parameter in pydantic's words, which tell the whole request; answer without it."""
    if parameter in request.body:
        fault = {"type": "value", "loc": ["body", parameter], "msg": message, "input": request.body}
        connection.json(422, {"detail": [fault]})
    else:
        await plain(connection, request)


@scenario
async def narrow(connection: Connection, request: Request, names: str, most: int) -> None:
    """Refuse parameters as `refusing` does, then a prompt of more than `most` messages as too long."""
    if len(request.messages) > most and not any(REFUSALS[name][0] in request.body for name in names.split()):
        connection.json(400, error("Too long.", code="context_length_exceeded"))
    else:
        await refusing(connection, request, names)


@scenario
async def complaining(connection: Connection, request: Request, message: str) -> None:
    """Refuse everything in the same words, whatever is left out."""
    connection.json(400, error(message))


@scenario
async def compressed_answer(connection: Connection, request: Request, body: bytes) -> None:
    """A whole answer, compressed although nobody asked for that."""
    connection.body(200, gzip.compress(body), content_encoding="gzip")

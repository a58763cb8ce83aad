"""Scenarios of a service that does not take every parameter, in the words of real ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.scripted_scenarios import SCENARIOS, error, plain, scenario
from tests.scripted_wire import Connection, Request

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

"""A model that has what it read before in a cache, and one of those that refuse to be told where to look."""

from __future__ import annotations

import os
from weakref import WeakKeyDictionary

from tests.support.scripted_hostile import SCENARIOS
from tests.support.scripted_scenarios import DONE, TEXT, chunk, error, event, plain, scenario
from tests.support.scripted_wire import Connection, Request, ScriptedServer

__all__ = ["SCENARIOS"]

KEY = "prompt_cache_key"

_read: WeakKeyDictionary[ScriptedServer, list[str]] = WeakKeyDictionary()


@scenario
async def caching(connection: Connection, request: Request, text: str = TEXT) -> None:
    """`text`; a token is a character, and those count as cached with which an earlier prompt and answer began."""
    read = _read.setdefault(connection.server, [])
    prompt = "".join(f"<{message['role']}>{message['content']}" for message in request.messages)
    cached = max((len(os.path.commonprefix([prompt, before])) for before in read), default=0)
    read.append(f"{prompt}<assistant>{text}")
    connection.stream_head()
    connection.write(chunk(text) + chunk(finish="stop"))
    counts: dict[str, object] = {"prompt_tokens": len(prompt), "completion_tokens": len(text)}
    counts["prompt_tokens_details"] = {"cached_tokens": cached}
    connection.write(event({"choices": [], "usage": counts}) + DONE)
    connection.end()


REFUSALS = {
    "groq": (400, error("property 'prompt_cache_key' is unsupported")),
    "cerebras": (
        422,
        {
            "message": "body.prompt_cache_key: property 'body.prompt_cache_key' is unsupported",
            "type": "invalid_request_error",
            "param": "validation_error",
            "code": "wrong_api_format",
        },
    ),
    "nvidia": (
        400,
        {
            "message": "Validation: Unsupported parameter(s): `prompt_cache_key`",
            "type": "Bad Request",
            "code": 400,
        },
    ),
    "azure": (400, error("Unrecognized request argument supplied: prompt_cache_key")),
    "pydantic": (
        422,
        {
            "detail": [
                {
                    "type": "extra_forbidden",
                    "loc": ["body", "prompt_cache_key"],
                    "msg": "Extra inputs are not permitted",
                    "input": "0",
                }
            ]
        },
    ),
    "no_name": (400, error("Invalid request body")),
}
"""How services refuse the key, as their users report it; the last one does not say what it is about."""


@scenario
async def without_cache_key(connection: Connection, request: Request, service: str = "groq") -> None:
    """Refuse a request with the key in the words of a service, and answer any other."""
    if KEY in request.body:
        status, body = REFUSALS[service]
        connection.json(status, body)
    else:
        await plain(connection, request)

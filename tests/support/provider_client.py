"""For the tests of the provider's client: one of a scripted server, and what one reply brought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chat.provider import End, Endpoint, ProviderClient, ReplyStream, Timeouts
from chat.provider.deltas import add
from chat.provider.errors import ProviderError
from tests.support.scripted_provider import ScriptedProvider

KEY = "sk-test-0123456789"
HELLO = [{"role": "user", "content": "Hello"}]

PATIENT = Timeouts(connect=5, first=10, between=10, total=20, after_finish=10, short=10)
"""For what should not run out of time, on a busy machine neither."""

HASTY = Timeouts(connect=5, first=0.15, between=0.15, total=0.6, after_finish=0.1, short=0.15)
"""For silence."""


def client_for(server: ScriptedProvider, timeouts: Timeouts = PATIENT, **changes: Any) -> ProviderClient:
    fields = {"kind": "compatible", "key": KEY, "model": "scripted-1", "label": "scripted"} | changes
    return ProviderClient(Endpoint(base_url=server.base_url, **fields), timeouts)


@dataclass
class Got:
    """What came of a reply."""

    text: str = ""
    reasoning: str = ""
    end: End | None = None
    error: ProviderError | None = None


async def read(stream: ReplyStream) -> Got:
    got = Got()
    try:
        async with stream:
            async for deltas in stream:
                for delta in deltas:
                    got.text, got.reasoning = add(got.text, got.reasoning, delta)
    except ProviderError as error:
        got.error = error
    got.end = stream.end
    return got

"""Whether an answer says that a path is not the API's, and whether one that is no stream is an answer."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx2

from chat.provider import faults
from chat.provider.encoded import decoded
from chat.provider.errors import NotAModelServer, ProviderDown, ProviderError, UnknownModel, WrongKey

MAX_HEAD = 64 * 1024

NO_PATH = re.compile(
    r"(?i)unexpected endpoint|invalid url|request url|cannot (?:get|post) /|method not allowed"
    r"|\b(?:route|path|page|file|resource|endpoint)\b[^.]{0,40}\b(?:not found|matched|exist)"
    r"|\bno (?:such |matching )?(?:route|path|endpoint)\b|^HTTP 404:(?: \w+)* not found\W*$"
)
"""A provider's words for a path that it does not know."""

OF_A_MODEL = re.compile(r"(?i)\b(?:model|deployment)")
EVENT = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:data|event|id|retry|error)?:")
CHOICES = b'"choices"'


def is_elsewhere(problem: ProviderError) -> bool:
    """Return whether the API may be under another path of the same server."""
    words = problem.detail
    if isinstance(problem, NotAModelServer | WrongKey):  # gateways refuse every path that they do not know
        return True
    if isinstance(problem, UnknownModel):
        return bool(NO_PATH.search(words)) or not OF_A_MODEL.search(words)
    return isinstance(problem, ProviderDown) and bool(NO_PATH.search(words))


def best_told(problems: list[ProviderError], tried: list[str]) -> ProviderError:
    """Return what to say when no path was right: the first that told of anything else, or what was tried."""
    for problem in problems:
        is_of_a_model = isinstance(problem, UnknownModel) and not NO_PATH.search(problem.detail)
        if isinstance(problem, WrongKey) or is_of_a_model:
            return problem
    first = problems[0]
    if len(problems) == 1:
        return first
    return NotAModelServer(f"{first.detail} (tried {', '.join(tried)})")


async def looked_at(response: httpx2.Response) -> httpx2.Response:
    """Return the answer, to be read from its start, if it can be a chat's. Raise what tells that it is none.

    Some providers answer 200 at every path, with an error in JSON or with a page.
    """
    if response.headers.get("content-type", "").startswith("text/event-stream"):
        return response
    rest = decoded(response)
    head = b""
    try:
        async for piece in rest:
            head += piece
            if EVENT.match(head) or CHOICES in head or len(head) >= MAX_HEAD:
                break
        if not EVENT.match(head) and CHOICES not in head:
            raise faults.error_from_body(head[:MAX_HEAD])
    except BaseException:
        await response.aclose()
        raise
    headers = {name: value for name, value in response.headers.items() if name != "content-encoding"}
    return httpx2.Response(response.status_code, headers=headers, stream=_Replayed(head, rest, response))


class _Replayed(httpx2.AsyncByteStream):
    def __init__(self, head: bytes, rest: AsyncIterator[bytes], response: httpx2.Response) -> None:
        self._head, self._rest, self._response = head, rest, response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._head
        async for piece in self._rest:
            yield piece

    async def aclose(self) -> None:
        await self._response.aclose()

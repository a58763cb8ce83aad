"""Which service recognises speech, and which speaks, in a language.

An administrators' service for the language comes first, then one of theirs for all languages, then that of
the settings; where none of them speaks a language, the built-in voice does. Connections stay open between
requests; the rows are read anew for each clip and each reading, so that a change counts at once, in every
process.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from django.conf import settings

from chat.core.database import in_database
from chat.core.sealing import Unreadable, unseal, unseal_headers
from chat.models import SpeechProvider
from chat.provider.speech import Recognizer, ServiceRecognizer, ServiceSpeaker, Speaker, SpeechEndpoint
from chat.provider.speech.errors import SpeechKeyRejected
from chat.voice import environment
from chat.voice.builtin import BuiltinSpeaker

RECOGNITION, SPEAKING = SpeechProvider.Kind.RECOGNITION, SpeechProvider.Kind.SPEAKING
MOST_OPEN = 32
"""Services whose connections are kept. Of more, the one that was asked longest ago is let go of."""

Client = TypeVar("Client", ServiceRecognizer, ServiceSpeaker)
_recognizers: dict[SpeechEndpoint, ServiceRecognizer] = {}
_speakers: dict[SpeechEndpoint, ServiceSpeaker] = {}
_builtin = BuiltinSpeaker()


@dataclass(frozen=True, slots=True)
class Available:
    """What the page may offer. "service" is one of this site's, "browser" what the browser brings itself."""

    recognition: Literal["service", "browser", ""]
    speaking: Literal["service", "builtin", "browser", ""]


async def recognizer(language: str) -> Recognizer | None:
    """Return what recognises speech in a language ("" is any); None where nothing does.

    Raises SpeechKeyRejected for a service whose key can no longer be read.
    """
    endpoint = await recognition_endpoint(language)
    return _open(_recognizers, endpoint, ServiceRecognizer) if endpoint else None


async def speaker(language: str) -> Speaker | None:
    """Return what speaks a language: a service, else the built-in voice; None where neither does.

    Raises SpeechKeyRejected for a service whose key can no longer be read.
    """
    if endpoint := await speaking_endpoint(language):
        return _open(_speakers, endpoint, ServiceSpeaker)
    return _builtin if environment.allows_builtin() and _builtin.speaks(language) else None


async def recognition_endpoint(language: str) -> SpeechEndpoint | None:
    """Return which service recognises speech in a language; for "" one for all before one for some.

    Raises SpeechKeyRejected.
    """
    return await _endpoint(RECOGNITION, language, environment.recognition)


async def speaking_endpoint(language: str) -> SpeechEndpoint | None:
    """Return which service speaks a language. Raises SpeechKeyRejected."""
    return await _endpoint(SPEAKING, language, environment.speaking)


def available() -> Available:
    """Return what the page may offer. One query, and nobody is asked."""
    kinds = set(SpeechProvider.objects.filter(is_enabled=True).values_list("kind", flat=True))
    hears = RECOGNITION in kinds or environment.recognition() is not None
    speaks = SPEAKING in kinds or environment.speaking() is not None
    browser: Literal["browser", ""] = "browser" if settings.VOICE_BROWSER_RECOGNITION else ""
    own: Literal["builtin", "browser"] = "builtin" if environment.allows_builtin() else "browser"
    return Available("service" if hears else browser, "service" if speaks else own)


def endpoint_of(row: SpeechProvider) -> SpeechEndpoint:
    """Return where and how a service is asked. Raises SpeechKeyRejected."""
    try:
        key = unseal(row.sealed_key)
        headers = unseal_headers(row.sealed_headers)
    except Unreadable as problem:
        detail = f"{row.name}: sealed with another ENCRYPTION_KEY or SECRET_KEY"
        raise SpeechKeyRejected(detail) from problem
    reach: Any = "private" if row.allow_private else "public"
    return SpeechEndpoint(
        *(row.base_url, key, row.model, row.name, row.voice),
        headers=headers,
        reach=reach,
        price=row.price,
    )


def services(kind: str | None = None) -> list[SpeechProvider]:
    """Return the administrators' services that are in use, in their order. One query."""
    rows = SpeechProvider.objects.filter(is_enabled=True)
    return list(rows.filter(kind=kind) if kind else rows)


async def aclose() -> None:
    """Close this event loop's connections to all services, and end the processes of the built-in voice."""
    _builtin.end()
    clients: list[ServiceRecognizer | ServiceSpeaker] = [*_recognizers.values(), *_speakers.values()]
    for client in clients:
        await client.connection.aclose()


async def _endpoint(
    kind: str, language: str, by_settings: Callable[[], SpeechEndpoint | None]
) -> SpeechEndpoint | None:
    found = await in_database(_chosen, kind, language) or by_settings()
    return found if found or language else await in_database(_first, kind)


def _chosen(kind: str, language: str) -> SpeechEndpoint | None:
    """Return the first service for the language, else the first for all."""
    rows = services(kind)
    named = [row for row in rows if any(_covers(tag, language) for tag in _tags(row))]
    general = [row for row in rows if not row.languages]
    row = next(iter([*named, *general]), None)
    return endpoint_of(row) if row else None


def _first(kind: str) -> SpeechEndpoint | None:
    row = next(iter(services(kind)), None)
    return endpoint_of(row) if row else None


def _tags(row: SpeechProvider) -> list[str]:
    return row.languages.replace(",", " ").lower().split()


def _covers(tag: str, language: str) -> bool:
    """Return whether "zh" or "zh-hans", as it is set, is meant by a language such as "zh-Hans-CN"."""
    return f"{language.replace('_', '-').lower()}-".startswith(f"{tag}-")


def _open(
    clients: dict[SpeechEndpoint, Client], endpoint: SpeechEndpoint, make: Callable[[SpeechEndpoint], Client]
) -> Client:
    """Return the client that is open, the one asked last at the end; make it where there is none."""
    client = clients.pop(endpoint, None) or make(endpoint)
    clients[endpoint] = client
    while len(clients) > MOST_OPEN:
        del clients[next(iter(clients))]  # what is under way goes on; idle connections close after 4 s
    return client

"""The provider that the settings name, or what stands in for it: where it is, and which model it has."""

from collections.abc import Callable
from dataclasses import replace

from django.conf import settings

from chat.demo import DemoServer, start_demo
from chat.provider import Endpoint, discover

Source = Callable[[], Endpoint]
_sources: dict[object, Source] = {}


def announce(owner: object, source: Source) -> None:
    """Let `source` tell the endpoint that this process uses, until `retract(owner)`."""
    _sources[owner] = source


def retract(owner: object) -> None:
    """Forget what `owner` announced."""
    _sources.pop(owner, None)


def endpoint() -> Endpoint | None:
    """Return the model in use in this process, from any thread; None before an engine was started."""
    source = next(iter(list(_sources.values())), None)
    return source() if source else None


async def find_endpoint() -> tuple[Endpoint, DemoServer | None]:
    """Return where the model is that the settings name; with none named, an Ollama here, else the demo."""
    endpoint = await discover(
        api_key=settings.OPENAI_API_KEY,
        base_url=settings.OPENAI_BASE_URL,
        model=settings.OPENAI_MODEL,
        default_model=settings.DEFAULT_OPENAI_MODEL,
        ollama_url=settings.OLLAMA_BASE_URL,
    )
    endpoint = replace(endpoint, keeps_prefix=settings.OPENAI_PROMPT_CACHING)
    if endpoint.kind != "demo":
        return endpoint, None
    demo = await start_demo()
    return replace(endpoint, base_url=demo.base_url), demo

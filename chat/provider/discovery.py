"""Find out which provider this site talks to."""

from __future__ import annotations

import logging
from dataclasses import replace
from urllib.parse import urlsplit

from chat.provider.base_urls import parse_base_url_or_keep
from chat.provider.client import ProviderClient
from chat.provider.endpoint import DEMO, OLLAMA_URL, OPENAI_URL, Endpoint, first_chat_model
from chat.provider.errors import ProviderError
from chat.provider.timeouts import Timeouts

log = logging.getLogger(__name__)

PATIENCE = 2.0
"""Seconds a configured server gets at start-up to list its models; later it gets more."""

OLLAMA_PATIENCE = 1.0
"""An Ollama on this machine answers in milliseconds; a site without one should not wait to start."""


async def discover(
    *, api_key: str, base_url: str, model: str, default_model: str, ollama_url: str = OLLAMA_URL
) -> Endpoint:
    """Choose the provider by the settings' values; each may be "".

    A key alone means OpenAI; a base URL any compatible server; neither, an Ollama on this machine
    if it answers within a second and has a model; otherwise the demo, whose base URL the caller
    fills in (`dataclasses.replace`) once it runs. Raises nothing when a server is down: the first
    request asks it again for its models.
    """
    api_key, base_url, model = api_key.strip(), base_url.strip().rstrip("/"), model.strip()
    if base_url:
        meant = parse_base_url_or_keep(base_url)
        label, model = _host(meant.bases[0]), model or meant.deployment
        server = Endpoint("compatible", base_url, api_key, model, label=label)
        return server if model else replace(server, model=first_chat_model(await _listed(server, PATIENCE)))
    if api_key:
        return Endpoint("openai", OPENAI_URL, api_key, model or default_model, label="OpenAI")
    ollama = Endpoint("ollama", ollama_url, "", model, label="Ollama")
    if ids := await _listed(ollama, OLLAMA_PATIENCE):
        return replace(ollama, model=model or first_chat_model(ids))
    return Endpoint("demo", "", "", "demo", label=DEMO)


async def _listed(endpoint: Endpoint, patience: float) -> list[str]:
    """Return the models a server lists; none when it is not there."""
    provider = ProviderClient(endpoint, Timeouts(connect=patience, short=patience))
    try:
        return await provider.models()
    except ProviderError as error:
        # That no Ollama is there is no news; that a server somebody named is not, is
        level = logging.DEBUG if endpoint.kind == "ollama" else logging.WARNING
        log.log(level, "%s does not list its models: %s", endpoint.label, error.detail)
        return []
    finally:
        await provider.aclose()


def _host(url: str) -> str:
    """Return host and port, without the user and password a URL may carry."""
    return urlsplit(url).netloc.rpartition("@")[2] or url

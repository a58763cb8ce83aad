"""What a base URL as people paste it stands for: where its API may be, to be tried in turn.

Nothing here asks anybody. All that is tried is of one origin, so that a key goes to no other server.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

AROUND = " \t\r\n\f\v\u00a0\u200b\ufeff\"'`“”‘’«»<>,;"
"""What sticks to an address that was copied."""

SCHEME = re.compile(r"(?i)(https?)(?::/*|//+)(?=[^/:])")
ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}
"""Where a server says that it listens, and where it can be asked."""

LOCAL_NAME = re.compile(r"[^.]+|.+\.(?:local|localhost|lan|home|internal|intranet|home\.arpa)")

VERSION = re.compile(r"v[0-9]+(?:\.[0-9]+)?(?:alpha|beta)?[0-9]*", re.IGNORECASE)
ENDING = re.compile(
    r"(?i)/(?:(?:chat/)?completions|(?<=/v1/)chat|responses|embeddings|models|messages|moderations|rerank"
    r"|images/generations|audio/[a-z]+|docs|redoc|openapi\.json|healthz?)"
)
OLLAMA = re.compile(r"(?i)/api/(?:chat|generate|tags|show|ps|version|pull|embed|embeddings)")
"""Ollama's own API; the compatible one is beside it, in /v1."""

DEPLOYMENT = re.compile(r"(?i)(.*/openai/deployments/([^/]+))(?:/.*)?")
PROJECT = re.compile(r"(?i)(/api/projects/[^/]+)(?:/openai)?")
AZURE = (".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com", ".azure-api.net")
AZURE_VERSION = ("api-version", "2024-10-21")
"""For a deployment whose address names none, which would not be found: the newest that is no preview."""

KNOWN = {
    "api.openai.com": "/v1",
    "api.anthropic.com": "/v1",
    "api.cerebras.ai": "/v1",
    "api.cohere.ai": "/compatibility/v1",
    "api.cohere.com": "/compatibility/v1",
    "api.deepinfra.com": "/v1/openai",
    "api.deepseek.com": "",
    "api.fireworks.ai": "/inference/v1",
    "api.groq.com": "/openai/v1",
    "api.mistral.ai": "/v1",
    "api.moonshot.ai": "/v1",
    "api.moonshot.cn": "/v1",
    "api.perplexity.ai": "",
    "api.siliconflow.cn": "/v1",
    "api.together.ai": "/v1",
    "api.together.xyz": "/v1",
    "api.x.ai": "/v1",
    "ark.cn-beijing.volces.com": "/api/v3",
    "dashscope.aliyuncs.com": "/compatible-mode/v1",
    "dashscope-intl.aliyuncs.com": "/compatible-mode/v1",
    "generativelanguage.googleapis.com": "/v1beta/openai",
    "integrate.api.nvidia.com": "/v1",
    "models.github.ai": "/inference",
    "open.bigmodel.cn": "/api/paas/v4",
    "openrouter.ai": "/api/v1",
    "qianfan.baidubce.com": "/v2",
    "router.huggingface.co": "/v1",
}
"""Where providers whose address is often pasted without a path have their API."""


class NoAddress(ValueError):
    """What was written is no address of a web server."""


@dataclass(frozen=True, slots=True)
class ParsedBaseUrl:
    """`bases` are addresses without a query or a slash at the end; the likeliest is first.

    `query` goes with every request. A `deployment` is Azure's: a model that is named by the address.
    """

    bases: tuple[str, ...]
    query: tuple[tuple[str, str], ...] = ()
    deployment: str = ""
    is_azure: bool = False


def parse_base_url(text: str) -> ParsedBaseUrl:
    """Return what `text` stands for. Raise NoAddress."""
    scheme, host, path, query = _parts(text)
    name = _name(host)
    is_azure = name.endswith(AZURE) or bool(DEPLOYMENT.fullmatch(path)) or "api-version" in dict(query)
    deployment = ""
    if match := DEPLOYMENT.fullmatch(path):
        paths, deployment = [match[1]], match[2]
        if "api-version" not in dict(query):
            query = [*query, AZURE_VERSION]
    elif is_azure:
        paths = _azure_paths(name, path)
        if paths[0].endswith("/openai/v1"):  # it has no dated versions, and refuses them
            query = [pair for pair in query if pair[0] != "api-version" or not pair[1][:1].isdigit()]
    else:
        paths = _paths(name, path)
    bases = tuple(dict.fromkeys(f"{scheme}://{host}{each}" for each in paths))
    return ParsedBaseUrl(bases, tuple(query), deployment, is_azure)


def parse_base_url_or_keep(text: str) -> ParsedBaseUrl:
    """Return what `text` stands for: what is no address as it is, to fail when it is asked."""
    try:
        return parse_base_url(text)
    except NoAddress:
        return ParsedBaseUrl((text,))


def written(base: str, query: tuple[tuple[str, str], ...]) -> str:
    """Return the address as one line."""
    return f"{base}?{urlencode(query)}" if query else base


def shown(base: str, query: tuple[tuple[str, str], ...]) -> str:
    """Return the address as people may read it.

    It has no user, no password, and of the query nothing that may be a secret.
    """
    parts = urlsplit(base)
    bare = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    return written(bare, tuple((name, value if name == "api-version" else "***") for name, value in query))


def _parts(text: str) -> tuple[str, str, str, list[tuple[str, str]]]:
    """Return scheme, host with port, path without a slash at its end, and query. Raise NoAddress."""
    text = text.strip(AROUND)
    match = SCHEME.match(text)
    rest = text[match.end() :] if match else text.lstrip("/")
    if not rest or "://" in rest.partition("?")[0] or re.search(r"[\s\\]", rest):
        raise NoAddress(text)
    try:
        parts = urlsplit(f"http://{rest}")
        valid = parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        valid = False
    if not valid:
        raise NoAddress(text)
    user, at, host = parts.netloc.rpartition("@")
    for listens, asked in ANY_ADDRESS.items():
        if host == listens or host.startswith(f"{listens}:"):
            host = asked + host.removeprefix(listens)
    scheme = match[1].lower() if match else _likely_scheme(_name(host))
    path = re.sub("(?i)(/v[0-9]+)\\1+(?=/|$)", r"\1", re.sub("/+", "/", parts.path).rstrip("/"))
    return scheme, user + at + host, path, parse_qsl(parts.query, keep_blank_values=True)


def _name(host: str) -> str:
    """Return the host without user and port."""
    return (urlsplit(f"http://{host}").hostname or "").lower()


def _likely_scheme(name: str) -> str:
    """Return the scheme of an address without one.

    What is near is asked plainly, and no key goes over the net in the clear.
    """
    try:
        return "https" if ipaddress.ip_address(name).is_global else "http"
    except ValueError:
        return "http" if LOCAL_NAME.fullmatch(name) else "https"


def _paths(name: str, path: str) -> list[str]:
    if match := re.fullmatch(f"(.*){OLLAMA.pattern.removeprefix('(?i)')}", path, re.IGNORECASE):
        return [f"{match[1]}/v1"]
    if name == "generativelanguage.googleapis.com" and "/openai" not in path:
        path = ""
    path = _without_ending(path)
    known = KNOWN.get(name)
    if known is not None and not path.startswith(known or "/v"):
        return [known, path, *([] if _has_version(path) else [f"{path}/v1"])]
    if path.endswith("/v1beta"):
        return [f"{path}/openai", path]
    if _has_version(path):
        return [path] if known is None else [path, known]
    above = [f"{path.removesuffix('/api')}/v1"] if path.endswith("/api") else []
    return [path, f"{path}/v1", *above]


def _azure_paths(name: str, path: str) -> list[str]:
    """Return the paths of an Azure resource, which names its deployments in the request."""
    if name.endswith(".services.ai.azure.com") and path.endswith("/models"):
        return [path]
    path = _without_ending(path)
    if match := PROJECT.fullmatch(path):
        return [f"{match[1]}/openai/v1", "/openai/v1"]
    if path in {"", "/openai"} and name.endswith(AZURE):
        return ["/openai/v1"]
    return [path] if _has_version(path) else [path, f"{path}/v1"]


def _without_ending(path: str) -> str:
    """Return the path without what the client adds itself."""
    match = re.fullmatch(f"(.*?){ENDING.pattern.removeprefix('(?i)')}", path, re.IGNORECASE)
    return match[1] if match else path


def _has_version(path: str) -> bool:
    return any(VERSION.fullmatch(segment) for segment in path.split("/"))

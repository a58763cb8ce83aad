"""Base URLs as people paste them: read as meant, tried under one server, and said as understood."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chat.provider import Endpoint, NoAddress, ProviderClient, parse_base_url
from chat.provider import errors as provider_errors
from chat.provider.base_urls import shown
from tests.support.provider_client import HELLO, KEY, PATIENT, read
from tests.support.scripted_provider import Scenario, ScriptedProvider, play

READ = [
    # As written, and nothing else
    ("http://127.0.0.1:8080/v1", ["http://127.0.0.1:8080/v1"]),
    ("https://gw.example.org/openai/v1/", ["https://gw.example.org/openai/v1"]),
    ("https://open.bigmodel.cn/api/paas/v4", ["https://open.bigmodel.cn/api/paas/v4"]),
    ("https://openrouter.ai/api/v1", ["https://openrouter.ai/api/v1"]),
    (
        "https://generativelanguage.googleapis.com/v1beta/openai/",
        ["https://generativelanguage.googleapis.com/v1beta/openai"],
    ),
    # With what the client adds, slashes, quotes, spaces, a fragment
    ("http://h:1/v1/chat/completions", ["http://h:1/v1"]),
    ("http://h:1/v1/completions/", ["http://h:1/v1"]),
    ("http://h:1/v1/models", ["http://h:1/v1"]),
    ("http://h:1/v1/responses", ["http://h:1/v1"]),
    ("http://h:1/v1/embeddings", ["http://h:1/v1"]),
    ("http://h:1/v1/chat", ["http://h:1/v1"]),
    ("http://h:1/v1/docs#/chat", ["http://h:1/v1"]),
    ("  'http://h:1//v1///' ", ["http://h:1/v1"]),
    ("“http://h:1/v1”,", ["http://h:1/v1"]),
    ("<http://h:1/v1/v1>", ["http://h:1/v1"]),
    # Without a version: as it is, then below it
    ("http://h:1", ["http://h:1", "http://h:1/v1"]),
    ("http://h:1/chat/completions", ["http://h:1", "http://h:1/v1"]),
    ("http://h:1/proxy/", ["http://h:1/proxy", "http://h:1/proxy/v1"]),
    # Ollama's own API, and others that look like it
    ("http://h:11434/api", ["http://h:11434/api", "http://h:11434/api/v1", "http://h:11434/v1"]),
    ("http://h:11434/api/chat", ["http://h:11434/v1"]),
    ("http://h:11434/api/tags", ["http://h:11434/v1"]),
    ("http://h:3000/api/chat/completions", ["http://h:3000/api", "http://h:3000/api/v1", "http://h:3000/v1"]),
    # Where a server says that it listens
    ("http://0.0.0.0:8000/v1", ["http://127.0.0.1:8000/v1"]),
    ("http://[::]:8000/v1", ["http://[::1]:8000/v1"]),
    # No scheme: plain only to what is near
    ("localhost:1234/v1", ["http://localhost:1234/v1"]),
    ("192.168.1.5:1234/v1", ["http://192.168.1.5:1234/v1"]),
    ("gpu-box/v1", ["http://gpu-box/v1"]),
    ("gpu.lan:8000/v1", ["http://gpu.lan:8000/v1"]),
    ("[::1]:8000/v1", ["http://[::1]:8000/v1"]),
    ("8.8.8.8/v1", ["https://8.8.8.8/v1"]),
    ("//models.example.org/v1", ["https://models.example.org/v1"]),
    ("models.example.org:8443/v1", ["https://models.example.org:8443/v1"]),
    ("HTTPS://h/v1", ["https://h/v1"]),
    ("http:/h/v1", ["http://h/v1"]),
    ("http//h/v1", ["http://h/v1"]),
    ("http:192.168.100.188:8089/v1", ["http://192.168.100.188:8089/v1"]),
    ("http://h:1/v1-openai", ["http://h:1/v1-openai", "http://h:1/v1-openai/v1"]),
    ("https://h/client/v4/accounts/0af/ai/v1", ["https://h/client/v4/accounts/0af/ai/v1"]),
]

KNOWN = [
    ("https://api.openai.com", "https://api.openai.com/v1"),
    ("api.openai.com/v1/chat/completions", "https://api.openai.com/v1"),
    ("https://api.deepseek.com", "https://api.deepseek.com"),
    ("https://api.perplexity.ai/", "https://api.perplexity.ai"),
    ("https://api.perplexity.ai/chat/completions", "https://api.perplexity.ai"),
    ("https://api.anthropic.com", "https://api.anthropic.com/v1"),
    ("https://api.anthropic.com/v1/messages", "https://api.anthropic.com/v1"),
    ("https://openrouter.ai", "https://openrouter.ai/api/v1"),
    ("https://openrouter.ai/api", "https://openrouter.ai/api/v1"),
    ("https://api.groq.com", "https://api.groq.com/openai/v1"),
    ("https://api.mistral.ai/v1/chat/completions", "https://api.mistral.ai/v1"),
    ("https://dashscope.aliyuncs.com/compatible-mode", "https://dashscope.aliyuncs.com/compatible-mode/v1"),
    (
        "https://generativelanguage.googleapis.com/v1beta",
        "https://generativelanguage.googleapis.com/v1beta/openai",
    ),
    (
        "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-pro:generateContent",
        "https://generativelanguage.googleapis.com/v1beta/openai",
    ),
]

VERSION = "api-version=2025-01-01-preview"
DEPLOYED = "/openai/deployments/gpt"
AZURE = [
    (f"openai.azure.com/openai/deployments/gpt/chat/completions?{VERSION}", DEPLOYED, "gpt", VERSION),
    (f"openai.azure.com/openai/deployments/gpt?{VERSION}", DEPLOYED, "gpt", VERSION),
    ("openai.azure.com/openai/deployments/gpt", DEPLOYED, "gpt", "api-version=2024-10-21"),
    ("openai.azure.com/openai/v1/", "/openai/v1", "", ""),
    ("openai.azure.com", "/openai/v1", "", ""),
    (f"cognitiveservices.azure.com/openai/responses?{VERSION}", "/openai/v1", "", ""),
    (
        "openai.azure.com/openai/v1/chat/completions?api-version=preview",
        "/openai/v1",
        "",
        "api-version=preview",
    ),
    ("cognitiveservices.azure.com/openai", "/openai/v1", "", ""),
    (f"services.ai.azure.com/models/chat/completions?{VERSION}", "/models", "", VERSION),
    (f"services.ai.azure.com/models?{VERSION}", "/models", "", VERSION),
    ("services.ai.azure.com/api/projects/mine", "/api/projects/mine/openai/v1", "", ""),
]


@pytest.mark.parametrize(("text", "bases"), READ)
def test_an_address_is_read_as_it_was_meant(text, bases):
    assert list(parse_base_url(text).bases) == bases


@pytest.mark.parametrize(("text", "base"), KNOWN)
def test_a_well_known_service_is_asked_where_its_api_is(text, base):
    assert parse_base_url(text).bases[0] == base


@pytest.mark.parametrize(("text", "path", "deployment", "query"), AZURE)
def test_an_address_of_azures_keeps_its_version_and_names_its_deployment(text, path, deployment, query):
    meant = parse_base_url(f"https://mine.{text}")
    assert meant.is_azure
    assert meant.bases[0].endswith(f".azure.com{path}")
    assert meant.deployment == deployment
    assert "&".join(f"{name}={value}" for name, value in meant.query) == query


@pytest.mark.parametrize(
    "text", ["", "   ", "/", "http://", "ftp://h/v1", "h h/v1", "http://h:x/v1", "file:///x"]
)
def test_what_is_no_address_is_told_apart(text):
    with pytest.raises(NoAddress):
        parse_base_url(text)


def test_everything_that_is_tried_is_of_one_server():
    for text, _rest in [*READ, *KNOWN]:
        origins = {base.split("/", 3)[2] for base in parse_base_url(text).bases}
        assert len(origins) == 1


def test_no_secret_of_an_address_is_shown():
    meant = parse_base_url("https://me:pw1234@h/v1?api-version=1&code=s3cret")
    said = shown(meant.bases[0], meant.query)
    assert said.startswith("https://h/v1?api-version=1&code=")
    assert "pw1234" not in said and "s3cret" not in said


# Over a connection


def client_at(server: ScriptedProvider, path: str, **fields: Any) -> ProviderClient:
    values = {"key": KEY, "model": "scripted-1", "label": "scripted"} | fields
    base = f"http://127.0.0.1:{server.port}{path}"
    return ProviderClient(Endpoint("compatible", base, **values), PATIENT)


def lm_studio(status: int = 200) -> Scenario:
    body = json.dumps({"error": "Unexpected endpoint or method. (POST /chat/completions)"})
    return play("json200", body=body) if status == 200 else play("status", code=status, message=body)


ELSEWHERE = [
    None,
    lm_studio(),
    play("html200"),
    play("empty200"),
    play("json200", body='"Ollama is running"'),
    play("html_error", code=405),
    play("status", code=403, message="Missing Authentication Token"),
    play("status", code=404, message="Invalid URL (POST /chat/completions)"),
    play("status", code=404, message="Resource not found"),
    play("status", code=404, message="File Not Found"),
]


@pytest.mark.parametrize("elsewhere", ELSEWHERE, ids=repr)
@pytest.mark.parametrize("path", ["", "/chat/completions"])
async def test_without_its_version_the_api_is_found_by_the_list_and_by_the_chat(server, elsewhere, path):
    server.elsewhere = elsewhere
    for lists_first in (True, False):
        asked = client_at(server, path)
        if lists_first:
            assert await asked.models() == server.models
        got = await read(asked.stream(HELLO))
        assert (got.text, got.error) == ("Hello from the script.", None)
        assert asked.address == server.base_url
        assert asked.is_reread
        before = len(server.paths)
        await read(asked.stream(HELLO))
        assert server.paths[before:] == ["/v1/chat/completions"]  # what was found out is not asked again
        await asked.aclose()


@pytest.mark.parametrize("path", ["/api", "/api/tags", "/v1/v1", "/v1/chat/completions"])
async def test_other_paths_of_the_same_server_lead_to_it_too(server, path):
    asked = client_at(server, path)
    assert await asked.models() == server.models
    assert (await read(asked.stream(HELLO))).error is None
    await asked.aclose()


async def test_an_api_at_the_root_is_asked_at_the_root(server):
    server.prefix = ""
    asked = client_at(server, "/")
    assert await asked.models() == server.models
    assert (await read(asked.stream(HELLO))).error is None
    assert not asked.is_reread
    assert server.paths == ["/models", "/chat/completions"]
    await asked.aclose()


async def test_where_only_the_chat_is_the_chat_is_found(server):
    server.models_scenario = play("status", code=404, message="Not Found")
    asked = client_at(server, "")
    with pytest.raises(provider_errors.ProviderError):
        await asked.models()
    assert (await read(asked.stream(HELLO))).error is None
    assert asked.address == server.base_url
    await asked.aclose()


@pytest.mark.parametrize(
    ("scenario", "kind"),
    [
        (play("status", code=404, message="The model `x` does not exist."), provider_errors.UnknownModel),
        (play("status", code=429), provider_errors.RateLimited),
        (play("status", code=500), provider_errors.ProviderDown),
        (play("status", code=400), provider_errors.BadRequest),
    ],
    ids=lambda value: getattr(value, "code", "") or repr(value),
)
async def test_what_says_something_else_is_not_taken_for_a_wrong_path(server, scenario, kind):
    server.prefix = ""
    server.default = scenario
    asked = client_at(server, "")
    assert type((await read(asked.stream(HELLO))).error) is kind
    assert server.paths == ["/chat/completions"]
    await asked.aclose()


async def test_a_wrong_key_is_told_as_one_wherever_it_was_refused(server):
    server.elsewhere = server.default = play("status", code=401)
    asked = client_at(server, "")
    assert type((await read(asked.stream(HELLO))).error) is provider_errors.WrongKey
    await asked.aclose()


async def test_a_model_that_is_missing_is_told_as_one_in_whatever_words(server):
    server.prefix = ""
    server.default = play("status", code=404, message="Cannot find an appropriate cached snapshot folder")
    asked = client_at(server, "")
    error = (await read(asked.stream(HELLO))).error
    assert type(error) is provider_errors.UnknownModel
    assert "snapshot" in error.detail
    await asked.aclose()


async def test_where_no_path_is_right_the_operator_reads_what_was_tried(server):
    server.prefix = "/nowhere"
    asked = client_at(server, "")
    error = (await read(asked.stream(HELLO))).error
    assert type(error) is provider_errors.NotAModelServer
    assert f"http://127.0.0.1:{server.port}/v1" in error.detail
    await asked.aclose()


async def test_an_answer_that_is_whole_json_or_bears_no_type_is_still_read_from_its_start(server):
    server.prefix = ""
    body = b'data: {"choices": [{"delta": {"content": "Hi"}, "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n'
    whole = b'{"choices": [{"message": {"content": "Hi"}, "finish_reason": "stop"}]}'
    for answer in (body, whole):
        server.script(play("json200", body=answer))
        asked = client_at(server, "")
        assert (await read(asked.stream(HELLO))).text == "Hi"
        await asked.aclose()


async def test_an_answer_that_is_compressed_is_read_from_its_start_too(server):
    server.elsewhere = play("compressed_answer", body=b'{"error": "Unexpected endpoint or method."}')
    asked = client_at(server, "")
    assert (await read(asked.stream(HELLO))).error is None
    assert asked.address == server.base_url
    await asked.aclose()
    body = b'data: {"choices": [{"delta": {"content": "Hi"}, "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n'
    server.prefix = ""
    server.script(play("compressed_answer", body=body))
    asked = client_at(server, "")
    assert (await read(asked.stream(HELLO))).text == "Hi"
    await asked.aclose()


@pytest.mark.parametrize("ending", ["", "/chat/completions"])
async def test_a_deployment_of_azures_gets_its_version_and_its_own_key_header(server, ending):
    server.prefix = "/openai/deployments/mine"
    asked = client_at(server, f"{server.prefix}{ending}?{VERSION}", model="")
    assert await asked.models() == ["mine"]
    assert (await read(asked.stream(HELLO))).error is None
    assert server.paths == [f"/openai/deployments/mine/chat/completions?{VERSION}"]
    request = server.requests[-1]
    assert request.headers["api-key"] == KEY
    assert "authorization" not in request.headers
    assert request.body["model"] == "mine"
    await asked.aclose()


async def test_no_redirect_is_followed_to_find_the_api(server):
    async with ScriptedProvider() as other:
        server.elsewhere = play("redirect", location=f"{other.base_url}/chat/completions")
        server.prefix = "/nowhere"
        asked = client_at(server, "")
        assert type((await read(asked.stream(HELLO))).error) is provider_errors.NotAModelServer
        assert other.connections == 0
        await asked.aclose()

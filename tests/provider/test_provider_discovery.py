"""Which model service a site finds by its settings."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from chat.provider import OPENAI_URL, discover
from tests.support.scripted_provider import ScriptedProvider, play

NOBODY = "http://127.0.0.1:9/v1"


@pytest.fixture
async def server() -> AsyncIterator[ScriptedProvider]:
    async with ScriptedProvider() as server:
        yield server


async def found(api_key: str = "", base_url: str = "", model: str = "", ollama_url: str = NOBODY):
    return await discover(
        api_key=api_key, base_url=base_url, model=model, default_model="gpt-default", ollama_url=ollama_url
    )


async def test_a_key_alone_means_openai_with_the_default_model(server):
    endpoint = await found(api_key=" sk-1 ", ollama_url=server.base_url)
    assert (endpoint.kind, endpoint.base_url, endpoint.key) == ("openai", OPENAI_URL, "sk-1")
    assert (endpoint.model, endpoint.label) == ("gpt-default", "OpenAI")
    assert server.connections == 0


async def test_a_named_model_goes_before_the_default():
    assert (await found(api_key="sk-1", model="gpt-mine")).model == "gpt-mine"


@pytest.mark.parametrize("key", ["", "sk-1"])
async def test_a_base_url_means_a_compatible_server_with_its_first_model(server, key):
    endpoint = await found(api_key=key, base_url=server.base_url + "/")
    assert (endpoint.kind, endpoint.base_url, endpoint.key) == ("compatible", server.base_url, key)
    assert (endpoint.model, endpoint.label) == ("scripted-1", f"127.0.0.1:{server.port}")


async def test_a_base_url_with_a_named_model_asks_nothing(server):
    endpoint = await found(base_url=server.base_url, model="mine")
    assert endpoint.model == "mine"
    assert server.connections == 0


@pytest.mark.parametrize("scenario", [play("status", code=500), play("html200"), play("reset", at="headers")])
async def test_a_compatible_server_that_is_ill_leaves_the_model_for_later(server, scenario):
    server.models_scenario = scenario
    endpoint = await found(base_url=server.base_url)
    assert (endpoint.kind, endpoint.model) == ("compatible", "")


async def test_a_compatible_server_that_is_down_leaves_the_model_for_later():
    endpoint = await found(base_url=NOBODY)
    assert (endpoint.kind, endpoint.model) == ("compatible", "")


async def test_neither_finds_an_ollama_with_a_model(server):
    server.models = ["all-minilm-embed", "llama3.2:latest"]
    endpoint = await found(ollama_url=server.base_url)
    assert (endpoint.kind, endpoint.model, endpoint.label) == ("ollama", "llama3.2:latest", "Ollama")


async def test_an_ollama_gets_the_named_model(server):
    assert (await found(model="qwen", ollama_url=server.base_url)).model == "qwen"


async def test_an_ollama_without_models_is_passed_over_for_the_demo(server):
    server.models = []
    assert (await found(model="qwen", ollama_url=server.base_url)).kind == "demo"


async def test_an_ollama_that_does_not_answer_is_passed_over_for_the_demo(server):
    server.models_scenario = play("hang")
    assert (await found(ollama_url=server.base_url)).kind == "demo"


async def test_with_nothing_there_is_the_demo():
    endpoint = await found()
    assert (endpoint.kind, endpoint.base_url, endpoint.model) == ("demo", "", "demo")


async def test_neither_the_label_nor_the_repr_holds_a_secret():
    endpoint = await found(api_key="sk-1234", base_url="http://me:secret@127.0.0.1:9/v1", model="m")
    assert endpoint.label == "127.0.0.1:9"
    assert "sk-1234" not in repr(endpoint)
    assert "secret" not in repr(endpoint)

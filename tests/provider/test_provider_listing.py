"""The shapes in which services list their models."""

from __future__ import annotations

import json

import pytest

from chat.provider.errors import ProviderDown, ProviderError
from chat.provider.listing import MOST, names_in

TWO = ["a", "b"]
SHAPES = {
    "OpenAI": {"object": "list", "data": [{"id": "a", "object": "model"}, {"id": "b"}]},
    "a bare list": [{"id": "a"}, {"id": "b"}],
    "a bare list of names": ["a", "b"],
    "names in data": {"data": ["a", "b"]},
    "Ollama's own": {"models": [{"name": "a", "model": "a", "size": 5}, {"name": "b"}]},
    "only by model": {"models": [{"model": "a"}, {"model": "b"}]},
    "llama.cpp, both": {"models": [{"name": "a"}, {"name": "b"}], "data": [{"id": "a"}, {"id": "b"}]},
    "an empty data beside": {"data": [], "models": ["a", "b"]},
    "Cloudflare": {"success": True, "errors": [], "result": [{"id": "a"}, {"id": "b"}]},
    "text-generation-webui": {"model_names": ["a", "b"]},
    "LM Studio's own": {"models": [{"type": "llm", "key": "a"}, {"type": "llm", "key": "b"}]},
    "a layer more": {"data": {"models": [{"id": "a"}, {"id": "b"}]}},
    "by name": {"models": {"a": {"size": 1}, "b": {"size": 2}}},
    "a catalogue": [{"id": "azureml://registries/x/models/a/versions/1", "name": "a"}, {"id": "b"}],
    "a null error": {"error": None, "data": [{"id": "a"}, {"id": "b"}]},
    "odd ones among them": {"data": [{"id": "a"}, None, 5, {"id": ""}, {"x": 1}, " ", {"id": "b"}]},
}
EMPTY = [[], {"data": []}, {"data": None}, {"models": []}, {"models": {}}, {"data": [], "models": None}]
NO_LISTS = [
    {},
    {"detail": "Not Found"},
    {"status": "ok"},
    "models",
    5,
    None,
    {"data": 5},
    {"data": [{"x": 1}]},
]


@pytest.mark.parametrize("shape", SHAPES)
def test_models_are_found_in_whatever_shape_they_come(shape):
    assert names_in(json.dumps(SHAPES[shape]).encode()) == TWO


@pytest.mark.parametrize("value", EMPTY, ids=json.dumps)
def test_an_empty_list_is_a_list(value):
    assert names_in(json.dumps(value).encode()) == []


@pytest.mark.parametrize("value", NO_LISTS, ids=json.dumps)
def test_what_is_no_list_is_told(value):
    with pytest.raises(ProviderError):
        names_in(json.dumps(value).encode())


@pytest.mark.parametrize("body", [b"", b"Ollama is running", b"[" * 100_000, b"<html>"])
def test_what_is_no_json_is_told(body):
    with pytest.raises(ProviderError):
        names_in(body)


def test_an_error_with_status_200_keeps_its_words():
    with pytest.raises(ProviderDown) as caught:
        names_in(b'{"error": "Unexpected endpoint or method. (GET /models)", "data": []}')
    assert "Unexpected endpoint" in caught.value.detail


def test_of_a_list_without_end_the_beginning_is_looked_at():
    names = [f"m{number}" for number in range(MOST + 5)]
    assert names_in(json.dumps({"data": names}).encode()) == names[:MOST]


def test_names_with_what_cannot_be_seen_are_left_out():
    names = ["fine", "gpt\u202e4", "gpt-4o\u200b", "two\nlines", "模型"]
    assert names_in(json.dumps({"data": names}).encode()) == ["fine", "模型"]

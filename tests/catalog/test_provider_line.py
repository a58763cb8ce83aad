"""The quiet line that says which model answers, in every state of its server."""

from typing import Any

import pytest
from django.utils import translation

from chat import replies
from chat.catalog import environment
from chat.catalog.status_lines import provider_line
from chat.provider import Endpoint


@pytest.mark.parametrize(
    ("kind", "model", "english", "chinese"),
    [
        ("openai", "gpt-5", "gpt-5 · OpenAI", "gpt-5 · OpenAI"),
        (
            "compatible",
            "qwen",
            "qwen · this site’s model server",
            "qwen · 本站模型服务器",
        ),
        ("compatible", "", "This site’s model server", "本站模型服务器"),
        ("ollama", "qwen", "qwen · Ollama on this server", "qwen · 本机 Ollama"),
        ("ollama", "", "Ollama on this server", "本机 Ollama"),
    ],
)
def test_it_names_the_model_only_when_it_is_known(
    monkeypatch: Any, kind: Any, model: str, english: str, chinese: str
) -> None:
    monkeypatch.setattr(environment, "endpoint", lambda: Endpoint(kind, "http://x/v1", "", model, "x"))
    assert provider_line().label == english
    with translation.override("zh-hans"):
        assert provider_line().label == chinese


def test_before_an_engine_runs_it_says_nothing(monkeypatch: Any, settings: Any) -> None:
    monkeypatch.setattr(environment, "endpoint", lambda: None)
    for model in ("", "qwen"):
        settings.OPENAI_MODEL = model
        assert provider_line().label == ""


@pytest.mark.django_db(transaction=True)
async def test_a_model_learnt_by_the_first_request_is_named(provider: Any, settings: Any) -> None:
    settings.OPENAI_MODEL = ""
    engine = await replies.start_up()
    learnt = await engine.provider.model()
    assert learnt
    endpoint = environment.endpoint()
    assert endpoint is not None
    assert endpoint.model == learnt

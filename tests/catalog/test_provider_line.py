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
        ("openai", "gpt-5", "Answers by gpt-5, from OpenAI", "由 OpenAI 的 gpt-5 提供回答"),
        (
            "compatible",
            "qwen",
            "Answers by qwen, from this site's own model server",
            "由本站模型服务器的 qwen 提供回答",
        ),
        ("compatible", "", "Answers from this site's own model server", "由本站模型服务器提供回答"),
        ("ollama", "qwen", "Answers by qwen, from Ollama on this machine", "由本机 Ollama 的 qwen 提供回答"),
        ("ollama", "", "Answers from Ollama on this machine", "由本机 Ollama 提供回答"),
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

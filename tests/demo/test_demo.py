"""The demo model, over real TCP and through the site's own client of providers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import pairwise

import aiohttp
import pytest
from django.conf import settings
from django.utils.translation import override, to_language, to_locale

from chat.core.instructions import CONTINUE, INTERRUPTED, UNHEARD
from chat.core.text import TITLE_MARKER
from chat.demo import DemoServer
from chat.demo.answers import answer
from chat.demo.prose import prose_for, prose_of
from chat.demo.server import pace, start_demo
from chat.personas.builtin import BUILTINS
from chat.provider import Endpoint, ProviderClient

ENGLISH, CHINESE = prose_of("en"), prose_of("zh_hans")
Messages = list[dict[str, str]]


@pytest.fixture
async def demo() -> AsyncIterator[DemoServer]:
    server = await start_demo(rate=0)
    yield server
    await server.stop()


@pytest.fixture
async def provider(demo: DemoServer) -> AsyncIterator[ProviderClient]:
    provider = ProviderClient(Endpoint("demo", demo.base_url, "", "demo", "Demo"))
    yield provider
    await provider.aclose()


def user(text: str) -> Messages:
    return [{"role": "user", "content": text}]


async def ask(provider: ProviderClient, messages: Messages) -> str:
    return (await provider.complete(messages, max_tokens=1000)).text


async def test_it_lists_itself_as_its_only_model(provider):
    assert await provider.models() == ["demo"]


async def test_a_reply_streams_to_a_whole_end_with_usage(provider):
    async with provider.stream(user("Tell me about bread")) as reply:
        pieces = [delta.text async for deltas in reply for delta in deltas]
    assert len(pieces) > 1
    assert reply.end.finish_reason == "stop"
    assert reply.end.model == "demo"
    assert reply.end.tokens_in and reply.end.tokens_out > 100


async def test_a_reply_can_also_be_had_whole(demo):
    body = {"model": "demo", "messages": user("Tell me about bread")}
    async with aiohttp.ClientSession() as session:
        answer = await (await session.post(f"{demo.base_url}/chat/completions", json=body)).json()
    assert "> Tell me about bread" in answer["choices"][0]["message"]["content"]
    assert answer["choices"][0]["finish_reason"] == "stop"
    assert answer["usage"]["total_tokens"] > 0


async def test_it_says_what_it_is_repeats_the_question_and_tells_how_to_connect_a_model(provider):
    text = await ask(provider, user("Tell me about bread\nand about butter"))
    assert "built-in demo model" in text
    assert "> Tell me about bread\n> and about butter" in text
    for way in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "Ollama"):
        assert way in text


@pytest.mark.parametrize(
    ("question", "section"),
    [
        ("Please write some Python code", "code"),
        ("Show me a table of planets", "table"),
        ("Which formula gives the roots?", "formula"),
        ("Make a list of tasks", "lists"),
        ("Give me a quote", "quote"),
        ("A heading, please", "heading"),
    ],
)
async def test_what_is_asked_for_is_shown(provider, question, section):
    text = await ask(provider, user(question))
    assert ENGLISH.sections[section] in text
    assert sum(shown in text for shown in ENGLISH.sections.values()) < len(ENGLISH.sections)


async def test_asked_for_everything_it_shows_everything(provider):
    text = await ask(provider, user("Show me everything you can do"))
    assert all(section in text for section in ENGLISH.sections.values())


async def test_a_hello_gets_a_short_answer(provider):
    assert await ask(provider, user("Hello!")) == ENGLISH.greeting
    assert await ask(provider, user("你好")) == CHINESE.greeting


async def test_a_chinese_question_is_answered_in_chinese(provider):
    text = await ask(provider, user("请给我看一个表格"))
    assert CHINESE.sections["table"] in text
    assert "内置的演示模型" in text
    assert "> 请给我看一个表格" in text


@pytest.mark.parametrize("locale", [to_locale(code).lower() for code, _ in settings.LANGUAGES])
class TestEachLanguage:
    """The demo's words in each language of the site."""

    def test_it_shows_the_same_sections_as_english(self, locale):
        prose = prose_of(locale)
        assert prose.sections.keys() == prose.keywords.keys() == ENGLISH.sections.keys()
        assert prose is ENGLISH or not set(prose.sections.values()) & set(ENGLISH.sections.values())

    def test_what_people_write_in_it_is_answered_in_it(self, locale):
        prose = prose_of(locale)
        with override(to_language(locale)):
            asked = [str(starter) for persona in BUILTINS.values() for starter in persona.starters]
        known = [text for text in asked if prose_for(text) is prose]
        assert len(known) >= 0.8 * len(asked), [text for text in asked if text not in known]
        assert prose_for(prose.notice) is prose

    def test_a_word_for_a_section_shows_it(self, locale):
        prose = prose_of(locale)
        for name, words in prose.keywords.items():
            assert any(prose.sections[name] in answer([("user", word)]) for word in words), name

    def test_a_hello_is_answered_with_one(self, locale):
        prose = prose_of(locale)
        assert answer([("user", prose.hellos[0])]) == prose.greeting


def test_a_word_that_begins_like_a_hello_is_none():
    portuguese = prose_of("pt_br")
    assert not ENGLISH.is_greeting("History of Rome")
    assert not portuguese.is_greeting("Oito planetas")
    assert portuguese.is_greeting("Oi!")
    assert CHINESE.is_greeting("你好吗")


def begun(question: str, text: str) -> Messages:
    """The request to go on with an answer, as chat/conversations/context.py makes it."""
    return [*user(question), {"role": "assistant", "content": text}, *user(CONTINUE)]


@pytest.mark.parametrize("share", [0.01, 0.3, 0.5, 0.99])
@pytest.mark.parametrize("question", ["Show me everything", "请展示全部", "Hello!"])
async def test_asked_to_go_on_it_gives_the_rest_of_its_answer(provider, question, share):
    whole = await ask(provider, user(question))
    part = whole[: int(len(whole) * share) + 1]
    assert part + await ask(provider, begun(question, part)) == whole


async def test_it_goes_on_with_the_answer_to_the_last_question(provider):
    earlier = [*user("A table"), {"role": "assistant", "content": "Here it is."}]
    whole = await ask(provider, [*earlier, *user("Some code")])
    assert whole[:200] + await ask(provider, [*earlier, *begun("Some code", whole[:200])]) == whole


@pytest.mark.parametrize(("question", "prose"), [("Some code", ENGLISH), ("写一段代码", CHINESE)])
async def test_what_it_cannot_go_on_with_it_ends(provider, question, prose):
    whole = await ask(provider, user(question))
    for part in ("What another model began", whole):
        assert await ask(provider, begun(question, part)) == prose.end


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("How do I bake a good loaf of bread at home?", "How do I bake a good"),
        ("怎样在家里烤出好吃的面包而不用烤箱？", "怎样在家里烤出好吃的面"),
        ("Hi", "Hi"),
    ],
    ids=["english", "chinese", "short"],
)
async def test_a_title_is_the_first_words_of_the_question(provider, question, title):
    system = {"role": "system", "content": f"{TITLE_MARKER} for this conversation."}
    said = await ask(provider, [system, *user(f"{question}\n\n---\n\nThe answer")])
    assert said.startswith(title)
    assert len(said) < 40
    assert "answer" not in said


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("请展示表格、代码和公式，要快一点", "请展示表格、代码和公式"),
        ("请展示下面这些东西：表格、代码", "请展示下面这些东西：表格"),
        ("請給我看行星的表格、Python 程式碼和公式", "請給我看行星的表格"),
        ("惑星の表とPythonのコード、数式", "惑星の表とPythonの"),
        ("A table, a list, some code, and a quote", "A table, a list, some code"),
        ("Why is the sky blue?", "Why is the sky blue?"),
        ("...", "..."),
    ],
    ids=["comma", "inside", "latin word", "whole latin word", "english", "question", "nothing else"],
)
async def test_a_title_does_not_end_in_the_middle_of_a_sentence(provider, question, title):
    system = {"role": "system", "content": f"{TITLE_MARKER} for this conversation."}
    assert await ask(provider, [system, *user(f"{question}\n\n---\n\nThe answer")]) == title


async def test_a_very_long_question_is_repeated_only_in_part(provider):
    text = await ask(provider, [*user("x" * 400_000), *user("y" * 400_000)])
    assert len(text) < 5000
    assert "> " + "y" * 400 + "…" in text


@pytest.mark.parametrize(
    "text",
    ["", "   ", "```\nunclosed", "a\0b", "🙂" * 100],
    ids=["empty", "blank", "fence", "nul", "emoji"],
)
async def test_odd_questions_get_an_answer_all_the_same(provider, text):
    assert "built-in demo model" in await ask(provider, user(text))


async def test_no_user_message_at_all_gets_an_answer_too(provider):
    assert "built-in demo model" in await ask(provider, [])


@pytest.mark.parametrize("body", [b"", b"[]", b"{nonsense", b'{"messages": 5}', b"[" * 10_000], ids=range(5))
async def test_a_request_that_is_none_is_refused(demo, body):
    async with aiohttp.ClientSession() as session:
        answer = await session.post(f"{demo.base_url}/chat/completions", data=body)
        assert answer.status == 400
        assert "error" in await answer.json()


def test_its_pace_is_uneven_but_the_same_for_the_same_text():
    first, second = (list(pace(["a"] * 200, rate=50)) for _ in range(2))
    gaps = [later - earlier for earlier, later in pairwise(first)]
    assert first == second
    assert min(gaps) < 1 / 60 and max(gaps) > 1 / 40
    assert 3.5 < first[-1] < 4.5


async def test_stopping_it_closes_its_port(demo):
    await demo.stop()
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.get(f"{demo.base_url}/models")


def test_the_remark_on_an_interruption_is_not_repeated_as_what_somebody_wrote():
    for remark in (INTERRUPTED.format(words="There is no [intelligence] behind me"), UNHEARD):
        said = answer([("user", "Hi"), ("assistant", "Hello."), ("user", f"{remark}\n\nShow me a table")])
        assert "> Show me a table" in said
        assert "interrupted" not in said

"""Words that go on are shown without the parser, and as the parser would show them."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chat.markdown import LiveHtml, apply
from chat.markdown import live as live_html
from tests.markdown.test_live_flicker import ANSWERS
from tests.markdown.test_live_html import MARKDOWN

WORDS = st.lists(
    st.sampled_from(
        [
            *(
                "word ",
                "more",
                "don't ",
                "well-",
                "known. ",
                "1",
                "12 ",
                "1. ",
                "Then: ",
                "no ",
                "é",
                "注意",
                "，",
            ),
            *("www", "www.", ".ex", "http", "://", "a@b", ".", "?", "!", " ", "  ", "\n", "\n\n", "- ", "* "),
            *("**", "*", "`", "[", "](", ")", "_", "~~", "# ", "> ", "&", ";", "|", "2. ", "😀"),
        ]
    ),
    max_size=30,
).map("".join)
ANSWER = st.sampled_from(sorted(ANSWERS.values()))


class ParsedHtml(LiveHtml):
    """Asks the parser each time."""

    def feed(self, text):
        self._end = None
        return super().feed(text)


@st.composite
def pieces(draw):
    text = draw(st.one_of(WORDS, ANSWER, MARKDOWN))
    size = draw(st.sampled_from([1, 2, 5, 12, 30]))
    return [text[start : start + size] for start in range(0, len(text), size)]


@settings(max_examples=500, deadline=None)
@given(pieces())
@example(list("see www.example.com for it"))
@example(["1> www.", "www", "."])
@example(["注意；", "\n\n", "1.", " 2", ". a"])
@example(["a 1.\n\n", "1.", " 2"])
@example([*"> a 1", ". b"])
@example(["see [ba](http://a ba", "r"])
@example(["www.注", "意", "."])
@example(["a **bold ", "word", "s** and", " more"])
@example(["[a]: ", "http", " a"])
@example(["```\n", "a ", "b"])
@example(["|a|\n", "|", "-", "|", "\n", "b ", "c"])
@example(["a\r", "b ", "c"])
@example(["😀 a", " b", "😀 ", "c"])
@example(["<div>\n", "b", " ", "c"])
@example(["> <div>\n> ", "b", " ", "c"])
def test_it_is_what_the_parser_shows_at_every_step(texts):
    live, parsed, shown = LiveHtml(), ParsedHtml(), []
    for text in texts:
        shown = apply(shown, live.feed(text))
        parsed.feed(text)
        assert shown == live.blocks == parsed.blocks
    assert apply(shown, live.flush()) == apply(parsed.blocks, parsed.flush())


@pytest.mark.parametrize("before", ["Some words", "- **Key**: a", "> it is", "# One title", "请注意：这是"])
def test_words_do_not_have_the_block_parsed_again(before, monkeypatch):
    live = LiveHtml()
    live.feed(before)
    monkeypatch.setattr(live_html, "parse", None)
    for more in (" and", " more", " of them, ", "don't", " ", "end"):
        live.feed(more)
    monkeypatch.undo()
    assert "and more of them, don't end" in live.html
    live.feed(".\n")
    assert "and more of them, don't end." in live.html

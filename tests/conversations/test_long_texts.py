"""Long texts are rendered in a process of their own: the same HTML, within a limit, and nobody waits for it."""

import asyncio
import io
import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.markdown import LONG, IsolatedHtml, apply, isolated, render
from chat.markdown.isolated import process
from chat.markdown.process import Process, read, write
from chat.markdown.render import render as render_here
from chat.replies.writer import Writer

PARAGRAPH = "Some **bold** words, `code`, a [link](https://example.org/a) and $x^2$ in a paragraph. "
LONG_PARAGRAPH = PARAGRAPH * (2 * LONG // len(PARAGRAPH))


@pytest.fixture
def no_time(monkeypatch):
    """Every text is too costly."""
    hasty = Process("chat.markdown.worker", 0.0001)
    monkeypatch.setattr(isolated, "process", hasty)
    yield
    hasty.end()


def test_a_long_text_is_rendered_elsewhere_to_the_same_html_and_a_short_one_here():
    process.end()
    render("short")
    assert process.id is None
    assert render(LONG_PARAGRAPH) == render_here(LONG_PARAGRAPH)
    assert process.id not in (None, os.getpid())


def test_a_text_that_is_too_costly_is_shown_as_it_was_written(no_time, caplog):
    text = "<b> & **not bold** " + LONG_PARAGRAPH
    html = render(text)
    assert html.startswith('<p class="raw" dir="auto">&lt;b&gt; &amp; **not bold** Some **bold**')
    assert len(caplog.messages) == 1
    assert "bold" not in caplog.text


@pytest.mark.parametrize("text", ["**short**", LONG_PARAGRAPH])
def test_a_text_on_which_the_renderer_fails_is_shown_as_it_was_written(text, monkeypatch, caplog):
    def fail(*_):
        raise RecursionError(text)

    monkeypatch.setattr(isolated, "render_here", fail)
    monkeypatch.setattr(process, "call", fail)
    assert render(text).startswith('<p class="raw" dir="auto">')
    assert "RecursionError" in caplog.text
    assert text not in caplog.text


def test_an_answer_that_breaks_off_in_the_middle_is_none():
    whole = io.BytesIO()
    write(whole, (True, "an answer"))
    for size in range(len(whole.getvalue())):
        assert read(io.BytesIO(whole.getvalue()[:size])) is None


def test_a_reply_that_is_too_costly_is_shown_as_it_was_written_up_to_its_end(no_time):
    live, shown = IsolatedHtml(), []
    for text in ("**Short** and\n\n", LONG_PARAGRAPH, "more ", "and more"):
        shown = apply(shown, live.feed(text))
    assert len(shown) == 1
    shown = apply(shown, live.close())
    [only] = shown
    assert only.startswith('<p class="raw" dir="auto">**Short** and\n\nSome **bold**')
    assert only.endswith("more and more</p>")


async def test_nobody_waits_for_a_long_text():
    process.end()
    writer, turns = Writer(), 0
    writer.feed(LONG_PARAGRAPH * 8, "")
    flushing = asyncio.create_task(writer.flush())
    while not flushing.done():
        turns += 1
        await asyncio.sleep(0)
    assert turns > 100  # the loop turned all the while
    assert "".join(writer._answer.blocks) in render_here(LONG_PARAGRAPH * 8)


def test_calls_from_several_threads_get_each_its_own_answer():
    texts = [f"{number} {LONG_PARAGRAPH}" for number in range(4)]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(render, texts)) == [render_here(text) for text in texts]


def test_a_text_with_any_characters_goes_there_and_back():
    text = "".join(map(chr, [*range(0x300), 0xD800, 0xDFFF, 0xFEFF, 0x1F600])) * 20
    assert len(text) < LONG
    assert render(text + "a" * LONG) == render_here(text + "a" * LONG)


@settings(max_examples=8, deadline=None)
@given(st.lists(st.integers(1, 4 * LONG), max_size=6), st.integers(0, 5))
def test_a_reply_that_gets_long_while_it_is_written_shows_what_the_whole_text_gives(cuts, killed_at):
    text = "# A title\n\n" + LONG_PARAGRAPH + "\n\n- one\n- two\n\n" + PARAGRAPH
    places = sorted({0, len(text), *(min(cut, len(text)) for cut in cuts)})
    live, shown = IsolatedHtml(), []
    for number, (start, end) in enumerate(zip(places, places[1:], strict=False)):
        shown = apply(shown, live.feed(text[start:end]))
        assert shown == live.blocks
        if number == killed_at:
            process.end()
    shown = apply(shown, live.close())
    assert "".join(shown) == live.html == render_here(text)


def test_a_process_that_dies_is_replaced_and_knows_every_reply_again():
    one, two = IsolatedHtml(), IsolatedHtml()
    one.feed(LONG_PARAGRAPH)
    two.feed(LONG_PARAGRAPH + "two ")
    assert process.id is not None
    os.kill(process.id, signal.SIGKILL)
    one.feed("one")
    two.feed("more")
    one.close()
    two.close()
    assert one.html == render_here(LONG_PARAGRAPH + "one")
    assert two.html == render_here(LONG_PARAGRAPH + "two more")

"""The writer: text in, numbered patches out."""

import asyncio
import json

import pytest

from chat import markdown
from chat.models import Generation, Message
from chat.replies.writer import Writer

REPLY = Message(generation=Generation())


def parsed(tail):
    return json.loads(f"[7{tail}")


async def test_patches_are_numbered_without_a_gap_and_lead_to_the_full_render():
    writer, blocks, text = Writer(), [], "# A\n\n* one\n* two\n\n`x` and **y**"
    number = 0
    for piece in [text[i : i + 3] for i in range(0, len(text), 3)]:
        writer.feed(piece, "")
        if not (tail := await writer.flush()):  # half of a mark changes nothing yet
            continue
        number += 1
        handle, seq, *changes = parsed(tail)
        assert (handle, seq) == (7, number)
        blocks = markdown.apply(blocks, [markdown.Patch(*change) for change in changes])
    if tail := await writer.close():
        blocks = markdown.apply(blocks, [markdown.Patch(*change) for change in parsed(tail)[2:]])
    assert "".join(blocks) == writer.html == markdown.render(text)
    assert writer.text == text


async def test_a_flush_without_news_makes_no_frame_and_no_number():
    writer = Writer()
    assert await writer.flush() == ""
    assert writer.seq == 0


async def test_thinking_goes_into_the_same_frames_as_changes_with_a_mark():
    writer = Writer()
    writer.feed("", "Let *me* see.")
    assert parsed(await writer.flush()) == [7, 1, [0, 0, '<p dir="auto">Let <em>me</em> see.</p>', 1]]
    assert writer.reasoning == "Let *me* see."


async def test_text_that_turns_out_to_be_thinking_is_taken_back_and_shown_there():
    writer, shown, thoughts = Writer(), [], []
    writer.feed("Kept.\n\nI *think", "")
    tails = [await writer.flush()]
    writer.feed("So it is.", " on", moved=8)
    tails += [await writer.flush(), await writer.close()]
    for change in [change for tail in tails if tail for change in parsed(tail)[2:]]:
        blocks, patch = (thoughts, change[:3]) if len(change) == 4 else (shown, change)
        blocks[:] = markdown.apply(blocks, [markdown.Patch(*patch)])
    assert (writer.text, writer.reasoning) == ("Kept.\n\nSo it is.", "I *think on")
    assert "".join(shown) == writer.html == markdown.render(writer.text)
    assert "".join(thoughts) == writer.thinking_html == markdown.render(writer.reasoning)


async def test_a_snapshot_holds_what_was_flushed_and_not_what_is_pending():
    writer = Writer()
    writer.feed("shown", "thought")
    await writer.flush()
    writer.feed(" pending", " later")
    snapshot = await writer.snapshot(REPLY, 3)
    assert (snapshot.seq, snapshot.handle) == (1, 3)
    assert "".join(snapshot.thoughts) == markdown.render("thought")
    assert "".join(snapshot.blocks) == markdown.render("shown")


async def test_a_long_open_block_is_rendered_off_the_loop_to_the_same_end():
    writer, text = Writer(), "word " * 8000
    for start in range(0, len(text), 5000):
        writer.feed(text[start : start + 5000], "")
        await writer.flush()
    await writer.close()
    assert writer.html == markdown.render(text)


async def test_a_flush_that_is_cancelled_while_it_renders_in_a_thread_loses_nothing():
    writer, blocks, text = Writer(), [], "word " * 8000
    writer.feed(text[:20_000], "")
    flush = asyncio.create_task(writer.flush())
    await asyncio.sleep(0)
    flush.cancel()
    writer.feed(text[20_000:], "")
    for tail in (await writer.flush(), await writer.close()):
        if tail:
            blocks = markdown.apply(blocks, [markdown.Patch(*change) for change in parsed(tail)[2:]])
    assert flush.cancelled()
    assert "".join(blocks) == writer.html == markdown.render(text)


@pytest.mark.parametrize("turns", range(8))
async def test_whenever_a_flush_is_cancelled_what_it_rendered_comes_with_the_next(monkeypatch, turns):
    async def in_a_turn(render, *arguments):
        await asyncio.sleep(0)
        return render(*arguments)

    monkeypatch.setattr(asyncio, "to_thread", in_a_turn)
    writer, blocks, tails = Writer(), [], []
    writer.feed("word " * 5000, "")
    tails.append(await writer.flush())
    writer.feed("and ends", "")
    flush = asyncio.create_task(writer.flush())
    for _ in range(turns):
        await asyncio.sleep(0)
    flush.cancel()
    await asyncio.wait({flush})
    tails += ["" if flush.cancelled() else flush.result(), await writer.flush(), await writer.close()]
    for tail in filter(None, tails):
        blocks = markdown.apply(blocks, [markdown.Patch(*change) for change in parsed(tail)[2:]])
    assert "".join(blocks) == writer.html == markdown.render(writer.text)

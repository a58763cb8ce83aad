"""The writer: text in, numbered patches out."""

import asyncio
import json
import uuid
from types import SimpleNamespace

from chat import markdown
from chat.replies.writer import Writer

REPLY = SimpleNamespace(uuid=uuid.uuid4(), thinking_ms=None)


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


async def test_thinking_goes_into_the_same_frames_as_changes_of_one():
    writer = Writer()
    writer.feed("", "Let me see.")
    assert parsed(await writer.flush()) == [7, 1, ["Let me see."]]
    assert writer.reasoning == "Let me see."


async def test_a_snapshot_holds_what_was_flushed_and_not_what_is_pending():
    writer = Writer()
    writer.feed("shown", "thought")
    await writer.flush()
    writer.feed(" pending", " later")
    snapshot = await writer.snapshot(REPLY, 3)
    assert (snapshot.seq, snapshot.handle, snapshot.reasoning) == (1, 3, "thought")
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
    writer.feed(text[:20_000], "thought")
    flush = asyncio.create_task(writer.flush())
    await asyncio.sleep(0)
    flush.cancel()
    writer.feed(text[20_000:], "")
    for tail in (await writer.flush(), await writer.close()):
        if tail:
            patches = [change for change in parsed(tail)[2:] if len(change) > 1]
            blocks = markdown.apply(blocks, [markdown.Patch(*change) for change in patches])
    assert flush.cancelled()
    assert "".join(blocks) == writer.html == markdown.render(text)

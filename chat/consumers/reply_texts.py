"""The text of a reply as it grows, for who reads it aloud: of one that is written here, or elsewhere."""

import asyncio
from collections.abc import AsyncGenerator

from chat.models import Message, Status
from chat.replies import Engine

# Seconds between two looks at a reply that is written here, and at the row of one that another process writes
# (replies/checkpoint.py writes it every half second)
LOOK_HERE, LOOK_ELSEWHERE = 0.01, 0.5
# And at one that is written here when its beginning is there: whoever listens has enough to hear
LOOK_LATER, BEGINNING = 0.1, 300


async def texts_of(engine: Engine, reply: Message) -> AsyncGenerator[str]:
    """Yield all of a reply's text, again whenever there is more, until it is final or its row is gone."""
    while True:
        if running := engine.running_reply(reply.uuid):
            while not running.is_over.is_set():
                yield running.writer.text
                await running.news()
                has_begun = len(running.writer.text) > BEGINNING
                # What comes meanwhile is read too
                await asyncio.sleep(LOOK_LATER if has_begun else LOOK_HERE)
            yield running.writer.text
            return
        rows = Message.objects.filter(pk=reply.pk, hidden_at=None).values_list("text", "status")
        row = await engine.reader.read(rows.first)
        if row is None:
            return
        yield row[0]
        if row[1] != Status.RUNNING:
            return
        await asyncio.sleep(LOOK_ELSEWHERE)

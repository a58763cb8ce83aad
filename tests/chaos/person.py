"""One person: asks, reads, and has the habits that break chat pages."""

import asyncio
import random
import time
from typing import Any

from tests.chaos.outbox import Item
from tests.chaos.questions import Questions
from tests.chaos.setup import SetUp
from tests.chaos.tab import Tab

# Seconds a person gives a send to be acknowledged, and a reply to end after its provider's time is over
SEND_PATIENCE, END_PATIENCE = 60, 15
# Seconds a page stays open after its last reply: its text may come a moment after the news of its end
LAST_LOOK = 1
# Seconds between two looks whether the page shows a message
LOOK = 0.1
EXCHANGES_A_CONVERSATION = 4
HABITS = {
    "reads": 50,
    "stops": 8,
    "sends five times": 8,
    "sends two": 5,
    "reads slowly": 6,
    "reloads": 7,
    "loses the connection": 6,
    "looks from a second tab": 10,
}


class Person:
    def __init__(self, number: int, cookie: str, canary: str, setup: SetUp, chance: random.Random) -> None:
        self.number, self.cookie, self.canary = number, cookie, canary
        self._setup, self._ledger = setup, setup.ledger
        self._chance = chance
        self._questions = Questions(canary, chance, setup.size.longest, setup.size.silence)

    async def live(self) -> None:
        """Ask until the run has enough."""
        await asyncio.sleep(self._chance.random() * 2)
        async with self._new_tab() as tab:
            while self._setup.take_ticket():
                if len(tab.thread) >= 2 * EXCHANGES_A_CONVERSATION:
                    await asyncio.sleep(LAST_LOOK)
                    tab.begin_anew()
                await self._exchange(tab)
            await asyncio.sleep(LAST_LOOK)

    def _new_tab(self) -> Tab:
        return self._setup.tab(self.number, self.cookie, self.canary)

    async def _exchange(self, tab: Tab) -> None:
        question = self._questions.next()
        [habit] = self._chance.choices(list(HABITS), list(HABITS.values()))
        item = tab.say(question.text)
        if habit == "sends five times":
            tab.send_again(item, 4)
        if habit == "sends two":
            second = self._questions.next()
            other = tab.say(second.text)
            await self._reply(tab, item, question.seconds)
            await self._reply(tab, other, second.seconds)
            return
        reply = await self._answered(tab, item)
        if reply is None:
            return
        began = time.monotonic()
        await asyncio.sleep(self._chance.random())
        await self._indulge(habit, tab, reply, question.seconds)
        await self._read_to_end(tab, reply, question.seconds, began)
        if self._chance.random() < 0.08 and self._setup.take_ticket():
            await self._reply(tab, tab.retry(reply), question.seconds)

    async def _indulge(self, habit: str, tab: Tab, reply: str, seconds: float) -> None:
        if habit == "stops":
            await asyncio.sleep(self._chance.random() * 2)
            if tab.running and tab.running.id == reply:
                tab.stop()
        elif habit == "reads slowly":
            tab.read(False)
            await asyncio.sleep(1 + 3 * self._chance.random())
            tab.read(True)
        elif habit == "reloads":
            await self._reload(tab)
        elif habit == "loses the connection":
            tab.cut()
        elif habit == "looks from a second tab":
            await self._look_from_another(tab.conversation, reply, seconds)

    async def _reply(self, tab: Tab, item: Item, seconds: float) -> None:
        if reply := await self._answered(tab, item):
            await self._read_to_end(tab, reply, seconds, time.monotonic())

    async def _answered(self, tab: Tab, item: Item) -> str | None:
        """The reply's id, or None when the message was refused or nobody answered."""
        began = time.monotonic()
        if await self._within(item.answer, SEND_PATIENCE, began):
            reply = item.answer.result()
            if reply is None:
                await asyncio.sleep(self._chance.random())
            return reply
        self._ledger.unanswered.append(f"{item.client_id} {self._setup.faults_since(began)}")
        tab.outbox.take(item.client_id)
        await self._reload(tab)
        return None

    async def _read_to_end(self, tab: Tab, reply: str, seconds: float, began: float) -> None:
        if await self._within(self._end_in_view(tab, reply), seconds + END_PATIENCE, began):
            return
        before = tab.find(reply)
        if before and before.status != "running":  # told at this very moment
            self._ledger.ends[reply] = before
            return
        await self._reload(tab)
        shown = tab.find(reply)
        state = shown.status if shown else "not on the page"
        what = f"{reply} was {before and before.status}, is {state} after {time.monotonic() - began:.0f} s"
        late = state == "running"
        (self._ledger.late if late else self._ledger.untold).append(
            f"{what} {self._setup.faults_since(began)}"
        )

    async def _end_in_view(self, tab: Tab, reply: str) -> None:
        """Until the page shows the reply, and its end."""
        while not (article := tab.find(reply)):
            await asyncio.sleep(LOOK)
        await article.over.wait()
        self._ledger.ends[reply] = article

    async def _look_from_another(self, conversation: str | None, reply: str, seconds: float) -> None:
        began = time.monotonic()
        async with self._new_tab() as other:
            if not await self._load(other, conversation):
                return
            article = other.find(reply)
            if article and not await self._within(article.over.wait(), seconds + END_PATIENCE, began):
                await self._load(other, conversation)
                again = other.find(reply)
                if again and again.status != "running":
                    self._ledger.untold.append(f"second tab, {reply} {self._setup.faults_since(began)}")

    async def _within(self, what: Any, seconds: float, began: float) -> bool:
        """Whether it came to pass in that time, not counting what was out of order for our faults."""
        waiting = asyncio.ensure_future(what)
        try:
            while not waiting.done():
                left = began + seconds + self._setup.outage_since(began) - time.monotonic()
                if left <= 0:
                    return False
                await asyncio.wait({waiting}, timeout=min(left, 2))
            waiting.result()
            return True
        finally:
            if waiting is not what:
                waiting.cancel()

    async def _reload(self, tab: Tab) -> None:
        """As F5 does: a new connection, and the page anew."""
        tab.cut()
        await self._load(tab, tab.conversation)

    async def _load(self, tab: Tab, conversation: str | None) -> bool:
        for attempt in range(20):
            if await tab.open_page(conversation):
                return True
            await asyncio.sleep(min(3, 0.5 * 2**attempt))
        return False

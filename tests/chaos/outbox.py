"""What waits to be sent, as chat/static/chat/js/composer/outbox.js keeps it: one at a time, again after a break."""

import asyncio
import uuid
from collections.abc import Callable
from typing import Any

# Seconds for an answer to what was sent, as there
PATIENCE = 30


class Item:
    """A send (or a retry, with `reply`). `answer` becomes its reply's id, or None when it was refused."""

    def __init__(
        self, conversation: str | None, parent: str | None = None, text: str = "", reply: str = ""
    ) -> None:
        self.client_id = str(uuid.uuid4())
        self.conversation = conversation
        self.began = conversation is None and not reply
        self.parent, self.text, self.reply = parent, text, reply
        self.answer: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()

    @property
    def command(self) -> dict[str, Any]:
        if self.reply:
            return {"type": "retry", "client_id": self.client_id, "reply": self.reply}
        return {
            "type": "send",
            "client_id": self.client_id,
            "conversation": self.conversation,
            "parent": self.parent,
            "text": self.text,
        }


class Outbox:
    """`silence` is called when what was sent has had no answer for PATIENCE."""

    def __init__(
        self,
        send: Callable[[dict[str, Any]], bool],
        busy: Callable[[Item], bool],
        silence: Callable[[], None],
    ) -> None:
        self._send, self._busy, self._silence = send, busy, silence
        self._items: list[Item] = []
        self._in_flight: str | None = None
        self._timer: asyncio.TimerHandle | None = None

    def of(self, conversation: str | None) -> list[Item]:
        return [item for item in self._items if not item.reply and item.conversation == conversation]

    def add(self, conversation: str | None, parent: str | None, text: str) -> Item:
        return self._put(Item(conversation, parent, text))

    def retry(self, conversation: str | None, reply: str) -> Item:
        return self._put(Item(conversation, reply=reply))

    def _put(self, item: Item) -> Item:
        self._items.append(item)
        self.pump()
        return item

    def pump(self) -> None:
        """Send the first that may go, each after the acknowledgement of the one before."""
        for item in self._items:
            if self._in_flight is None and not self._busy(item) and self._send(item.command):
                self._fly(item.client_id)

    def _fly(self, client_id: str | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        self._in_flight = client_id
        if client_id is not None:
            self._timer = asyncio.get_running_loop().call_later(PATIENCE, self._silence)

    def broken(self) -> None:
        """Nothing on the way arrives any more."""
        self._fly(None)

    def sent(self, client_id: str, conversation: str) -> Item | None:
        item = self.take(client_id)
        if item is not None and item.began:
            for other in self.of(None):
                other.conversation = conversation
        return item

    def refused(self, client_id: str) -> Item | None:
        """The person takes it out of the box: in a run nobody presses "Try again"."""
        return self.take(client_id)

    def take(self, client_id: str) -> Item | None:
        """Out of the box; None when it is not in it any more."""
        if self._in_flight == client_id:
            self._fly(None)
        found = next((item for item in self._items if item.client_id == client_id), None)
        if found is not None:
            self._items.remove(found)
        return found

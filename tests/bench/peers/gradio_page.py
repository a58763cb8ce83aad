"""Gradio's page: a chain of functions in the order that its configuration gives, each called over HTTP, and those
that go through the queue answered on a stream of events, as changes to what was there.
"""

import asyncio
import secrets
import string
from contextlib import suppress
from typing import Any

import msgspec

from tests.bench.peers.http import Events, Refused
from tests.bench.peers.page import Page

LETTERS = string.ascii_lowercase + string.digits


class GradioPage(Page):
    async def open(self) -> None:
        self.config = msgspec.json.decode((await self.browser.get("/config")).body)
        self.session = "".join(secrets.choice(LETTERS) for _ in range(11))
        self._functions = {function["id"]: function for function in self.config["dependencies"]}
        self._values = {part["id"]: part["props"].get("value") for part in self.config["components"]}
        self._jobs: dict[str, asyncio.Queue[Any]] = {}
        self._early: dict[str, list[Any]] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._stream: asyncio.Task[None] | None = None
        kinds = {part["type"]: part["id"] for part in self.config["components"]}
        self._box, self._chat = kinds["textbox"], kinds["chatbot"]
        self._show(self._values[self._chat] or [])
        self._keep(self._heartbeat())
        await self._call_all([f for f in self.config["dependencies"] if self._starts(f, "load", None)])

    async def converse(self, text: str) -> None:
        self._values[self._box] = text
        await self._call_all([f for f in self.config["dependencies"] if self._starts(f, "submit", self._box)])
        self.end()

    def close(self) -> None:
        for task in self._running:
            task.cancel()
        super().close()

    def _keep(self, work: Any) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def _heartbeat(self) -> None:
        with suppress(Refused):
            await self.browser.listen(f"/gradio_api/heartbeat/{self.session}", lambda _: None)

    @staticmethod
    def _starts(function: dict[str, Any], event: str, part: int | None) -> bool:
        return any(name == event and part in (None, target) for target, name in function["targets"])

    async def _call_all(self, functions: list[dict[str, Any]]) -> None:
        await asyncio.gather(*(self._call(function) for function in functions))

    async def _call(self, function: dict[str, Any]) -> None:
        """Call it; then what comes after it, and what wants to know of a state that it has changed."""
        changed: list[int] = []
        if function["backend_fn"]:
            body = {
                "data": [self._values.get(part) for part in function["inputs"]],
                "event_data": None,
                "fn_index": function["id"],
                "trigger_id": self._box,
                "session_hash": self.session,
            }
            call = self._queued if function["queue"] is not False else self._at_once
            changed = await call(function, body)
        after = [f for f in self.config["dependencies"] if f["trigger_after"] == function["id"]]
        states = [
            f for f in self.config["dependencies"] if any(self._starts(f, "change", s) for s in changed)
        ]
        await self._call_all([f for f in after if not f["trigger_only_on_failure"]] + states)

    async def _at_once(self, function: dict[str, Any], body: dict[str, Any]) -> list[int]:
        answer = await self.browser.post("/gradio_api/run/predict", body)
        output = msgspec.json.decode(answer.body)
        self._place(function, output["data"])
        return output.get("changed_state_ids") or []

    async def _queued(self, function: dict[str, Any], body: dict[str, Any]) -> list[int]:
        answer = await self.browser.post("/gradio_api/queue/join?", body)
        job = msgspec.json.decode(answer.body)["event_id"]
        self._jobs[job] = messages = asyncio.Queue()
        for message in self._early.pop(job, []):
            messages.put_nowait(message)
        if self._stream is None or self._stream.done():
            self._stream = self._keep(self._listen())
        outputs: list[Any] = []
        while True:
            message = await messages.get()
            if message["msg"] == "process_generating":
                outputs = self._changed(function, outputs, message["output"]["data"])
            elif message["msg"] == "process_completed":
                del self._jobs[job]
                if not message["success"]:
                    raise Refused(str(message["output"].get("error")))
                self._place(function, message["output"]["data"])
                return message["output"].get("changed_state_ids") or []

    def _changed(self, function: dict[str, Any], outputs: list[Any], news: list[Any]) -> list[Any]:
        """The first news of a job are values, all later ones are changes to these."""
        if outputs:
            news = [changed(old, changes) for old, changes in zip(outputs, news, strict=True)]
        self._place(function, news)
        return news

    def _place(self, function: dict[str, Any], values: list[Any]) -> None:
        for part, value in zip(function["outputs"], values, strict=False):
            if isinstance(value, dict) and value.get("__type__") == "update":
                value = value.get("value", self._values.get(part))
            self._values[part] = value
            if part == self._chat:
                self._show(value)

    def _show(self, chat: list[dict[str, Any]]) -> None:
        if chat and chat[-1]["role"] == "assistant":
            content = chat[-1]["content"]
            text = content if isinstance(content, str) else "".join(piece["text"] for piece in content)
            if text != self.text:
                shown, self.text = self.text, text
                self.look(text[len(shown) :] if text.startswith(shown) else text)

    async def _listen(self) -> None:
        try:
            path = f"/gradio_api/queue/data?session_hash={self.session}"
            await self.browser.listen(path, Events(self._hear))
        except Refused as problem:
            self.end(str(problem))

    def _hear(self, data: bytes) -> None:
        message = msgspec.json.decode(data)
        job = message.get("event_id")
        if job in self._jobs:
            self._jobs[job].put_nowait(message)
        elif job:
            self._early.setdefault(job, []).append(message)


def changed(value: Any, changes: list[Any]) -> Any:
    """`value` after `changes`, each [action, path, new value]."""
    for action, path, new in changes:
        if not path:
            value = value + new if action == "append" else new
            continue
        inner = value
        for key in path[:-1]:
            inner = inner[key]
        change(inner, path[-1], action, new)
    return value


def change(inner: Any, key: Any, action: str, new: Any) -> None:
    if action == "append":
        inner[key] += new
    elif action == "delete":
        del inner[key]
    elif action == "add" and isinstance(inner, list):
        inner.insert(key, new)
    else:
        inner[key] = new

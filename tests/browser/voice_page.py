"""A tab whose voice is used, and its socket."""

import json
import re

from playwright.sync_api import WebSocketRoute, expect

from tests.browser.chat_page import ChatPage

MARKED = "[...(CSS.highlights.get('spoken') ?? [])].map(String).join()"


class Wire:
    """The voice socket of a page, which can be cut."""

    def __init__(self, page) -> None:
        self.is_cut = False
        self.commands: list[dict[str, object]] = []
        self._open: list[WebSocketRoute] = []
        page.route_web_socket(re.compile("/ws/voice/"), self._listen)

    def _listen(self, socket: WebSocketRoute) -> None:
        if self.is_cut:
            socket.close()
            return
        server = socket.connect_to_server()
        self._open.append(socket)

        def told(frame) -> None:
            if isinstance(frame, str):
                self.commands.append(json.loads(frame))
            server.send(frame)

        socket.on_message(told)

    def cut(self) -> None:
        self.is_cut = True
        for socket in self._open:
            socket.close()

    def answer(self, **event: object) -> None:
        """What the server might say."""
        self._open[-1].send(json.dumps(event))

    def sent(self, kind: str) -> list[dict[str, object]]:
        return [command for command in self.commands if command["type"] == kind]


class VoicePage(ChatPage):
    """A tab whose voice is used."""

    def __init__(self, page) -> None:
        self.wire = Wire(page)
        super().__init__(page)
        self.dictate = page.get_by_role("button", name="Dictate", exact=True)
        self.stop_dictation = page.get_by_role("button", name="Stop dictation")
        self.bar = page.get_by_role("group", name="Dictation")
        self.talk = page.get_by_role("dialog", name="Voice conversation")

    def record(self, seconds: float = 1.0) -> None:
        """Dictate until somebody has spoken for a while."""
        self.dictate.click()
        expect(self.bar).to_have_attribute("data-state", "recording")
        self.until("[...document.querySelectorAll('.meter i')].some((bar) => bar.offsetHeight > 8)")
        self.page.wait_for_timeout(seconds * 1000)

    def happens(self, cause: str) -> None:
        """Something that ends a recording."""
        if cause == "tooLong":
            self.page.clock.fast_forward(599_000)
        elif cause == "silent":
            self.page.wait_for_timeout(
                1600
            )  # what is being heard would count as heard after the leap in time
            self.page.clock.fast_forward(61_000)
        elif cause == "lost":
            self.page.evaluate("microphone.getTracks()[0].dispatchEvent(new Event('ended'))")
        else:
            self.page.evaluate(
                "Object.defineProperty(document, 'hidden', { value: true, configurable: true });"
                "document.dispatchEvent(new Event('visibilitychange'));"
                "delete document.hidden"
            )

    def leave_talk(self) -> None:
        """End the voice conversation, also in the history, so that another page can be opened."""
        self.page.keyboard.press("Escape")
        expect(self.talk).to_have_count(0)
        self.until("!history.state?.over")

    def marked(self, words: str) -> None:
        self.until(f"{MARKED} === {json.dumps(words)}")

    def message(self, number: int) -> str | None:
        """The number-th answer's."""
        return self.answers.nth(number).get_attribute("data-message")

    def answer_button(self, name: str):
        return self.answer.get_by_role("button", name=name, exact=True)

"""A mail server that does nothing until it is let: what it was told is kept."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class ScriptedMail:
    """Speaks just enough SMTP, a thread for each connection. Before its first word it waits for `go`."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.refuses = False
        self.connections = 0
        self.letters: list[str] = []
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.url = f"smtp://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                self.connections += 1
                threading.Thread(target=self._talk, args=[connection], daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rwb") as lines, suppress(OSError):

            def say(words: str) -> None:
                lines.write(f"{words}\r\n".encode())
                lines.flush()

            self.go.wait(60)
            say("421 not now" if self.refuses else "220 scripted")
            while command := lines.readline().decode().upper():
                if command.startswith("DATA"):
                    say("354 go on")
                    letter = []
                    while (line := lines.readline()) not in {b".\r\n", b""}:
                        letter.append(line.decode())
                    self.letters.append("".join(letter))
                say("250 ok")


@contextmanager
def scripted_mail() -> Iterator[ScriptedMail]:
    server = ScriptedMail()
    try:
        yield server
    finally:
        server.go.set()
        server.close()

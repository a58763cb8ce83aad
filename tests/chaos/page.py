"""The site's pages as a reader's browser gets them: fetched through a proxy, taken apart into messages."""

import asyncio
import re
from dataclasses import dataclass, field

from tests.chaos.questions import WORD

# Seconds, as in chat/static/chat/js/core/requests.js
PATIENCE = 10
ARTICLE = re.compile(
    r'<article class="message (\w+)"[^>]*? data-message="([0-9a-f-]{36})" data-status="(\w+)"'
    r'(?: data-seq="(\d+)")?[^>]*>(.*?)</article>',
    re.DOTALL,
)
BODY = re.compile(r'<div class="body[^>]*>(.*?)</div>\s*(?:<p class="error">|<p class="note)', re.DOTALL)
TAG = re.compile(r"<[^>]*>")


@dataclass(slots=True)
class Article:
    """A message in view. `blocks` is its HTML, in one piece unless it is being written."""

    id: str
    role: str
    status: str = "running"
    blocks: list[str] = field(default_factory=list)
    seq: int = 0  # of its last patch, as far as the page knows
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def become(self, status: str, blocks: list[str] | None = None) -> None:
        self.status = status
        if blocks is not None:
            self.blocks = blocks
        if status != "running":
            self.over.set()

    def is_over_at(self, seq: int) -> bool:
        """Whether it shows an end of at least that much, as thread.js asks."""
        return self.status != "running" and seq <= self.seq

    @property
    def words(self) -> int:
        """How many numbered words are seen; -1 when they are not 0, 1, 2, ..."""
        numbers = [int(number) for _, number in WORD.findall(TAG.sub(" ", " ".join(self.blocks)))]
        return len(numbers) if numbers == list(range(len(numbers))) else -1

    @property
    def last_word(self) -> int:
        """How many are seen by the last of them: cheap, while it grows."""
        found = WORD.findall(self.blocks[-1][-80:]) if self.blocks else []
        return int(found[-1][1]) + 1 if found else 0


def articles_in(html: str) -> list[Article]:
    """The messages of a page or of a fragment, in order."""
    found = []
    for role, message, status, seq, inside in ARTICLE.findall(html):
        body = BODY.search(inside)
        article = Article(message, role, seq=int(seq or 0))
        article.become(status, [body[1]] if body else [])
        found.append(article)
    return found


async def fetch(server: int, through: int, path: str, cookie: str) -> tuple[int, bytes]:
    """Status and body of a GET; 0 when there was no answer in time."""
    request = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{server}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n"
    )
    try:
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection("127.0.0.1", through)
            try:
                writer.write(request.encode())
                answer = await reader.read(-1)
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return 0, b""
    head, found, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    if not found or (length and len(body) < int(length[1])):
        return 0, b""
    return int(head.split(b" ", 2)[1]), body

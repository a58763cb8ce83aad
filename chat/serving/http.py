"""HTTP, with limits that hold before anything is buffered or parsed.

Twisted would parse every form body before Django sees it, on any path and without log-in (10 MiB
stall all sockets for 0.44 s and take 12 times their size), wait for a sender who drips for as long
as he likes, and hang up on an endless line without a word.
"""

import asyncio
import logging
import re
import resource
import time
from collections import Counter
from typing import Any

from daphne.http_protocol import WebRequest
from django.conf import settings
from twisted.web.http import HTTPChannel, HTTPFactory

from chat.core.limits import is_one_of, network_of
from chat.serving import uploads

logger = logging.getLogger(__name__)

# Bytes. The longest form is a persona's; with a picture (chat/pictures/making.py) it is longer still,
# and so is that of the site's logo
MAX_BODY = 1024 * 1024
MAX_UPLOAD = MAX_BODY + 2 * 1024 * 1024
UPLOADS = re.compile(
    rb"/personas/(?:new|[0-9a-f-]{36}/change)/|/admin/chat/sitebranding/(?:add|\d{1,19}/change)/"
)
# Seconds to send one request, head and body; also how long an idle connection is kept
RECEIVE_LIMIT = 60
# Seconds in which somebody takes at least what is on its way to them (some 64 kB) of a long answer
TAKE_LIMIT = 120
# Seconds in which a refused sender may still finish: closing at once would reset the connection,
# and the refusal would be lost on its way
LINGER = 10
# Seconds in which one connection too many may send the request that is refused, and how many may do so
# at once, as a share of those that are taken; the others are cut off
REFUSE_LIMIT = 5
REFUSED_AT_ONCE = 0.1
# Of all file descriptors this share is kept back for the database, the model service and the log
KEPT_BACK = 0.25
FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 10\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
)
# Not in an errors.py: it is written before Django sees the connection, so nobody's language is known
CROWDED_WORDS = b"Too many connections are open from your network. Try again in 10 seconds."
CROWDED = (
    b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 10\r\nContent-Type: text/plain\r\n"
    b"Content-Length: %d\r\nConnection: close\r\n\r\n%b" % (len(CROWDED_WORDS), CROWDED_WORDS)
)
# Of all connections one address never has more than this share
SHARE_OF_ONE = 0.5
# Seconds between two lines of the log about the same
TELL_AGAIN = 60.0
TOO_MUCH = (
    b"This is too much to send at once: a picture may have 2 MB, everything else 1 MB. Nothing was saved. "
    b"Please go back and send less."
)
REFUSALS = {
    400: b"Bad Request",
    413: b"Content Too Large",
    414: b"URI Too Long",
    431: b"Request Header Fields Too Large",
}


class Request(WebRequest):
    """Daphne's request, whose body is capped while it arrives and left for Django to parse."""

    error_template = "<!doctype html><title>%(title)s</title><h1>%(title)s</h1><p>%(body)s</p>"

    def __init__(self, channel: "Channel", queued: object = False) -> None:
        self.upload: uploads.Upload | None = None
        self.uploads = channel.factory.uploads
        super().__init__(channel, queued, parsePOSTFormSubmission=False)

    def gotLength(self, length: int | None) -> None:
        for name in uploads.HEADERS:
            self.requestHeaders.removeHeader(name)
        self.most = MAX_UPLOAD if UPLOADS.fullmatch(self.channel._path) else MAX_BODY
        kind = self.requestHeaders.getRawHeaders(b"content-type", [b""])[0]
        self.upload = self.uploads.begin(self.channel._command, self.channel._path, kind, length or 0)
        if self.upload is not None:
            self.most = uploads.most_bytes() + uploads.ENVELOPE
            self.channel.setTimeout(uploads.TIME_LIMIT)
        if length is not None and length > self.most:
            self.requestHeaders.removeHeader(b"expect")  # no "100 Continue" after the refusal
            self.channel.refuse(413)
        else:
            super().gotLength(0 if self.upload else length)

    def handleContentChunk(self, data: bytes) -> None:
        if self.channel.refused:
            return
        received = self.upload.received if self.upload else self.content.tell()
        if received + len(data) > self.most:
            self.channel.refuse(413)
        elif self.upload:
            if not self.upload.feed(data):
                self.channel.refuse(413)
                self._end_upload()  # others need the room now
        else:
            super().handleContentChunk(data)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:
        if self.channel.refused:
            return
        if version == b"HTTP/1.1" and len(self.requestHeaders.getRawHeaders(b"host", [])) != 1:
            self.channel.refuse(400)  # which site is meant must be said, once
        else:
            super().requestReceived(command, path, version)

    def check_timeouts(self) -> None:
        """Give up an answer that does not come. One that has begun ends when it is read (`drained`)."""
        if not self._response_started:
            super().check_timeouts()

    def process(self) -> Any:
        # Daphne would let any client set the root path, which reset links are built with
        self.requestHeaders.removeHeader(b"daphne-root-path")
        if self.upload is not None:  # which the view takes from the disk: of the body nothing is left
            self.requestHeaders.setRawHeaders(b"content-length", [b"0"])
            for name, value in self.upload.headers().items():
                self.requestHeaders.setRawHeaders(name, [value])
        return super().process()

    def finish(self) -> None:
        super().finish()
        self._end_upload()

    def connectionLost(self, reason: Any) -> None:
        super().connectionLost(reason)
        self._end_upload()

    def _end_upload(self) -> None:
        if self.upload is not None:
            self.uploads.end(self.upload)
            self.upload = None


class Channel(HTTPChannel):
    """One connection. Its clock runs from a request's first byte, not from the latest one."""

    requestFactory = Request
    refused = False
    refusal = b""
    # What waits until more can be sent; None while it can
    _room: asyncio.Future[None] | None = None

    def connectionMade(self) -> None:
        super().connectionMade()
        self.refusal = self.factory.opened(self.transport)
        if self.refusal:
            self.setTimeout(REFUSE_LIMIT)

    def connectionLost(self, reason: Any) -> None:
        self.factory.closed(self.transport)
        self._has_room()
        super().connectionLost(reason)

    def pauseProducing(self) -> None:
        """Note that what was written is not on its way yet."""
        self._room = self._room or asyncio.get_running_loop().create_future()
        super().pauseProducing()

    def resumeProducing(self) -> None:
        self._has_room()
        super().resumeProducing()

    async def drained(self) -> None:
        """Wait until what was written is on its way: else a long answer would be in memory as a whole.

        Who takes nothing for TAKE_LIMIT is cut off.
        """
        if (room := self._room) is None:
            return
        try:
            async with asyncio.timeout(TAKE_LIMIT):
                await room
        except TimeoutError:
            self.transport.abortConnection()

    def _has_room(self) -> None:
        room, self._room = self._room, None
        if room is not None and not room.done():
            room.set_result(None)

    def resetTimeout(self) -> None:
        if not self.requests and not self._buffer:
            super().resetTimeout()

    def refuse(self, status: int) -> None:
        """Answer `status`, hear the rest without keeping it, and close."""
        self.refused = True
        self.setTimeout(None)
        reason = REFUSALS[status]
        head = (
            b"HTTP/1.1 %d %b\r\nContent-Type: text/plain\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
        )
        self._networkProducer.unregisterProducer()
        words = TOO_MUCH if status == 413 else reason
        self.transport.write(head % (status, reason, len(words)) + words)
        self.transport.loseWriteConnection()
        self.callLater(LINGER, self.transport.abortConnection)

    def dataReceived(self, data: bytes) -> None:
        if self.refusal and not self.refused:
            self.refused = True
            self.transport.write(self.refusal)
            self.transport.loseConnection()
        elif not self.refused:
            super().dataReceived(data)

    def lineReceived(self, line: bytes) -> None:
        if not self.refused:
            super().lineReceived(line)

    def rawDataReceived(self, data: bytes) -> None:
        if not self.refused:
            super().rawDataReceived(data)

    def lineLengthExceeded(self, line: bytes) -> None:
        self.refuse(431 if self.requests else 414)


class Factory(HTTPFactory):
    """Makes the connections of one server.

    `wires` are those that are open, upgraded ones too, each with its address. Past `most` they are refused:
    without a file descriptor left the database could not be opened either, and whoever was connected would
    lose too. So are those from one address past CONNECTIONS_PER_ADDRESS, unless it is a trusted proxy's:
    then what its visitors ask for is counted (chat/web/turns.py).
    """

    protocol = Channel

    def __init__(self, server: Any) -> None:
        super().__init__(timeout=RECEIVE_LIMIT)
        self.server = server
        self.wires: dict[Any, str] = {}
        self.uploads = uploads.Uploads()
        self.most = round((1 - KEPT_BACK) * resource.getrlimit(resource.RLIMIT_NOFILE)[0])
        limit = settings.CONNECTIONS_PER_ADDRESS
        self.most_of_one = min(limit, round(SHARE_OF_ONE * self.most)) if limit else self.most
        self._counts: Counter[str] = Counter()
        self._told_at = -TELL_AGAIN

    def buildProtocol(self, address: Any) -> Any:
        """Return a connection's protocol; None has it closed at once, before the next one is accepted."""
        own = self._counts[network_of(getattr(address, "host", ""))]
        if len(self.wires) >= self.most * (1 + REFUSED_AT_ONCE):
            return None
        if own >= self.most_of_one * (1 + REFUSED_AT_ONCE):
            return None
        return super().buildProtocol(address)

    def opened(self, transport: Any) -> bytes:
        """Count a connection; return what it is refused with, b"" when it is not."""
        host = str(getattr(transport.getPeer(), "host", ""))
        address = "" if is_one_of(settings.TRUSTED_PROXIES, host) else network_of(host)
        self.wires[transport] = address
        if address:
            self._counts[address] += 1
        if len(self.wires) > self.most:
            return FULL
        if self._counts[address] <= self.most_of_one:
            return b""
        if time.monotonic() - self._told_at >= TELL_AGAIN:
            self._told_at = time.monotonic()
            logger.warning(
                "refused %s: it has %d connections open (is it a proxy of yours? Name it in TRUSTED_PROXIES)",
                address,
                self.most_of_one,
            )
        return CROWDED

    def closed(self, transport: Any) -> None:
        """Count a connection no more; hearing of it twice makes no difference."""
        if address := self.wires.pop(transport, ""):
            self._counts[address] -= 1
            if not self._counts[address]:
                del self._counts[address]

    def log(self, request: Any) -> None:
        """Write no access log: whoever wants one has it from the proxy."""

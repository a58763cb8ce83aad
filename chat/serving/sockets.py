"""Sockets, with limits on what one client may pile up here."""

from typing import Any

from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from twisted.internet.protocol import connectionDone

from chat.realtime.protocol import MAX_FRAME

# Messages of one socket that may wait for its consumer before we stop reading from the client
MAX_WAITING = 32
# Seconds between two looks whether the consumer has caught up
CATCH_UP = 0.05
# Bytes that may wait for a client who does not read: with one more frame (256 KiB) at most 1 MiB. A reply's
# own window (chat/replies/subscribers.py) is far below; this is for what a client asks for and never takes
MAX_UNSENT = 768 * 1024
# Seconds
HANDSHAKE_LIMIT = 5
CLOSE_LIMIT = 1
PING_TIMEOUT = 30


class Socket(WebSocketProtocol):
    """Daphne's socket, which stops listening to a client that is faster than its consumer."""

    paused = False

    def connectionLost(self, reason: Any = connectionDone) -> None:
        self.server.http_factory.closed(self.transport)
        super().connectionLost(reason)

    def onMessage(self, payload: bytes, isBinary: bool) -> None:
        super().onMessage(payload, isBinary)
        if not self.paused and self.application_queue.qsize() > MAX_WAITING:
            self.paused = True
            self.transport.pauseProducing()
            self.factory.reactor.callLater(CATCH_UP, self._catch_up)

    def _catch_up(self) -> None:
        if self.state == self.STATE_CLOSED:
            return
        if self.application_queue.qsize() > MAX_WAITING // 2:
            self.factory.reactor.callLater(CATCH_UP, self._catch_up)
        else:
            self.paused = False
            self.transport.resumeProducing()

    def sendData(self, data: bytes, sync: bool = False, chopsize: int | None = None) -> None:
        """Write at once what the connection takes.

        Twisted would wait for the loop's next turn, with three system calls and two log contexts a frame:
        with autobahn's own logging that was a tenth of all processor time.
        """
        transport = self.transport
        sent = None
        if self.is_established and not (transport.dataBuffer or transport._tempDataBuffer):
            sent = transport.writeSomeData(data)
        # A broken connection is an error object here; Twisted finds out by itself and tells everybody
        rest = data[sent:] if isinstance(sent, int) else data
        if rest:
            transport.write(rest)

    def serverSend(self, content: str | bytes, binary: bool = False) -> None:
        """Send, or hang up on a client who lets everything pile up here.

        Straight as a frame: autobahn's `sendMessage` holds what we send to the limit of what we take, and a
        long reply is longer. Raises ConnectionResetError when the client has gone, which the server may
        hear before its consumer.
        """
        if len(self.transport.dataBuffer) + self.transport._tempDataLen > MAX_UNSENT:
            self.transport.abortConnection()
            return
        payload = content.encode() if isinstance(content, str) else content
        if self.state == self.STATE_CONNECTING:
            self.serverAccept()
        if self.state != self.STATE_OPEN:
            raise ConnectionResetError("the client has gone")
        self.sendFrame(opcode=2 if binary else 1, payload=payload)

    @property
    def is_established(self) -> bool:
        return bool(self.state == self.STATE_OPEN)


class SocketFactory(WebSocketFactory):
    """Makes the sockets of one server, with its limits."""

    protocol = Socket

    def __init__(self, server: Any) -> None:
        super().__init__(server, server="")
        self.setProtocolOptions(
            webStatus=False,
            openHandshakeTimeout=HANDSHAKE_LIMIT,
            closeHandshakeTimeout=CLOSE_LIMIT,
            autoPingTimeout=PING_TIMEOUT,
            maxFramePayloadSize=MAX_FRAME,
            maxMessagePayloadSize=MAX_FRAME,
            failByDrop=False,  # a client that broke a limit is told so (1009), not just cut off
        )

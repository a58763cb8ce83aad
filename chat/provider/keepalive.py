"""Sockets that notice when their peer is gone, however long it may be silent.

A provider that reads a long prompt says nothing for minutes, and so does a machine that lost its power. The
kernel tells them apart: it asks the other one's kernel, which answers for a busy program too.
"""

from __future__ import annotations

import socket

from aiohttp.connector import AddrInfoType

IDLE, INTERVAL, PROBES = 30, 10, 6
"""Seconds of silence before the first question, seconds between questions, and how many go unanswered: who
is gone is known after a minute and a half. No TCP_USER_TIMEOUT beside it: that would also give up a peer
who is there and has no room for the rest of a long request yet."""

OPTIONS = (
    ("TCP_KEEPIDLE", IDLE),
    ("TCP_KEEPALIVE", IDLE),  # as macOS calls it
    ("TCP_KEEPINTVL", INTERVAL),
    ("TCP_KEEPCNT", PROBES),
)


def socket_for(info: AddrInfoType) -> socket.socket:
    """Return a socket for an address as `getaddrinfo` gives it, with as much of this as the platform has."""
    family, kind, protocol, _name, _address = info
    made = socket.socket(family, kind, protocol)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in OPTIONS:
        if option := getattr(socket, name, None):
            made.setsockopt(socket.IPPROTO_TCP, option, value)
    return made

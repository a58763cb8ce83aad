"""Where a provider that was set in the admin may lead: judged as written, and again at each connection.

Only the last judgement protects: a name may lead elsewhere a moment later, and every library reads odd
spellings in its own way. So the sockets are made here, and none for an address that is refused.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from typing import Literal

from aiohttp.abc import AbstractResolver
from aiohttp.connector import AddrInfoType

from chat.provider.connections import Connector
from chat.provider.keepalive import socket_for

Reach = Literal["any", "private", "public"]
"""What an endpoint may connect to: "any" for what the operator set in the environment, "private" for all
but what is always refused, "public" for neither that nor this machine and its network."""

Reason = Literal["spelling", "never", "private"]
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

URL = re.compile(
    r"(https?)://(\[[0-9A-Fa-f:.]+\]|[^\s/?#@\\:\[\]%]+)(?::([0-9]{1,5}))?"
    r"((?:/[A-Za-z0-9_.~!$&'()*+,;=:-]*)*)"
)
NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")
NUMERIC = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")

# Metadata services beyond the link-local addresses: AWS on IPv6, Alibaba, Oracle, Azure's host agent
METADATA = {
    ipaddress.ip_address(text)
    for text in ("fd00:ec2::254", "100.100.100.200", "192.0.0.192", "168.63.129.16")
}
# Not for the world although Python's tables do not say so: site-local, and translation within a network
LOCAL = (ipaddress.ip_network("fec0::/10"), ipaddress.ip_network("64:ff9b:1::/48"))
THIS_NETWORK = ipaddress.ip_network("0.0.0.0/8")
# Networks of IPv6 whose addresses hold one of IPv4, and by how many bits that is shifted
HOLDING_IPV4 = (
    (ipaddress.ip_network("::ffff:0:0/96"), 0),
    (ipaddress.ip_network("::ffff:0:0:0/96"), 0),
    (ipaddress.ip_network("64:ff9b::/96"), 0),
    (ipaddress.ip_network("::/96"), 0),
    (ipaddress.ip_network("2002::/16"), 80),
)
# The third quarter of an address of IPv6 whose last one is of IPv4, in any network: ISATAP (RFC 5214, 6.1)
ISATAP = {0x00005EFE, 0x02005EFE}
SAID = {
    "spelling": "the address is not spelled plainly",
    "never": "it leads to an address that is never connected to",
    "private": "it leads to this machine or its network, which is not allowed for this provider",
}


class AddressRefusal(OSError):
    """An address that this site does not connect to. An OSError, so that libraries hand it through.

    The text is the same for every address of a reason: aiohttp tells one of several equal ones.
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(SAID[reason])
        self.reason = reason


def judge(text: str, reach: Reach) -> None:
    """Raise AddressRefusal if the numeric address is out of `reach`."""
    if reach == "any":
        return
    address = _bare(ipaddress.ip_address(text.partition("%")[0]))
    if _is_never(address):
        raise AddressRefusal("never")
    is_local = not address.is_global or any(address in network for network in LOCAL)
    if reach == "public" and is_local:
        raise AddressRefusal("private")


def base_url(text: str, reach: Reach) -> str:
    """Return a base URL as it is stored: plain, without a slash at its end. Raise AddressRefusal.

    Names are looked up, once and without a guarantee; one that is not found now is left to the connection.
    """
    match = URL.fullmatch(text.strip())
    if match is None:
        raise AddressRefusal("spelling")
    scheme, host, port, path = match.groups(default="")
    host = _plain_host(host)
    if port and not 0 < int(port) < 65536:
        raise AddressRefusal("spelling")
    for address in _addresses(host.strip("[]")):
        judge(address, reach)
    return f"{scheme}://{host}{':' if port else ''}{port}{path}".rstrip("/")


class GuardedConnector(Connector):
    """Makes sockets only for addresses within reach. Each connection looks its name up once."""

    def __init__(self, reach: Reach, resolver: AbstractResolver | None = None, **options: object) -> None:
        def made(info: AddrInfoType) -> socket.socket:
            judge(str(info[4][0]), reach)
            return socket_for(info)

        super().__init__(socket_factory=made, resolver=resolver, use_dns_cache=False, **options)


def _bare(address: Address) -> Address:
    """Return the IPv4 address that one of IPv6 stands for, if it does."""
    if isinstance(address, ipaddress.IPv6Address):
        for network, shift in HOLDING_IPV4:
            if address in network and int(address) > 1:
                return _embedded_ipv4(address, shift)
        if int(_embedded_ipv4(address, 32)) in ISATAP:
            return _embedded_ipv4(address, 0)
    return address


def _embedded_ipv4(address: ipaddress.IPv6Address, shift: int) -> ipaddress.IPv4Address:
    return ipaddress.IPv4Address((int(address) >> shift) & 0xFFFFFFFF)


def _is_never(address: Address) -> bool:
    return (
        address.is_link_local
        or address.is_multicast
        or address.is_unspecified
        or address in METADATA
        or (isinstance(address, ipaddress.IPv4Address) and (address in THIS_NETWORK or address.is_reserved))
    )


def _plain_host(host: str) -> str:
    """Return the host in lower case and ASCII, or its address in the usual form. Raise AddressRefusal."""
    try:
        if host.startswith("["):
            return f"[{ipaddress.IPv6Address(host[1:-1])}]"
        host = host.encode("idna").decode("ascii").lower().removesuffix(".")
        if NUMERIC.fullmatch(host):
            return str(ipaddress.IPv4Address(host))
    except ValueError as problem:  # a UnicodeError too
        raise AddressRefusal("spelling") from problem
    if len(host) > 253 or not NAME.fullmatch(host):
        raise AddressRefusal("spelling")
    return host


def _addresses(host: str) -> list[str]:
    try:
        return [str(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]
    except OSError:
        return []

"""The site as people reach it: through its public address, with whatever stands in between."""

import asyncio
import time
from email.utils import parsedate_to_datetime

import aiohttp
from django.conf import settings
from django.utils.translation import gettext as _

from chat.operations.findings import Finding, fail, ok, warn
from chat.operations.health import PACED_PATH, PATH, PIECES, PIECES_APART

# Seconds
LIMIT = aiohttp.ClientTimeout(total=15)
SKEW = 60
LOGGED_OUT = 4401


async def examine() -> list[Finding]:
    """Return health, sockets and buffering.

    A site that does not run is a warning, unless it has an address.
    """
    address = settings.SITE_URL
    async with aiohttp.ClientSession(timeout=LIMIT) as session:
        try:
            first = await health(session, address)
        except (aiohttp.ClientError, OSError, TimeoutError) as problem:
            message = _("Can’t reach %(address)s.") % {"address": address}
            detail = f"{type(problem).__name__}: {problem}"
            if not settings.SITE_URL_GIVEN:
                advice = _("Start the site with make run, then check again.")
                return [warn(_("Site"), message, advice, detail=detail)]
            advice = _(
                "Check that the site is running, its name points to this server and the proxy "
                "forwards requests."
            )
            return [fail(_("Site"), message, advice, detail=detail)]
        return [*first, await sockets(session, address), await paced(session, address)]


async def health(session: aiohttp.ClientSession, address: str) -> list[Finding]:
    """Return whether it answers as ours does, and whether clocks agree. Raise what the connection raises."""
    part = _("Site")
    async with session.get(address + PATH, allow_redirects=False) as answer:
        body = await answer.content.read(4096)
        sent = answer.headers.get("Date")
    if answer.status != 200 or b'"database"' not in body:
        message = _("%(address)s returned status %(status)d.") % {
            "address": address + PATH,
            "status": answer.status,
        }
        return [fail(part, message, _("Check that the proxy forwards all paths to this site."))]
    findings = [ok(part, _("%(address)s is reachable.") % {"address": address})]
    if sent and abs(parsedate_to_datetime(sent).timestamp() - time.time()) > SKEW:
        message = _("The proxy’s clock differs from this server’s.")
        findings.append(warn(_("Clock"), message, _("Synchronise both clocks with NTP.")))
    return findings


async def sockets(session: aiohttp.ClientSession, address: str) -> Finding:
    """Return whether a WebSocket comes through: without a log-in it is opened, then closed with 4401."""
    part = _("WebSocket")
    url = address.replace("http", "ws", 1) + "/ws/chat/"
    try:
        async with session.ws_connect(url, origin=settings.SITE_ORIGINS[0]) as socket:
            await asyncio.wait_for(socket.receive(), 5)
            code = socket.close_code
    except (aiohttp.ClientError, OSError, TimeoutError) as problem:
        message = _("Can’t reach %(address)s.") % {"address": url}
        advice = _("Make the proxy forward Upgrade and Connection, as the README shows.")
        return fail(part, message, advice, detail=f"{type(problem).__name__}: {problem}")
    if code != LOGGED_OUT:
        message = _("Closed with code %(code)s instead of %(expected)d.") % {
            "code": code,
            "expected": LOGGED_OUT,
        }
        return warn(part, message, _("Make the proxy forward close codes."))
    return ok(part, _("WebSocket works."))


async def paced(session: aiohttp.ClientSession, address: str) -> Finding:
    """Return whether what is sent in pieces arrives in pieces."""
    part = _("Buffering")
    times = []
    async with session.get(address + PACED_PATH) as answer:
        async for _piece in answer.content.iter_any():
            times.append(time.monotonic())
    spread = times[-1] - times[0] if times else 0
    if spread < PIECES_APART * (PIECES - 1) / 2:
        message = _("Streaming is buffered.")
        return warn(part, message, _("Turn off buffering in the proxy (nginx: proxy_buffering off)."))
    return ok(part, _("Streaming is not buffered."))

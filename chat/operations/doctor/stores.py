"""Database and channel layer."""

import asyncio
import os
import sys
from datetime import UTC, datetime
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from chat.operations import checks
from chat.operations.findings import Finding, Level, fail, ok, warn
from chat.realtime import layer as channel_layer

# Pragmas as gptsite/settings.py sets them: what "saved" means depends on them
PRAGMAS = {"journal_mode": "wal", "synchronous": 2}
# Seconds; a reply counts as dead after ten without a heartbeat
SKEW = 2.0
ECHO_LIMIT = 20.0


async def database() -> list[Finding]:
    """Return whether it can be written to, is up to date, and its clock agrees with this machine's."""
    reached = await sync_to_async(checks.database, thread_sensitive=False)()
    return [reached] if reached.level == Level.FAIL else await sync_to_async(_database)()


def _database() -> list[Finding]:
    part = _("Database")
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE doctor_was_here (n integer)")
            cursor.execute("DROP TABLE doctor_was_here")
    except Exception as problem:
        message = _("The database isn’t writable.")
        advice = _("Check that the database is running, is writable and has space.")
        return [fail(part, message, advice, detail=str(problem))]
    findings = [_migrations(part)]
    findings.append(_sqlite() if connection.vendor == "sqlite" else _clock())
    return findings


def _migrations(part: str) -> Finding:
    executor = MigrationExecutor(connection)
    behind = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if behind:
        message = _("Migrations not applied: %(count)d") % {"count": behind}
        return fail(part, message, _("Restart the site to apply them, or run manage.py migrate."))
    return ok(part, _("%(kind)s is writable and up to date.") % {"kind": connection.display_name})


def _sqlite() -> Finding:
    part = _("Database file")
    with connection.cursor() as cursor:
        set_to: dict[str, Any] = {}
        for name in PRAGMAS:
            cursor.execute(f"PRAGMA {name}")
            set_to[name] = cursor.fetchone()[0]
        cursor.execute("PRAGMA quick_check(1)")
        state = cursor.fetchone()[0]
    if state != "ok":
        advice = _("Stop the site and restore the latest backup.")
        return fail(part, _("The file is damaged."), advice, detail=state)
    if set_to != PRAGMAS:
        message = ", ".join(f"{name}={value}" for name, value in set_to.items())
        advice = _("Saved messages are only safe on disk with WAL and synchronous=FULL.")
        return warn(part, message, advice)
    return ok(part, _("Healthy (WAL, synchronous=FULL)."))


def _clock() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        theirs = cursor.fetchone()[0]
    skew = abs((theirs - datetime.now(UTC)).total_seconds())
    if skew > SKEW:
        message = _("The database’s clock differs from this server’s by %(seconds)d s.") % {
            "seconds": round(skew)
        }
        return warn(_("Clock"), message, _("Synchronise both clocks with NTP."))
    return ok(_("Clock"), _("The database’s clock matches this server’s."))


async def layer() -> list[Finding]:
    """Return whether a message goes there and back: with Redis through another process."""
    part = _("Channel layer")
    if not settings.REDIS_URL:
        if connection.vendor != "sqlite":
            advice = _("Set REDIS_URL before you start a second process.")
            return [warn(part, _("In memory: works for a single process only."), advice)]
        return [ok(part, _("In memory, for a single process."))]
    reached = await sync_to_async(checks.layer, thread_sensitive=False)()
    if reached.level == Level.FAIL:
        return [reached]
    try:
        async with asyncio.timeout(ECHO_LIMIT):
            await _echo()
    except Exception as problem:
        advice = _("Check that Redis is running at REDIS_URL and reachable from this server.")
        detail = f"{type(problem).__name__}: {problem}"
        return [fail(part, _("No message came back through Redis."), advice, detail=detail)]
    return [ok(part, _("A message went through Redis to another process and back."))]


async def _echo() -> None:
    """Let another process answer on a channel of ours. Raise what the layer raises, or TimeoutError."""
    async with channel_layer.mailbox() as (address, receive):
        command = [sys.executable, "manage.py", "doctor", "--answer", address]
        child = await asyncio.create_subprocess_exec(*command, cwd=settings.BASE_DIR, env=dict(os.environ))
        try:
            await receive()
        finally:
            await child.wait()

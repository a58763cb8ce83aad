"""What is wrong with the set-up, said before it hurts.

One list, for `manage.py check`, for the start and for the doctor, so that they say the same in the same
words. `local_findings` are of this machine, `remote_findings` of the stores and the mail server.
"""

import asyncio
import ipaddress
import os
import shutil
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core import checks
from django.core.mail import get_connection
from django.db import DEFAULT_DB_ALIAS, connections
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from chat.operations.findings import Finding, Level, fail, ok, warn
from chat.realtime import layer as channel_layer

MIB = 1024 * 1024
# Bytes free in the data folder: below the first a warning, below the second a failure
LITTLE_ROOM, NO_ROOM = 1024 * MIB, 100 * MIB
OTHERS = stat.S_IRWXG | stat.S_IRWXO
MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH
# Seconds to connect to a store or a mail server
PATIENCE = 5
# Findings with which nothing can be served
STOPPING = {"chat.E001", "chat.E002", "chat.E008"}


def check_site(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Return what is to be told of `local_findings`, as Django's system checks have it."""
    return as_messages(local_findings())


def check_reach(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Return what is to be told of `remote_findings`."""
    return as_messages(remote_findings())


def as_messages(findings: list[Finding]) -> list[checks.CheckMessage]:
    """Return warnings and failures as Django's system checks have them."""
    levels = {Level.WARN: checks.WARNING, Level.FAIL: checks.ERROR}
    return [
        checks.CheckMessage(levels[one.level], one.message, one.advice, obj=one.part, id=one.id)
        for one in findings
        if one.level in levels
    ]


def local_findings() -> list[Finding]:
    """Return the findings on all that is on this machine. Connects to nothing."""
    findings = [*environment(), address(), data_folder(), secret(), static_files()]
    return [*findings, *([disk()] if settings.DATA_DIR.exists() else [])]


def remote_findings() -> list[Finding]:
    """Return whether the database, the channel layer and the mail server are there."""
    return [database(), layer(), mail()]


# What can be seen from here


def environment() -> list[Finding]:
    """Return what is odd about the variables; what cannot be understood has stopped the start."""
    part = pgettext("set-up", "Settings")
    if not settings.ENVIRONMENT_WARNINGS:
        return [ok(part, _("Every variable is understood."))]
    advice = _("The README lists all variables.")
    return [warn(part, message, advice, "chat.W003") for message in settings.ENVIRONMENT_WARNINGS]


def address() -> Finding:
    """Return whether a server that is open to everyone knows the name people reach it by."""
    part = pgettext("set-up", "Address")
    if settings.SITE_URL_GIVEN or not is_any_address(settings.HOST):
        return ok(part, _("People reach the site at %(address)s.") % {"address": settings.SITE_URL})
    message = _("HOST=%(host)s opens the site to the network, but nothing says under which address.")
    advice = _("Set SITE_URL to the address people will use, such as SITE_URL=https://chat.example.org.")
    return fail(part, message % {"host": settings.HOST}, advice, "chat.E001")


def is_any_address(host: str) -> bool:
    """Return whether a server on `host` listens on every address of the machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_unspecified
    except ValueError:
        return False


def data_folder() -> Finding:
    """Return whether the folder can be written to, and by nobody else."""
    part, folder = _("Data folder"), Path(settings.DATA_DIR)
    if not os.access(folder, os.W_OK | os.X_OK):
        message = _("%(folder)s cannot be written to.") % {"folder": folder}
        return fail(part, message, _("Name a folder that can be written to in DATA_DIR."), "chat.E002")
    if _mode(folder) & MAY_WRITE:
        message = _("Other users of this machine can write to %(folder)s.") % {"folder": folder}
        return warn(part, message, _("Run: chmod 700 '%(file)s'") % {"file": folder}, "chat.W002")
    database = settings.DATABASES[DEFAULT_DB_ALIAS]["NAME"]
    for end in ("", "-wal", "-shm") if isinstance(database, Path) else ():
        if _mode(file := database.with_name(database.name + end)) & OTHERS:
            return _readable(part, file)
    return ok(part, _("What is kept in %(folder)s is this user's alone.") % {"folder": folder})


def secret() -> Finding:
    """Return whether nobody else on this machine can read the key; a short one has stopped the start."""
    part, kept = _("Secret key"), Path(settings.DATA_DIR) / "secret.key"
    return (
        _readable(part, kept) if _mode(kept) & OTHERS else ok(part, _("It is long, and kept to this user."))
    )


def _readable(part: str, file: Path) -> Finding:
    message = _("Other users of this machine can read %(file)s.") % {"file": file}
    return warn(part, message, _("Run: chmod 600 '%(file)s'") % {"file": file}, "chat.W004")


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode
    except OSError:
        return 0


def static_files() -> Finding:
    """Return whether the style sheet is where the pages say it is."""
    part = _("Static files")
    try:
        url = staticfiles_storage.url("chat/css/chat.css")
        there = (Path(settings.STATIC_ROOT) / url.removeprefix(settings.STATIC_URL)).exists()
    except ValueError:  # not in the list of what was collected
        there = False
    if not there:
        return fail(part, _("They are not collected."), _("Run: make build"), "chat.E005")
    return ok(part, _("They are collected, compressed and named by their content."))


def disk() -> Finding:
    """Return whether there is room in the data folder."""
    part, free = _("Disk"), shutil.disk_usage(settings.DATA_DIR).free
    message = _("%(size)s are free in %(folder)s.") % {
        "size": filesizeformat(free),
        "folder": settings.DATA_DIR,
    }
    if free < NO_ROOM:
        return fail(part, message, _("Make room now: a full disk takes no message."), "chat.E006")
    if free < LITTLE_ROOM:
        return warn(part, message, _("Make room soon: a full disk takes no message."), "chat.W006")
    return ok(part, message)


# What has to be connected to


def database() -> Finding:
    """Return whether the database lets us in, on a connection of its own: a pool would try for long."""
    part = _("Database")
    connection = connections.create_connection(DEFAULT_DB_ALIAS)
    connection.settings_dict = {
        **connection.settings_dict,
        "OPTIONS": {**connection.settings_dict.get("OPTIONS", {})},
    }
    options = connection.settings_dict["OPTIONS"]
    if options.pop("pool", None):
        options.setdefault("connect_timeout", PATIENCE)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception as problem:
        advice = _("See that the database runs and lets this site in; DATABASE_URL says where it is.")
        if connection.vendor == "sqlite":
            advice = _("See that the file is a database of SQLite, has room, and may be written to.")
        return fail(part, _line(problem), advice, "chat.E008")
    finally:
        connection.close()
    return ok(part, _("%(kind)s lets us in.") % {"kind": connection.display_name})


def layer() -> Finding:
    """Return whether Redis lets us in, if it is to carry what several processes tell each other."""
    part = _("Channel layer")
    if not settings.REDIS_URL:
        return ok(part, _("In memory, for the one process."))
    try:
        asyncio.run(channel_layer.probe())
    except Exception as problem:
        advice = _("See that Redis runs at REDIS_URL and that this machine may reach it.")
        return fail(part, _line(problem), advice, "chat.E009")
    return ok(part, _("Redis lets us in."))


def mail() -> Finding:
    """Return whether the mail server lets us in. No mail is sent."""
    part = pgettext("set-up", "Email")
    if not settings.EMAIL_URL:
        message = _("No mail server: password reset by email won't work.")
        return warn(part, message, _("Set EMAIL_URL to a mail server."), "chat.W007")
    connection = get_connection(timeout=PATIENCE)
    try:
        connection.open()
        connection.close()
    except Exception as problem:
        message = f"{settings.EMAIL_HOST}: {_line(problem)}"
        advice = _("See that the address, user and password in EMAIL_URL are right.")
        return fail(part, message, advice, "chat.E007")
    if not settings.EMAIL_HOST:
        return ok(part, _("Mails stay on this machine, as EMAIL_URL says."))
    return ok(part, _("The mail server %(host)s lets us in.") % {"host": settings.EMAIL_HOST})


def _line(problem: Exception) -> str:
    """Return what a library says, in one line."""
    return f"{type(problem).__name__}: {' '.join(str(problem).split())}"

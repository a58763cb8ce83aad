"""What is wrong with the setup, said before it hurts.

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
        checks.CheckMessage(levels[one.level], one.full_message, one.advice, obj=one.part, id=one.id)
        for one in findings
        if one.level in levels
    ]


def local_findings() -> list[Finding]:
    """Return the findings on all that is on this machine. Connects to nothing."""
    findings = [*environment(), address(), sharing(), data_folder(), secret(), static_files()]
    return [*findings, *([disk()] if settings.DATA_DIR.exists() else [])]


def remote_findings() -> list[Finding]:
    """Return whether the database, the channel layer and the mail server are there."""
    return [database(), layer(), mail()]


# What can be seen from here


def environment() -> list[Finding]:
    """Return what is odd about the variables; what cannot be understood has stopped the start."""
    part = pgettext("setup", "Settings")
    if not settings.ENVIRONMENT_WARNINGS:
        return [ok(part, _("All environment variables are valid."))]
    advice = _("See the README for all variables.")
    return [warn(part, message, advice, "chat.W003") for message in settings.ENVIRONMENT_WARNINGS]


def address() -> Finding:
    """Return whether a server that is open to everyone knows the name people reach it by."""
    part = pgettext("setup", "Address")
    if settings.SITE_URL_GIVEN or not is_any_address(settings.HOST):
        return ok(part, _("The site’s address is %(address)s.") % {"address": settings.SITE_URL})
    message = _("HOST=%(host)s opens the site to the network, but SITE_URL isn’t set.")
    advice = _("Set SITE_URL to the address people will use, such as SITE_URL=https://chat.example.org.")
    return fail(part, message % {"host": settings.HOST}, advice, "chat.E001")


def sharing() -> Finding:
    """Return who may open links to conversations."""
    sentences = {
        "anyone": _("Anyone with a link can open a shared conversation."),
        "members": _("Only members can open shared conversations."),
        "off": _("Sharing is turned off on this site."),
    }
    return ok(_("Sharing"), sentences[settings.SHARING])


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
        message = _("%(folder)s isn’t writable.") % {"folder": folder}
        return fail(part, message, _("Set DATA_DIR to a writable folder."), "chat.E002")
    if _mode(folder) & MAY_WRITE:
        message = _("Other users of this server can write to %(folder)s.") % {"folder": folder}
        return warn(part, message, _("Run: chmod 700 '%(file)s'") % {"file": folder}, "chat.W002")
    database = settings.DATABASES[DEFAULT_DB_ALIAS]["NAME"]
    for end in ("", "-wal", "-shm") if isinstance(database, Path) else ():
        if _mode(file := database.with_name(database.name + end)) & OTHERS:
            return _readable(part, file)
    return ok(part, _("%(folder)s is private to this user.") % {"folder": folder})


def secret() -> Finding:
    """Return whether nobody else on this machine can read the key; a short one has stopped the start."""
    part, kept = _("Secret key"), Path(settings.DATA_DIR) / "secret.key"
    return (
        _readable(part, kept) if _mode(kept) & OTHERS else ok(part, _("Strong, readable by this user only."))
    )


def _readable(part: str, file: Path) -> Finding:
    message = _("Other users of this server can read %(file)s.") % {"file": file}
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
        return fail(part, _("Not collected."), _("Run: make build"), "chat.E005")
    return ok(part, _("Collected, compressed, hashed."))


def disk() -> Finding:
    """Return whether there is room in the data folder."""
    part, free = _("Disk"), shutil.disk_usage(settings.DATA_DIR).free
    message = _("%(size)s free in %(folder)s.") % {
        "size": filesizeformat(free),
        "folder": settings.DATA_DIR,
    }
    if free < NO_ROOM:
        return fail(part, message, _("Free up space now: nothing can be saved on a full disk."), "chat.E006")
    if free < LITTLE_ROOM:
        return warn(part, message, _("Free up space soon: nothing can be saved on a full disk."), "chat.W006")
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
        advice = _("Check that the database is running and DATABASE_URL is correct.")
        if connection.vendor == "sqlite":
            advice = _("Check that the file is a writable SQLite database and the disk isn’t full.")
        return fail(part, _("Can’t connect to the database."), advice, "chat.E008", _line(problem))
    finally:
        connection.close()
    return ok(part, _("Connected to %(kind)s.") % {"kind": connection.display_name})


def layer() -> Finding:
    """Return whether Redis lets us in, if it is to carry what several processes tell each other."""
    part = _("Channel layer")
    if not settings.REDIS_URL:
        return ok(part, _("In memory, for a single process."))
    try:
        asyncio.run(channel_layer.probe())
    except Exception as problem:
        advice = _("Check that Redis is running at REDIS_URL and reachable from this server.")
        return fail(part, _("Can’t connect to Redis."), advice, "chat.E009", _line(problem))
    return ok(part, _("Connected to Redis."))


def mail() -> Finding:
    """Return whether the mail server lets us in. No mail is sent."""
    part = pgettext("setup", "Email")
    if not settings.EMAIL_URL:
        message = _("No mail server: password reset by email won’t work.")
        return warn(part, message, _("Set EMAIL_URL to a mail server."), "chat.W007")
    connection = get_connection(timeout=PATIENCE)
    try:
        connection.open()
        connection.close()
    except Exception as problem:
        message = _("Can’t connect to mail server %(host)s.") % {"host": settings.EMAIL_HOST}
        advice = _("Check the address, username and password in EMAIL_URL.")
        return fail(part, message, advice, "chat.E007", _line(problem))
    if not settings.EMAIL_HOST:
        return ok(part, _("Emails stay on this server, as set in EMAIL_URL."))
    return ok(part, _("Connected to mail server %(host)s.") % {"host": settings.EMAIL_HOST})


def _line(problem: Exception) -> str:
    """Return what a library says, in one line."""
    return f"{type(problem).__name__}: {' '.join(str(problem).split())}"

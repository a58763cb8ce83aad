"""What is on this machine: static files, secret, disk, and the way to a mail server."""

import shutil
import stat
from pathlib import Path

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.mail import get_connection
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from chat.checks import secret_problems
from chat.doctor.finding import Finding, fail, ok, warn

MIB = 1024 * 1024
# Bytes free in the data folder: below the first a warning, below the second a failure
LITTLE_ROOM, NO_ROOM = 1024 * MIB, 100 * MIB


async def examine() -> list[Finding]:
    """All of them, in a thread: a mail server may take its time."""
    return await sync_to_async(lambda: [static_files(), secret(), disk(), mail()])()


def static_files() -> Finding:
    """Whether the style sheet is where the pages say it is."""
    part = _("Static files")
    try:
        address = staticfiles_storage.url("chat/css/chat.css")
        there = (Path(settings.STATIC_ROOT) / address.removeprefix(settings.STATIC_URL)).exists()
    except ValueError:  # not in the list of what was collected
        there = False
    if not there:
        return fail(part, _("They are not collected."), _("Run: make build"))
    return ok(part, _("They are collected, compressed and named by their content."))


def secret() -> Finding:
    """Whether the secret key is long, and nobody else on this machine can read it."""
    part = _("Secret key")
    for problem in secret_problems():
        return warn(part, problem.msg, str(problem.hint))
    kept = Path(settings.DATA_DIR) / "secret.key"
    if kept.exists() and kept.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        said = _("Other users of this machine can read %(file)s.") % {"file": kept}
        return warn(part, said, _("Run: chmod 600 %(file)s") % {"file": kept})
    return ok(part, _("It is long, and kept to this user."))


def disk() -> Finding:
    """Whether there is room in the data folder."""
    part = _("Disk")
    free = shutil.disk_usage(settings.DATA_DIR).free
    said = _("%(size)s are free in %(folder)s.") % {
        "size": filesizeformat(free),
        "folder": settings.DATA_DIR,
    }
    if free < NO_ROOM:
        return fail(part, said, _("Make room now: a full disk takes no message."))
    if free < LITTLE_ROOM:
        return warn(part, said, _("Make room soon: a full disk takes no message."))
    return ok(part, said)


def mail() -> Finding:
    """Whether the mail server lets us in. No mail is sent."""
    part = _("E-mail")
    if not settings.EMAIL_URL:
        said = _("Mails are printed to the terminal, so nobody can reset a password alone.")
        return warn(part, said, _("Set EMAIL_URL to a mail server."))
    connection = get_connection(timeout=10)
    try:
        connection.open()
        connection.close()
    except Exception as problem:
        said = f"{settings.EMAIL_HOST}: {type(problem).__name__}: {problem}"
        return fail(part, said, _("See that the address, user and password in EMAIL_URL are right."))
    return ok(part, _("The mail server %(host)s lets us in.") % {"host": settings.EMAIL_HOST})

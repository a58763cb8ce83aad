"""Asks every part of the setup whether it works, and says what to do if not.

The same for `manage.py doctor` and the admin's page. Nothing is changed, and no key or password is told.
"""

import asyncio
from collections.abc import Awaitable, Callable

from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext as _

from chat.operations.doctor import jobs, machine, model, outside, providers, speech, stores, temporary
from chat.operations.findings import Finding, Level, fail

# Seconds one part may take; the slowest is a model's first words
PATIENCE = 90.0

Examination = Callable[[], Awaitable[list[Finding]]]
EXAMINATIONS: tuple[Examination, ...] = (
    model.examine,
    providers.examine,
    speech.examine,
    stores.database,
    stores.layer,
    jobs.examine,
    temporary.examine,
    machine.examine,
    outside.examine,
)


async def examine() -> list[Finding]:
    """Return the findings of all parts, in a fixed order. Raise nothing: a part that breaks is a finding."""
    parts = await asyncio.gather(*map(_guarded, EXAMINATIONS))
    return [finding for part in parts for finding in part]


def is_well(findings: list[Finding]) -> bool:
    """Return whether nothing failed."""
    return all(finding.level != Level.FAIL for finding in findings)


async def _guarded(examination: Examination) -> list[Finding]:
    try:
        async with asyncio.timeout(PATIENCE):
            return await examination()
    except (OperationalError, InterfaceError):
        return []  # what needs the database and does not get it: that is a finding of its own
    except Exception as problem:
        name = examination.__module__.rpartition(".")[2]
        detail = f"{type(problem).__name__}: {problem}"
        message, advice = _("This check couldn’t be completed."), _("See the server log for details.")
        return [fail(name, message, advice, detail=detail)]

"""What is on this machine, and the way to a mail server: the same list as at the start (checks.py)."""

from asgiref.sync import sync_to_async

from chat.operations import checks
from chat.operations.findings import Finding


async def examine() -> list[Finding]:
    """Return all of them, found in a thread: a mail server may take its time."""
    return await sync_to_async(lambda: [*checks.local_findings(), checks.mail()], thread_sensitive=False)()

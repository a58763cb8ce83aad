"""`manage.py serve`: the site, on HOST and PORT, until a signal ends it."""

import asyncio
import gc
import logging
import socket
import threading
import time
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from asgiref.sync import sync_to_async
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.utils.module_loading import import_string

from chat import replies
from chat.accounts.mailing import mail_queue
from chat.core.tracing import printable
from chat.jobs.host import JobHost
from chat.operations import checks
from chat.operations.findings import Finding, Level
from chat.serving.server import ChatServer, open_port
from chat.voice import environment, providers
from chat.web.first_use import has_administrator

logger = logging.getLogger(__name__)

# Seconds between them, too
MIGRATION_TRIES = 5
# Seconds for the mails on their way when the server ends
MAIL_PATIENCE = 3.0


class Command(BaseCommand):
    help = "Serve the site on HOST and PORT until Ctrl+C or SIGTERM."
    looking: asyncio.Task[None] | None = None
    jobs: JobHost | None = None
    requires_system_checks: list[str] = []  # noqa: RUF012 (its own below: the whole set costs a start)

    def handle(self, *args: Any, **options: Any) -> None:
        self.tell(checks.local_findings())
        self.tell([self.knock_at_database()])
        threading.Thread(target=self.knock, daemon=True).start()
        listening = take_port()
        self.migrate()
        server = ChatServer(
            import_string(settings.ASGI_APPLICATION),
            listening,
            start_up=self.start_up,
            drain=self.drain,
        )
        server.run()

    def tell(self, findings: list[Finding]) -> None:
        """Say what is not well. Raises CommandError for that with which nothing can be served."""
        for finding in findings:
            if finding.id in checks.STOPPING:
                raise CommandError(str(finding))
            if finding.level != Level.OK:
                self.stderr.write(str(finding))

    def knock(self) -> None:
        """Say whether Redis and the mail server are away. Nobody waits for it: the site runs without them."""
        self.tell([checks.layer(), checks.mail()])

    def knock_at_database(self) -> Finding:
        """Ask whether the database lets us in; one that starts together with the site gets a few seconds."""
        found = checks.database()
        for _left in range(MIGRATION_TRIES - 1):
            if found.level == Level.OK:
                break
            time.sleep(1)
            found = checks.database()
        return found

    def migrate(self) -> None:
        """Bring the database up to date. Another process may be at it too: then one waits."""
        for left in reversed(range(MIGRATION_TRIES)):
            try:
                if is_behind():
                    self.stdout.write("Updating the database")
                    call_command("migrate", interactive=False, verbosity=0)
                break
            except DatabaseError as problem:
                if not left:
                    raise CommandError(f"The database can’t be used: {problem}") from problem
                time.sleep(1)
        connection.close()

    async def drain(self) -> None:
        """Put away what is under way: replies are written down, mails sent, jobs left to the next process."""
        if self.looking is not None:
            self.looking.cancel()
        await asyncio.gather(
            replies.shut_down(),
            providers.aclose(),
            asyncio.to_thread(mail_queue.flush, MAIL_PATIENCE),
            *([self.jobs.close()] if self.jobs else []),
        )

    async def start_up(self) -> None:
        """Begin the engine, and say where and with what the site runs."""
        engine = await replies.start_up(f"{socket.gethostname()}-{settings.PORT}")
        self.looking = asyncio.create_task(environment.keep_looking(), name="look for make speech")
        if settings.JOBS_IN_SERVER:
            self.jobs = JobHost(
                engine.worker_id, engine.reader.read, lambda: engine.is_busy, settings.JOBS_IN_SERVER
            )
            self.jobs.start()
        # What is there now stays for good: a full look for circles of garbage takes 0.1 s less without it
        gc.freeze()
        self.stdout.write(f"Serving {settings.SITE_URL} (Ctrl+C ends it)")
        self.stdout.write(f"Model: {printable(describe(engine.endpoint))}")
        if not await sync_to_async(has_administrator)():
            self.stdout.write("Create an administrator with: make admin")
        self.stdout.flush()


def is_behind() -> bool:
    """Return whether there are migrations to apply; to ask costs far less than the command.

    As a rule their names tell that there are none, and then no migration is imported.
    """
    if migrations_there() <= MigrationRecorder(connection).applied_migrations().keys():
        return False
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def migrations_there() -> set[tuple[str, str]]:
    """Return app and name of every migration on disk."""
    return {
        (app.label, module.name)
        for app in apps.get_app_configs()
        for module in iter_modules([str(Path(app.path, "migrations"))])
        if module.name[0] not in "_~"
    }


def take_port() -> socket.socket:
    """Return the listening socket, taken first: a second server must not touch the first one's replies."""
    try:
        return open_port(settings.HOST, settings.PORT)
    except OSError as problem:
        raise CommandError(
            f"Can’t listen on {settings.HOST}:{settings.PORT}: {problem.strerror}. "
            "Choose another port with PORT=, or stop what is using this one."
        ) from problem


def describe(endpoint: Any) -> str:
    """Return the provider in one line for the operator."""
    if endpoint.kind == "demo":
        return (
            "demo, while no other is enabled. To connect one, add a provider in the admin, "
            "or set OPENAI_API_KEY (or OPENAI_BASE_URL for a compatible server)"
        )
    return f"{endpoint.model or 'the first one listed'}, by {endpoint.label} at {endpoint.base_url}"

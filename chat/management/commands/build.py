"""`manage.py build`: what the site needs besides its code, in one process, which loads everything once."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from chat.management import static_files


class Command(BaseCommand):
    help = "Compile the translations and collect the static files."
    requires_system_checks: list[str] = []  # noqa: RUF012

    def handle(self, *args: Any, **options: Any) -> None:
        self._say("Compiling translations")
        call_command("translations", "compile")
        self._say("Collecting and compressing static files")
        static_files.collect(settings.STATIC_ROOT)

    def _say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()

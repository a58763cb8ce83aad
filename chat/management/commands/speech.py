"""`manage.py speech`: become the local speech service (tools/speech/), with what the settings say of it."""

import os
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Recognise and speak on this machine. `make speech` installs what this needs."
    requires_system_checks: list[str] = []  # noqa: RUF012 (they are of the site)

    def handle(self, *args: Any, **options: Any) -> None:
        python = settings.BASE_DIR / ".venv-speech" / "bin" / "python"
        if not python.exists():
            raise CommandError("What it needs is not installed. Start it with: make speech")
        if settings.LOCAL_SPEECH_URL == "off":
            raise CommandError("LOCAL_SPEECH_URL is off: no site would look for this. Give it an address.")
        folder = settings.LOCAL_SPEECH_FOLDER
        arguments = [
            *("-m", "tools.speech"),
            *("--model", settings.LOCAL_SPEECH_MODEL),
            *("--folder", str(folder)),
            *("--port", str(urlsplit(settings.LOCAL_SPEECH_URL).port or 80)),
        ]
        os.chdir(settings.BASE_DIR)
        os.execv(python, [str(python), *arguments])

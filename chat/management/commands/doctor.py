"""`manage.py doctor`: every part of the setup in a line, with what to do. Ends with 1 if one failed."""

import asyncio
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from chat.operations import doctor
from chat.operations.findings import Level
from chat.realtime import layer

STYLES = {Level.OK: "SUCCESS", Level.WARN: "WARNING", Level.FAIL: "ERROR"}


class Command(BaseCommand):
    help = "Check that every part of the setup works, and say what to do if not."
    requires_system_checks: list[str] = []  # noqa: RUF012 (what they would say is said here)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--answer", metavar="CHANNEL", help="for the doctor itself: answer there, and end"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["answer"]:
            asyncio.run(layer.answer(options["answer"]))
            return
        findings = asyncio.run(doctor.examine())
        for finding in findings:
            level = getattr(self.style, STYLES[finding.level])(f"{finding.level:5}")
            self.stdout.write(level + str(finding).removeprefix(f"{finding.level:5}"))
        if not doctor.is_well(findings):
            sys.exit(1)

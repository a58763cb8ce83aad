"""`manage.py translations extract|compile|check`: see chat/management/catalogues.py."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from chat.management import catalogues


class Command(BaseCommand):
    help = "Extract, compile or check the translations, without gettext's programs."
    requires_system_checks: list[str] = []  # noqa: RUF012

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("task", choices=["extract", "compile", "check"])

    def handle(self, *args: Any, task: str, **options: Any) -> None:
        if task == "check":
            found = [problem for locale in catalogues.locales() for problem in catalogues.problems(locale)]
            if found:
                raise CommandError("\n".join(found))
            return
        work = catalogues.update if task == "extract" else catalogues.compile_catalogue
        for locale in catalogues.locales():
            work(locale)
        if task == "compile":
            catalogues.compile_english()

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
        locales = catalogues.locales()
        if task == "compile":
            for locale in locales:
                catalogues.compile_catalogue(locale)
            catalogues.compile_english()
            return
        wanted = catalogues.extracted()
        if task == "extract":
            for locale in locales:
                catalogues.update(locale, wanted)
            return
        found = [problem for locale in locales for problem in catalogues.problems(locale, wanted)]
        if found:
            raise CommandError("\n".join(found))

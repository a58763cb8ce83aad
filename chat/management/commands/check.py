"""`manage.py check`: Django's, which knocks at the stores and the mail server too."""

from typing import Any

from django.core.checks.registry import register, registry
from django.core.management.commands import check

from chat.operations.checks import check_reach


class Command(check.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        register(check_reach, "site")
        try:
            super().handle(*args, **options)
        finally:  # for this command alone: others need not wait for a mail server
            registry.registered_checks.discard(check_reach)

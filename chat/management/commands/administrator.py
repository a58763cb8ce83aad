"""`manage.py administrator [EMAIL]`: make an account that there is an administrator, or create one."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from chat.models import User


class Command(BaseCommand):
    help = "Make an account an administrator; without an account of that email address, create one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "email", nargs="?", default="", help="of the account; it is asked for if left out"
        )

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        """Raise CommandError for an account that is deactivated."""
        email = email.strip().lower()
        person = User.objects.filter(email=email).first()
        if person is None:
            call_command("createsuperuser", **({"email": email} if email else {}))
            return
        if not person.is_active:
            raise CommandError(f"{email} is deactivated: activate it in the admin first.")
        person.is_staff = person.is_superuser = True
        person.save(update_fields=["is_staff", "is_superuser"])
        self.stdout.write(f"{email} is an administrator now, with the password as before.")

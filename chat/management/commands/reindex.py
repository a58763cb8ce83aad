"""Make the index of the search anew."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Count, Max

from chat.models import Message
from chat.search import index


class Command(BaseCommand):
    """Empties the index and fills it again, the latest messages first, while the site runs."""

    help = "Make the index of the search anew, while the site runs."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how far it is, a line for each hundredth."""
        rows = Message.objects.aggregate(count=Count("pk"), last=Max("pk"))
        below, done, said = (rows["last"] or 0) + 1, 0, 0
        index.clear()
        while below := index.fill(below):
            done += index.AT_ONCE
            if (share := min(99, 100 * done // rows["count"])) > said:
                said = share
                self.stdout.write(f"{share} %")
        self.stdout.write(f"{rows['count']} messages can be searched.")

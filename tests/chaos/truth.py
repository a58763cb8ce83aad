"""What the database holds after a run; prints it as JSON.

Runs under the site's own settings, DATA_DIR and DATABASE_URL. Input: anything. Output:
{"messages": [{...}], "sound": whether the database finds itself intact, "imports": [{...}]}: of each import its
`status`, its job's `error` and `attempts`, and how many `conversations`, `messages`, different `texts` of them and
`entries` in the index of the search its person has.
"""

import json
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402

from chat.models import Conversation, Import, Job, Message, SearchEntry  # noqa: E402

FIELDS = ("uuid", "client_id", "author_id", "parent__uuid", "role", "status", "text", "generation__error")


IMPORTER = "importer"
"""What the addresses of people begin with who import a file (imports.py)."""


def imports() -> list[dict[str, Any]]:
    found = []
    for row in Import.objects.order_by("pk"):
        job = Job.objects.get(uuid=row.job)
        theirs = Message.objects.filter(conversation__owner=row.owner)
        found.append(
            {
                "status": row.status,
                "error": job.error,
                "attempts": job.attempts,
                "is_open": job.is_open,
                "conversations": Conversation.objects.filter(owner=row.owner).count(),
                "messages": theirs.count(),
                "texts": theirs.values("text").distinct().count(),
                "entries": SearchEntry.objects.filter(owner=row.owner).count(),
            }
        )
    return found


def is_sound() -> bool:
    if connection.vendor != "sqlite":
        return True
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        return bool(cursor.fetchall() == [("ok",)])


def main() -> None:
    talk = Message.objects.exclude(conversation__owner__email__startswith=IMPORTER)
    rows = talk.order_by("id").values(
        *FIELDS, "conversation__uuid", "conversation__owner__email", "parent__text"
    )
    print(json.dumps({"messages": list(rows), "sound": is_sound(), "imports": imports()}, default=str))


if __name__ == "__main__":
    main()

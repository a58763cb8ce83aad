"""What the database holds after a run; prints it as JSON.

Runs under the site's own settings, DATA_DIR and DATABASE_URL. Input: anything. Output:
{"messages": [{...}], "sound": whether the database finds itself intact}.
"""

import json

import django

django.setup()

from django.db import connection  # noqa: E402

from chat.models import Message  # noqa: E402

FIELDS = ("uuid", "client_id", "author_id", "parent__uuid", "role", "status", "text", "generation__error")


def is_sound() -> bool:
    if connection.vendor != "sqlite":
        return True
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        return bool(cursor.fetchall() == [("ok",)])


def main() -> None:
    rows = Message.objects.order_by("id").values(
        *FIELDS, "conversation__uuid", "conversation__owner__email", "parent__text"
    )
    print(json.dumps({"messages": list(rows), "sound": is_sound()}, default=str))


if __name__ == "__main__":
    main()

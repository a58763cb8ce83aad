"""Files of people who do nothing else, taken in by jobs while everything breaks.

Runs under the site's own settings and DATABASE_URL. Input: {"people", "every", "folders"}: how many people, the
seconds between the beginnings of their imports, and the data folders of all servers: whichever does a job finds
its file in its own. Output: nothing of use.
"""

import json
import sys
from datetime import timedelta
from pathlib import Path

import django

django.setup()

from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from chat.jobs import actions as jobs  # noqa: E402
from chat.models import Import, ImportStatus, User  # noqa: E402
from chat.serving.uploads import FOLDER  # noqa: E402
from chat.transfer.imports import actions  # noqa: E402
from tests.chaos.judge import TALKS, TURNS  # noqa: E402
from tests.chaos.truth import IMPORTER  # noqa: E402
from tests.support.exports import as_json, gpt_talk  # noqa: E402


@transaction.atomic
def begin(number: int, seconds: float, folders: list[str]) -> None:
    """Let a file that has been looked through be taken in from then on."""
    owner = User.objects.create(email=f"{IMPORTER}{number}@example.org")
    made = Import(owner=owner, file_name="export.json", status=ImportStatus.RUNNING)
    for folder in (Path(folder) / FOLDER for folder in folders):
        folder.mkdir(mode=0o700, exist_ok=True)
        (folder / str(made.uuid)).write_bytes(as_json([gpt_talk(f"Talk {n}", TURNS) for n in range(TALKS)]))
    after = timezone.now() + timedelta(seconds=seconds)
    made.job = jobs.enqueue(actions.RUN, {"import": str(made.uuid)}, owner=owner, run_after=after).uuid
    made.save()


def main() -> None:
    spec = json.load(sys.stdin)
    for number in range(spec["people"]):
        begin(number, spec["every"] * number, spec["folders"])
    print("{}")


if __name__ == "__main__":
    main()

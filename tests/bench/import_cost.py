"""What an import costs: a ZIP in the shape of ChatGPT's of today, looked through and taken in by its jobs.

Input: {"conversations", "zip_mb"}: how many conversations of ten exchanges, and how large the ZIP is made by
pictures. Output: {"preview_seconds", "run_seconds", "again_seconds", "json_mb", "messages", "peak_mb"}, and
{"export": {"json" or "markdown": {"seconds", "mb"}}, "export_peak_mb"} of taking all of it out again; the
memory is that of the whole process, libraries and all. Texts are those of search_cost.
"""

import json
import os
import resource
import sys
import time
import zipfile
from pathlib import Path
from random import Random

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402

from chat.jobs import queue, registry  # noqa: E402
from chat.jobs.context import JobContext  # noqa: E402
from chat.models import Import, Job, JobStatus, Message, User  # noqa: E402
from chat.transfer import actions as exporting  # noqa: E402
from chat.transfer.imports import actions, files  # noqa: E402
from chat.transfer.reading import Choice  # noqa: E402
from chat.transfer.writing import Format  # noqa: E402
from tests.bench.search_cost import texts  # noqa: E402
from tests.support.exports import as_json, gpt, gpt_message  # noqa: E402

A_FILE = 400
EXCHANGES = 10
A_PICTURE = 4 * 1024 * 1024


def make(path: Path, conversations: int, size: int) -> int:
    """Write the ZIP; return how many bytes of JSON are in it."""
    words = texts(conversations * EXCHANGES * 2, Random(5))
    written = 0
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for first in range(0, conversations, A_FILE):
            talks = [talk(number, words) for number in range(first, min(first + A_FILE, conversations))]
            data = as_json(talks)
            written += len(data)
            archive.writestr(f"conversations-{first // A_FILE:03}.json", data)
        number = 0
        while path.stat().st_size < size:
            picture = zipfile.ZipInfo(f"file-{number}.png")
            archive.writestr(picture, os.urandom(A_PICTURE), zipfile.ZIP_STORED)
            number += 1
    return written


def talk(number: int, words):
    nodes = {"root": (None, None)}
    above = "root"
    for turn in range(EXCHANGES):
        nodes[f"q{turn}"] = above, gpt_message("user", next(words))
        nodes[f"a{turn}"] = f"q{turn}", gpt_message("assistant", " ".join([next(words)] * 3))
        above = f"a{turn}"
    return gpt(f"Talk {number}", nodes)


class Moved:
    """A file that is where it is to be."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def move_to(self, path: Path) -> None:
        os.link(self._path, path)


def do(kind: str) -> float:
    """Do the waiting job of this kind; return the seconds that it took."""
    began = time.perf_counter()
    job = queue.claim("bench", [kind])
    assert job is not None
    result = registry.kinds()[kind](JobContext(job))
    queue.finish(job, JobStatus.DONE, result=result)
    return time.perf_counter() - began


def bring(owner: User, path: Path) -> tuple[float, float]:
    made = actions.begin(owner, "export.zip", Moved(path), path.stat().st_size, 10**12)
    looked = do(actions.PREVIEW)
    actions.start(owner, made.uuid, with_deleted=False)
    taken = do(actions.RUN)
    assert Import.objects.get(pk=made.pk).report
    Job.objects.all().delete()
    return looked, taken


def take_out(owner: User, format: Format) -> dict[str, float]:
    job = exporting.export(owner, format, Choice())
    assert isinstance(job, Job)
    seconds = do(exporting.KIND)
    job.refresh_from_db()
    assert job.result is not None
    return {"seconds": seconds, "mb": job.result["size"] / 1e6}


def peak() -> float:
    """The most memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    spec = json.load(sys.stdin)
    call_command("migrate", verbosity=0)
    owner = User.objects.create_user("bench@example.org", "correct horse 7 battery")
    path = files.folder() / "made.zip"
    # In a process of its own: what making it takes is not the import's
    if (child := os.fork()) == 0:
        size = make(path, spec["conversations"], spec["zip_mb"] * 1_000_000)
        Path(settings.DATA_DIR, "json_size").write_text(str(size))
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    looked, taken = bring(owner, path)
    again = sum(bring(owner, path))
    import_peak = peak()
    export = {format.value: take_out(owner, format) for format in (Format.JSON, Format.MARKDOWN)}
    print(
        json.dumps(
            {
                "preview_seconds": looked,
                "run_seconds": taken,
                "again_seconds": again,
                "json_mb": int(Path(settings.DATA_DIR, "json_size").read_text()) / 1e6,
                "messages": Message.objects.count(),
                "peak_mb": import_peak,
                "export": export,
                "export_peak_mb": peak(),
            }
        )
    )


if __name__ == "__main__":
    main()

"""A process that dies in the middle of an import: the next one goes on, and nothing is doubled or dropped."""

from functools import partial
from itertools import repeat

import pytest

from chat.jobs import queue
from chat.jobs.context import Interrupted, JobContext
from chat.models import Conversation, Import, ImportNote, ImportStatus, Message
from chat.transfer.imports import actions, background, writer
from tests.support.exports import as_zip, gpt_talk

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """What is left of a process."""


@pytest.mark.parametrize("where", ["write", "progress", "between"])
def test_an_import_goes_on_where_it_was(alice, look_through, where, monkeypatch):
    files = {
        "a.json": [gpt_talk(f"A{n}", 2) for n in range(4)] + [{"id": "odd"}],
        "b.json": [gpt_talk(f"B{n}", 2) for n in range(4)],
    }
    made = look_through(alice, as_zip(files))
    actions.start(alice, made.uuid, with_deleted=False)
    monkeypatch.setattr(background, "AT_ONCE", 2)
    count = 0

    def dying(step):
        def step_or_die(*arguments, **options):
            nonlocal count
            count += 1
            if count % 3 == 0:
                step(*arguments, **options)  # done, and not committed
                raise Killed
            return step(*arguments, **options)

        return step_or_die

    if where == "write":
        monkeypatch.setattr(background, "write", dying(writer.write))
    elif where == "progress":
        monkeypatch.setattr(JobContext, "progress", dying(JobContext.progress))
    lives = 0
    while Import.objects.get(pk=made.pk).status == ImportStatus.RUNNING:
        lives += 1
        assert lives < 60
        job = queue.claim("here", [actions.RUN])
        ending = iter([False] * 4) if where == "between" else repeat(False)
        context = JobContext(job, is_ending=partial(next, ending, True))
        try:
            background.run(context)
        except (Killed, Interrupted):
            queue.give_back(job)
    assert lives > 1
    assert sorted(Conversation.objects.values_list("title", flat=True)) == [
        *(f"A{n}" for n in range(4)),
        *(f"B{n}" for n in range(4)),
    ]
    assert Message.objects.count() == 32
    assert ImportNote.objects.count() == 1
    report = Import.objects.get(pk=made.pk).report
    assert (report["new"], report["skipped"], report["added"]) == (8, 1, 32)

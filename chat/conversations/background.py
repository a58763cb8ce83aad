"""What is done with conversations in the background."""

from django.db import transaction
from django.db.models import Count, Max

from chat.conversations.actions import MAKE_FINDABLE, REINDEX
from chat.jobs.context import JobContext
from chat.jobs.registry import job
from chat.models import Message
from chat.search import index as search


@job(MAKE_FINDABLE)
def make_findable(context: JobContext) -> None:
    """Put what a person has brought back into the index, some at a time: others write meanwhile.

    What is there already is left: begun anew it goes on where it was.
    """
    rows = Message.objects.filter(conversation__owner=context.payload["person"])
    done, added = 0, 1
    while added:
        with transaction.atomic():
            done += (added := search.add(rows))
            context.progress(done)
        context.progress(done)  # where it can give way to replies


@job(REINDEX)
def reindex(context: JobContext) -> None:
    """Empty the index and fill it again, the latest messages first; what is in by then is found meanwhile."""
    if not context.state:
        rows = Message.objects.aggregate(count=Count("pk"), last=Max("pk"))
        with transaction.atomic():
            search.clear()
            state = {"below": (rows["last"] or 0) + 1, "done": 0, "total": rows["count"]}
            context.progress(0, rows["count"], state)
    below, done, total = (context.state[name] for name in ("below", "done", "total"))
    while below:
        with transaction.atomic():
            below, done = search.fill(below), min(total, done + search.AT_ONCE)
            context.progress(done, total, {"below": below, "done": done, "total": total})
        context.progress(done, total)  # where it can give way to replies

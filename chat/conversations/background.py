"""What is done with conversations in the background."""

from django.db import transaction

from chat.conversations.actions import MAKE_FINDABLE
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

"""Jobs that leave a trace of each step, for tests that interrupt them."""

import time

from django.db import transaction
from django.db.models import F

from chat.jobs.context import JobContext
from chat.jobs.registry import job
from chat.models import Counter


@job("test.steps")
def steps(context: JobContext) -> dict[str, int]:
    """Count each of `steps` once, `pace` seconds in a transaction for each, and as long again outside."""
    first, total = context.state.get("next", 0), context.payload["steps"]
    for step in range(first, total):
        with transaction.atomic():
            if not Counter.objects.filter(pk=f"step {step}").update(count=F("count") + 1):
                Counter.objects.create(pk=f"step {step}", count=1, ends_at=2**40)
            time.sleep(context.payload["pace"])
            context.progress(step + 1, total, {"next": step + 1})
        time.sleep(context.payload["pace"])
    return {"first": first}

"""What is refused about background jobs, and why one failed."""

from django.utils.translation import gettext_lazy as _

from chat.core.errors import ChatError, RequestError


class TooManyJobs(RequestError):
    code = "too_many_jobs"
    status = 429
    sentence = _("You have too many tasks running. Wait until one is finished, or cancel one.")
    sentence_with_wait = _("You’ve started too many tasks just now. Try again in %(wait)s.")


class JobInterrupted(ChatError):
    """The process that did it was killed each time, as a rule for want of memory."""

    code = "job_interrupted"
    sentence = _("This was interrupted too many times, so it was stopped. Try again with less at once.")

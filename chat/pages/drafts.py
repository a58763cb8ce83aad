"""What somebody without a script wrote in the message box, kept in the session while they are elsewhere."""

from functools import wraps

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from chat.core import limits
from chat.core.limits import Allowance
from chat.core.text import MAX_MESSAGE
from chat.web.decorators import MemberRequest, View

# Of what comes back into the message box. More than a message may have, so that it can be shortened
LONGEST_DRAFT = 2 * MAX_MESSAGE
# A visitor's is a new session for each, so a network has so many
A_VISITOR_S, SPAN = 20, 3600
_KEPT = "kept_draft"


def outlives_log_out(view: View) -> View:
    """Let what is posted to a view after its session has ended wait in the message box."""

    @wraps(view)
    def answered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if request.method == "POST" and not request.user.is_authenticated:
            network = limits.network_of(request.META.get("REMOTE_ADDR", ""))
            if not limits.take(Allowance("kept drafts", network, A_VISITOR_S, SPAN)):
                _put(request, request.POST.get("writer", ""))
        return view(request, *args, **kwargs)

    return answered


def keep(request: MemberRequest) -> None:
    """Keep the text of a form for the next chat page that its writer opens."""
    _put(request, str(request.user.pk))


def take(request: MemberRequest) -> dict[str, str]:
    """Return `{"draft"}` once if something is kept of this person, else nothing.

    What is kept of another one, who was logged in here before, is forgotten.
    """
    kept = request.session.pop(_KEPT, None)
    return {"draft": kept["text"]} if kept and kept["writer"] == str(request.user.pk) else {}


def _put(request: HttpRequest, writer: str) -> None:
    text = request.POST.get("text", "")[:LONGEST_DRAFT]
    if text.strip():
        request.session[_KEPT] = {"writer": writer[:20], "text": text}

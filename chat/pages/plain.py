"""What a page without a script needs to send: its form, why that came back, when the page renews itself."""

import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from chat.conversations import actions as conversations
from chat.core.errors import NotFound, RequestError
from chat.models import Conversation, Message, Role, Status
from chat.pages.drafts import LONGEST_DRAFT
from chat.replies import forms
from chat.replies.views import at
from chat.web.decorators import MemberRequest

# Seconds between two looks at a reply that is being written
RENEWS_AFTER = 2
BROKEN_OFF = {Status.INTERRUPTED, Status.STOPPED}


def send(
    request: MemberRequest,
    conversation_uuid: uuid.UUID | None,
    page: Callable[[dict[str, Any], int], HttpResponse],
) -> HttpResponse:
    """POST text, client_id, parent, model. The way to the conversation, or the page again with the reason.

    `page(context, status)` makes that page. Raises NotFound.
    """
    if conversation_uuid is not None:
        conversations.conversation_of(request.user, conversation_uuid)
    try:
        return at(forms.send(request, conversation_uuid).reply)
    except NotFound:
        raise
    except RequestError as problem:
        text = request.POST.get("text", "")[:LONGEST_DRAFT]
        response = page({"draft": text, "send_error": problem.user_text()}, problem.status)
        if problem.retry_after is not None:
            response.headers["Retry-After"] = str(round(problem.retry_after + 0.5))
        return response


def context_for(request: HttpRequest, found: Conversation | None, rows: list[Message]) -> dict[str, Any]:
    """Return what the form of a page and its buttons need, whose last messages are `rows`."""
    tip = found and (rows[-1] if rows and rows[-1].pk == found.tip_id else conversations.tip_of(found))
    is_running = bool(tip and tip.status == Status.RUNNING)
    return {
        "tip": tip,
        "client_id": uuid.uuid4(),
        "is_running": is_running,
        "renews_after": RENEWS_AFTER,
        "renews_at": _address(request, found, tip) if is_running and tip in rows else "",
        "may_retry": bool(tip and not is_running and tip.role == Role.ASSISTANT),
        "may_continue": bool(tip and tip.text and (tip.status in BROKEN_OFF or tip.is_cut)),
    }


def _address(request: HttpRequest, found: Conversation | None, tip: Message | None) -> str:
    """Return where a page renews itself: not at its own address, where it would only scroll."""
    assert found is not None
    assert tip is not None
    number = request.GET.get("look", "")
    look = int(number) + 1 if number.isascii() and number.isdecimal() and len(number) < 9 else 1
    question = tip.parent.uuid if tip.parent else tip.uuid
    query = {"look": look} | ({"at": tip.uuid} if "at" in request.GET else {})
    return f"{reverse('conversation', args=[found.uuid])}?{urlencode(query)}#m-{question}"

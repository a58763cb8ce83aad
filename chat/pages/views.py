"""The pages people read: server-rendered, and whole without JavaScript."""

import uuid
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from chat.catalog.actions import keeps_prefix
from chat.catalog.picker import picker_for
from chat.conversations import actions as conversations
from chat.conversations import listing, temporary
from chat.conversations.presenter import AssistantMessage, UserMessage, present
from chat.core.errors import NotFound
from chat.core.text import LONG_CHARACTERS, LONG_LINES, MAX_MESSAGE
from chat.models import Conversation, Message, Project, Role
from chat.moderation import actions as moderation
from chat.pages import app, drafts, landing, plain, welcome
from chat.pages.lists import sidebar_context
from chat.pages.messages import MESSAGES_A_PAGE, MESSAGES_AT_MOST, present_branch
from chat.pages.shortcuts import SHORTCUTS, keys_as_json
from chat.personas import actions as personas
from chat.projects import actions as projects
from chat.replies.errors import MessageTooLong
from chat.voice.page import page_voice
from chat.web.answers import done
from chat.web.decorators import MemberRequest, identifier, member_view
from chat.web.error_views import is_script


@drafts.outlives_log_out
@member_view("GET", "POST")
def new_chat(request: MemberRequest) -> HttpResponse:
    """Show an empty chat: a greeting, a few starters, and the list of what was. POST is `plain.send`.

    `?q=` is in its message box, and is not sent. With `?temporary=1` it begins a temporary one. Raises
    TemporaryChatsOff.
    """
    if request.method == "POST":
        return plain.send(request, None, partial(chat_page, request, None, []))
    return chat_page(request, None, [], _brought(request, "q"))


@member_view("GET")
def share(request: MemberRequest) -> HttpResponse:
    """Show an empty chat with title, text and url of another app in its message box; nothing is sent."""
    return chat_page(request, None, [], _brought(request, "title", "text", "url"))


@drafts.outlives_log_out
@member_view("GET", "POST")
def conversation(request: MemberRequest, conversation_uuid: uuid.UUID) -> HttpResponse:
    """Show a conversation at its latest messages, or at those before `?before=<message uuid>`.

    With `?from=<message uuid>` at all from that one on, if it is among the last MESSAGES_AT_MOST in view.
    With `?at=<message uuid>` where that one is, on whatever branch (landing.py). POST is `plain.send`.
    """
    if request.method == "POST":

        def again(more: dict[str, Any], status: int) -> HttpResponse:
            return chat_page(request, *_rows(request, conversation_uuid), more, status)

        return plain.send(request, conversation_uuid, again)
    if wanted := request.GET.get("at"):
        return _landed(request, landing.at(request.user, conversation_uuid, identifier(wanted)))
    found, rows = _rows(request, conversation_uuid)
    if first := request.GET.get("from"):
        rows = conversations.since(request.user, found, identifier(first), MESSAGES_AT_MOST) or rows
    return chat_page(request, found, rows)


@member_view("GET")
def older(request: MemberRequest, conversation_uuid: uuid.UUID) -> HttpResponse:
    """Return the messages before `?before=<message uuid>` alone, for the page to put on top."""
    found, rows = _rows(request, conversation_uuid)
    return render(request, "pages/_thread.html", _message_context(found, rows, in_steps=False))


@member_view("GET")
def more(request: MemberRequest, message_uuid: uuid.UUID) -> HttpResponse:
    """Show what else may be done with a reply, for browsers without its menu."""
    message = conversations.message_of(request.user, message_uuid)
    if message.role != Role.ASSISTANT or message.is_hidden:
        raise NotFound
    shown = present(message, siblings=Message.siblings_of([message])[message.pk])
    is_pinned = message.parent is not None and message.parent.pinned_at is not None
    back = f"{message.conversation.get_absolute_url()}#m-{message.uuid}"
    return render(request, "pages/more.html", {"message": shown, "is_pinned": is_pinned, "back": back})


@member_view("POST")
def dismiss_notice(request: MemberRequest) -> HttpResponse:
    """POST notice: it is shown no more in this session."""
    welcome.dismiss(request, request.POST.get("notice", ""))
    return done(request, reverse("chat"))


@member_view("POST")
def keep_draft(request: MemberRequest) -> HttpResponse:
    """POST text, next: the way there, with the text kept for the message box. For pages without a script."""
    drafts.keep(request)
    address = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure()):
        address = reverse("chat")
    return HttpResponseRedirect(address, status=303)


@member_view("GET")
def shortcuts(request: MemberRequest) -> HttpResponse:
    """GET the sheet of keyboard shortcuts."""
    return render(request, "pages/shortcuts.html", {"shortcuts": SHORTCUTS})


def _rows(request: MemberRequest, conversation_uuid: uuid.UUID) -> tuple[Conversation, list[Message]]:
    found = conversations.conversation_of(request.user, conversation_uuid)
    before = request.GET.get("before")
    rows = conversations.page(request.user, found, identifier(before) if before else None, MESSAGES_A_PAGE)
    return found, rows


def _brought(request: MemberRequest, *names: str) -> dict[str, Any]:
    """Return what is put into the message box of a new chat by these parts of its address, {} for nothing.

    What somebody without a script has written before stays above it.
    """
    brought = app.shared_text(request, *names)
    if not brought:
        return {}
    kept = drafts.take(request).get("draft", "")
    return {"draft": "\n\n".join(filter(None, (kept, brought))), "is_shared": True}


def _landed(request: MemberRequest, shown: landing.Landing) -> HttpResponse:
    found, rows, above = shown.conversation, shown.rows, shown.above
    more: dict[str, Any] = {"branch": shown.branch or ""}
    if above:
        more |= {"above": present_branch(found, above), "older": _older(found, above)}
        more["gap"] = _older(found, rows)
    return chat_page(request, found, rows, more)


def _older(found: Conversation, rows: list[Message]) -> dict[str, str] | None:
    """Return the addresses of what is above these messages: of a page, and of the messages alone."""
    if not rows or not rows[0].parent_id:
        return None
    query = urlencode({"before": rows[0].uuid})
    page, part = (reverse(name, args=[found.uuid]) for name in ("conversation", "conversation_older"))
    return {"page": f"{page}?{query}", "part": f"{part}?{query}"}


def _message_context(found: Conversation | None, rows: list[Message], *, in_steps: bool) -> dict[str, Any]:
    return {
        "conversation": found,
        "thread": present_branch(found, rows, in_steps=in_steps) if found else [],
        "in_steps": in_steps,
        "older": _older(found, rows) if found else None,
        "pinned": Message.count_pinned(found.tip_id) if found and found.tip_id else 0,
        "exchanges": found.context_exchanges if found else settings.CONTEXT_EXCHANGES,
        "has_project_instructions": found is not None and found.has_project_instructions,
    }


def _temporary_context(
    request: MemberRequest, found: Conversation | None, project: Project | None
) -> dict[str, Any]:
    """Return the title, and what is said of a chat that is temporary or will be. Raises TemporaryChatsOff."""
    shown = found or Conversation(temporary=request.GET.get("temporary") == "1" and not project)
    if found:
        temporary.note_seen(found)
    return {
        "title": str(shown),
        "temporary": temporary.statement(found) if shown.temporary else None,
        "begins_temporary": shown.temporary and not found,
        "may_be_temporary": settings.TEMPORARY_CHATS != "off",
    }


def chat_page(
    request: MemberRequest,
    found: Conversation | None,
    rows: list[Message],
    more: dict[str, Any] | None = None,
    status: int = 200,
    *,
    project: Project | None = None,
    usual_model: int | None = None,
) -> HttpResponse:
    """Return the page; a script gets what belongs to the conversation, to put into the page that it has.

    That of a `project` has an empty chat that will be in it, with `usual_model`.
    """
    models = picker_for(request.user, found, usual_model)
    current = found.current_project if found else project
    context = {
        **_message_context(found, rows, in_steps=keeps_prefix(models.chosen)),
        **_temporary_context(request, found, project),
        "models": models,
        "setup_notice": "" if rows else welcome.setup_notice(request, request.user, models),
        "persona": personas.active_persona(request.user, found) if found else None,
        "starters": welcome.starters(request.user, timezone.localdate()),
        "greeting": welcome.greeting(request, request.user),
        "fold_characters": str(LONG_CHARACTERS),
        "fold_lines": str(LONG_LINES),
        "current_project": current,
        "place": listing.place_of(found) if found else "",
        **(more or {}),
    }
    if is_script(request):
        return render(request, "pages/_conversation.html", context)
    context |= {
        **sidebar_context(request),
        "side": projects.side(request.user, current),
        "blank_question": UserMessage(),
        "blank_answer": AssistantMessage(),
        "shortcuts": keys_as_json(),
        "message_limit": str(MAX_MESSAGE),
        "too_long": MessageTooLong().user_text(),
        "voice": page_voice(request.user),
        "account_status": moderation.account_status(request.user),
    }
    context |= plain.context_for(request, found, rows) | drafts.take(request) | (more or {})
    return render(request, "pages/page.html", context, status=status)

"""What people do to their conversations and messages over HTTP: parse, call one action, answer."""

import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat.conversations import actions as conversations
from chat.conversations import listing, pins
from chat.conversations.forms import RenameForm, SettingsForm
from chat.conversations.presenter import present_version
from chat.core.errors import NotFound
from chat.web.answers import done, form_errors, refuse_form
from chat.web.decorators import MemberRequest, identifier, member_view, row_id
from chat.web.error_views import is_script
from chat.web.flash import flash


@member_view("POST")
def start(request: MemberRequest) -> HttpResponse:
    """POST model, temporary. A conversation without messages: for a script its id, else its page."""
    is_temporary = request.POST.get("temporary") == "1"
    started = conversations.start(
        request.user, row_id(request.POST.get("model", "")), is_temporary=is_temporary
    )
    if is_script(request):
        return JsonResponse({"conversation": str(started.uuid)})
    return done(request, started.get_absolute_url())


@member_view("POST")
def rename(request: MemberRequest, conversation_uuid: uuid.UUID) -> HttpResponse:
    """POST title."""
    form = RenameForm(request.POST)
    if not form.is_valid():
        conversations.conversation_of(request.user, conversation_uuid)
        return refuse_form(request, form, reverse("conversation", args=[conversation_uuid]))
    conversations.rename(request.user, conversation_uuid, form.cleaned_data["title"])
    return done(request, reverse("conversation", args=[conversation_uuid]))


@member_view("GET")
def message_text(request: MemberRequest, message_uuid: uuid.UUID) -> HttpResponse:
    """GET what was said as it was written: an answer's Markdown. A hidden message has none."""
    message = conversations.message_of(request.user, message_uuid)
    if message.is_hidden:
        raise NotFound
    return HttpResponse(message.text, content_type="text/plain; charset=utf-8")


@member_view("POST")
def show(request: MemberRequest, message_uuid: uuid.UUID) -> HttpResponse:
    """POST. Bring the branch of this message into view."""
    found = conversations.show(request.user, message_uuid)
    return done(request, f"{found.get_absolute_url()}#m-{message_uuid}")


@member_view("GET")
def versions(request: MemberRequest, message_uuid: uuid.UUID) -> HttpResponse:
    """GET two versions of a reply side by side: this one, and `?with=<message uuid>` or the one before it."""
    other = request.GET.get("with")
    found = conversations.versions(request.user, message_uuid, identifier(other) if other else None)
    shown = [present_version(message, siblings) for message, siblings in found]
    conversation = found[0][0].conversation
    context = {
        "versions": list(zip(shown, reversed(shown), strict=True)),
        "back": f"{conversation.get_absolute_url()}#m-{message_uuid}",
    }
    return render(request, "conversations/versions.html", context)


@member_view("POST")
def pin(request: MemberRequest, message_uuid: uuid.UUID) -> HttpResponse:
    """POST on=1 to keep the message's exchange in the model's context, anything else to let it go."""
    change = pins.pin if request.POST.get("on") == "1" else pins.unpin
    question = change(request.user, message_uuid)
    if is_script(request):
        return HttpResponse(status=204)
    return HttpResponseRedirect(f"{question.conversation.get_absolute_url()}#m-{message_uuid}", status=303)


@member_view("GET", "POST")
def conversation_settings(request: MemberRequest, conversation_uuid: uuid.UUID) -> HttpResponse:
    """GET the form as a page; POST all of its fields.

    A script gets `{"exchanges", "memory"}`: the number that holds now, and the line that says so; or for what
    is refused `{"code", "text", "fields"}`, with a sentence for each wrong field by its name.
    """
    found = conversations.conversation_of(request.user, conversation_uuid)
    form = SettingsForm.of(found, request.POST if request.method == "POST" else None)
    if form.is_valid():
        found = conversations.adjust(
            request.user, conversation_uuid, form.parameters, form.cleaned_data["exchanges"]
        )
        if is_script(request):
            shown = {
                "exchanges": found.context_exchanges,
                "has_project_instructions": found.has_project_instructions,
            }
            memory = render_to_string("pages/_memory.html", shown)
            return JsonResponse({"exchanges": found.context_exchanges, "memory": memory})
        flash(request, _("Settings saved. They apply from the next reply."))
        return HttpResponseRedirect(found.get_absolute_url(), status=303)
    if form.is_bound and is_script(request):
        return form_errors(form)
    context = {"conversation": found, "form": form, "back": found.get_absolute_url()}
    return render(request, "conversations/settings.html", context)


@member_view("GET")
def settings_chats(request: MemberRequest) -> HttpResponse:
    """Return what can be done with all of one's conversations at once."""
    counts = {
        "count": conversations.count(request.user),
        "archived": listing.count_archived(request.user),
    }
    return render(request, "conversations/settings_chats.html", counts)


@member_view("POST")
def delete_all(request: MemberRequest) -> HttpResponse:
    """POST. Can be undone by `restore_all` for a while."""
    number, moment = conversations.delete_all(request.user)
    text = ngettext("%(count)s conversation deleted", "%(count)s conversations deleted", number)
    undo = f"{reverse('conversations_restore')}?{urlencode({'moment': moment})}" if number else ""
    flash(request, text % {"count": number}, messages.INFO, undo=undo)
    return HttpResponseRedirect(reverse("chat"), status=303)


@member_view("POST")
def restore_all(request: MemberRequest) -> HttpResponse:
    """POST ?moment=, what `delete_all` gave."""
    conversations.restore_all(request.user, request.GET.get("moment", ""))
    return HttpResponseRedirect(reverse("chat"), status=303)

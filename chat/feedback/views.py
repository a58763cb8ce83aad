"""Rating a reply over HTTP."""

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from chat.conversations.presenter import present
from chat.feedback import actions as feedback
from chat.feedback.forms import FeedbackForm
from chat.web.answers import done, refuse_form
from chat.web.decorators import MemberRequest, member_view
from chat.web.error_views import is_script
from chat.web.flash import flash


@member_view("GET", "POST")
def rate(request: MemberRequest, message_uuid: uuid.UUID) -> HttpResponse:
    """GET the form as a page; POST rating, which may be empty, reason and comment."""
    message = feedback.rateable(request.user, message_uuid)
    back = f"{message.conversation.get_absolute_url()}#m-{message.uuid}"
    known = feedback.feedback_of(request.user, message)
    form = FeedbackForm(request.POST if request.method == "POST" else None, instance=known)
    if form.is_valid():
        given = feedback.rate(request.user, message_uuid, **form.cleaned_data)
        if not is_script(request):
            flash(request, _("Thanks for your feedback.") if given else _("Feedback removed"))
        return done(request, back)
    if form.is_bound and is_script(request):
        return refuse_form(request, form, back)
    context = {"message": present(message), "form": form, "back": back, "is_known": known is not None}
    return render(request, "feedback/feedback.html", context)

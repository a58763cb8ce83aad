"""What people choose about notifications, and what their browsers say of themselves."""

from typing import ClassVar

from django import forms
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chat.models import Preferences
from chat.notifications import actions, keys
from chat.preferences.views import answer_form
from chat.web.answers import done
from chat.web.decorators import MemberRequest, member_view


class NotificationsForm(forms.ModelForm):  # type: ignore[type-arg]
    """What holds in all of a person's browsers."""

    class Meta:
        model = Preferences
        fields = ("notify_titles",)
        labels: ClassVar = {"notify_titles": _("Show the conversation’s title")}
        help_texts: ClassVar = {
            "notify_titles": _(
                "Others who see your screen may read it. Off, it only says that a reply is ready."
            )
        }


@member_view("GET", "POST")
def notifications(request: MemberRequest) -> HttpResponse:
    """GET the form as a page; POST its field. A script gets `{}`."""
    return answer_form(request, NotificationsForm, "notifications/settings.html")


@member_view("GET", "POST")
def subscribe(request: MemberRequest) -> HttpResponse:
    """GET `{"key", "token"}`: what a browser needs to subscribe. POST its endpoint, p256dh and auth.

    The token is for the service worker, which has no page with a form to take it from.
    """
    if request.method != "POST":
        return JsonResponse({"key": keys.public_key(), "token": get_token(request)})
    given = {name: request.POST.get(name, "") for name in ("endpoint", "p256dh", "auth")}
    actions.subscribe(request.user, session=request.session.session_key or "", **given)
    return done(request, reverse("settings_notifications"))


@member_view("POST")
def unsubscribe(request: MemberRequest) -> HttpResponse:
    """POST the endpoint of one browser, or nothing for all of them."""
    if endpoint := request.POST.get("endpoint"):
        actions.unsubscribe(request.user, endpoint)
    else:
        actions.unsubscribe_all(request.user)
    return done(request, reverse("settings_notifications"))

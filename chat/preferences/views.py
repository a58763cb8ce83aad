"""The settings that are of no other capability: a page for each, which a script shows in one dialog."""

from copy import copy

from django.forms import BaseForm, ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views import i18n

from chat.models import Preferences
from chat.preferences.forms import GeneralForm, PersonalisationForm
from chat.web import languages
from chat.web.answers import form_errors
from chat.web.decorators import MemberRequest, member_view
from chat.web.error_views import is_script
from chat.web.flash import flash
from chat.web.middleware import TIME_ZONE_COOKIE


@member_view("GET", "POST")
def general(request: MemberRequest) -> HttpResponse:
    """GET the form as a page; POST all of its fields.

    A script gets `{"theme", "page", "reload"}`: what the page has in its data attributes from now on, and
    whether it shows things in another language or by another clock; or what `form_errors` says is wrong.
    """
    data = request.POST if request.method == "POST" else None
    browser_zone = request.COOKIES.get(TIME_ZONE_COOKIE, "")
    form = GeneralForm(request.user, browser_zone, data, instance=copy(request.preferences))
    if not form.is_valid():
        return refused(request, form, "preferences/general.html")
    chosen = form.save()
    language = form.cleaned_data["language"]
    with translation.override(language):
        answer = saved(request, {**as_page_has_them(chosen), "reload": form.needs_reload})
    if "language" in form.changed_data:
        languages.chosen_by_person(request, answer, language)
    return answer


@member_view("GET", "POST")
def personalisation(request: MemberRequest) -> HttpResponse:
    """GET the form as a page; POST all of its fields. A script gets `{}`, or what `form_errors` says."""
    return answer_form(request, PersonalisationForm, "preferences/personalisation.html")


def set_language(request: HttpRequest) -> HttpResponse:
    """POST a language, of whoever asks: 204 for a script, for a browser the way back to `next`."""
    response: HttpResponse = i18n.set_language(request)
    code = languages.known(request.POST.get("language", ""))
    if is_script(request):
        response = HttpResponse(status=204)
    if code:
        languages.choose(request, response, code)
    return response


def as_page_has_them(chosen: Preferences) -> dict[str, object]:
    """Return preferences by the names that scripts know them by (templates/pages/_words.html)."""
    follow = "1" if chosen.person.follows_text else ""
    page = {"follow": follow, "sendKey": chosen.send_key, "announce": chosen.announce}
    return {"theme": chosen.theme, "page": page}


def answer_form(request: MemberRequest, kind: "type[ModelForm[Preferences]]", template: str) -> HttpResponse:
    """Return what is to be answered for a form of preferences that asks for nothing more than being saved."""
    form = kind(request.POST if request.method == "POST" else None, instance=copy(request.preferences))
    if not form.is_valid():
        return refused(request, form, template)
    form.save()
    return saved(request, {})


def saved(request: MemberRequest, answer: dict[str, object]) -> HttpResponse:
    """Return what holds now to a script, and the way back to the form to a browser."""
    if is_script(request):
        return JsonResponse(answer)
    flash(request, _("Settings saved."))
    return HttpResponseRedirect(request.path, status=303)


def refused(request: MemberRequest, form: BaseForm, template: str) -> HttpResponse:
    """Return a form that was not saved, or is only asked for."""
    if form.is_bound and is_script(request):
        return form_errors(form)
    return render(request, template, {"form": form})

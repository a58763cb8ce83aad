"""The addresses of links, for whoever has one: no script, no account needed, no cookie set."""

from collections.abc import Callable
from functools import wraps
from math import ceil
from typing import cast

from csp.constants import NONE
from csp.decorators import csp_replace
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt

from chat.core import limits
from chat.core.errors import RequestError
from chat.models import Share, User
from chat.sharing import passphrases, reading, reports
from chat.sharing.errors import TooManyShareReports
from chat.sharing.forms import PassphraseForm, ShareReportForm
from chat.web.decorators import MemberRequest, member_view, storage_errors
from chat.web.error_views import csrf_failure, origin_error
from chat.web.errors import WrongMethod

View = Callable[[HttpRequest, str], HttpResponse]
_NO_SCRIPT = {kind: [NONE] for kind in ("script-src", "connect-src", "manifest-src", "media-src")}
# Of what nobody but its reader may keep; and of the rest, for which a proxy asks anew each time, so that what
# is gone is gone there too
_PRIVATE, _ASK_ANEW = "private, no-store", "no-cache"


def light(*methods: str, referrer: str = "no-referrer") -> Callable[[View], View]:
    """Let a view be asked with these methods (and HEAD) by anybody, with a page that runs no script.

    Its forms change nothing in anybody's name, so they need no token, which would need a cookie. What is
    refused is a page of one sentence. No search engine is to keep it, and no other site learns its address.
    """
    allowed = (*methods, "HEAD")

    def decorate(view: View) -> View:
        @wraps(view)
        def answered(request: HttpRequest, token: str) -> HttpResponse:
            try:
                if request.method not in allowed:
                    raise WrongMethod(allowed)
                with storage_errors():
                    response = view(request, token)
            except RequestError as problem:
                response = _refused(request, problem)
            response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
            response.headers["Referrer-Policy"] = referrer
            response.headers.setdefault("Cache-Control", _PRIVATE)
            patch_vary_headers(response, ["Cookie", "Accept-Language"])
            return response

        return cast(View, csrf_exempt(csp_replace(_NO_SCRIPT)(answered)))  # type: ignore[arg-type]

    return decorate


@light("GET", "POST")
def snapshot(request: HttpRequest, token: str) -> HttpResponse:
    """GET what a link shows, or the question for its passphrase; POST that: the same page, or 403, or 429."""
    share = reading.open_share(token)
    if reading.is_for_members(share) and not request.user.is_authenticated:
        return redirect_to_login(request.path)
    if share.passphrase:
        form = PassphraseForm(request.POST if request.method == "POST" else None)
        problem = _check(request, share, form)
        if problem or not form.is_valid():
            return _form(request, "sharing/locked.html", {"form": form, "token": token}, problem)
    if reading.is_looked_at(request.method, request.headers) and request.user != share.owner:
        request.after_answer.append(lambda: reading.count_view(share.pk))  # type: ignore[attr-defined]
    is_open = not share.passphrase and not reading.is_for_members(share)
    context = {
        "share": share,
        "snapshot": share.snapshot,
        "shown": reading.messages_of(share.snapshot),
        "token": token,
        "is_open": is_open,
    }
    response = render(request, "sharing/snapshot.html", context)
    response.headers["Cache-Control"] = _ASK_ANEW if is_open else _PRIVATE
    return response


@light("GET", "POST", referrer="same-origin")
def report(request: HttpRequest, token: str) -> HttpResponse:
    """GET the form; POST category and note. It shows nothing of what may have a passphrase."""
    share = reading.open_share(token)
    form = ShareReportForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _form(request, "sharing/report.html", {"form": form, "token": token})
    if origin_error(request):
        return csrf_failure(request)
    reporter = request.user if isinstance(request.user, User) else None
    try:
        reports.report(share, reporter, _network(request), **form.cleaned_data)
    except TooManyShareReports as problem:
        form.add_error(None, problem.user_text())
        return _form(request, "sharing/report.html", {"form": form, "token": token}, problem)
    return render(request, "sharing/reported.html", {"token": token})


@member_view("GET", "POST")
def continue_own(request: MemberRequest, token: str) -> HttpResponse:
    """GET the question, with one for the passphrase of a link that has one; POST: the way to the copy."""
    share = reading.open_share(token)
    form = PassphraseForm(request.POST if request.method == "POST" else None)
    if not share.passphrase:
        del form.fields["passphrase"]
    problem = _check(request, share, form)
    if problem or not form.is_valid():
        return _form(
            request, "sharing/continue.html", {"form": form, "token": token, "share": share}, problem
        )
    made = reading.continue_own(request.user, share)
    return HttpResponseRedirect(made.get_absolute_url(), status=303)


def _check(request: HttpRequest, share: Share, form: PassphraseForm) -> RequestError | None:
    """Return what is wrong with the passphrase that a form has; None if that is right, or not asked for."""
    if not share.passphrase or not form.is_valid():
        return None
    try:
        passphrases.check(share, form.cleaned_data["passphrase"], _network(request))
    except RequestError as problem:
        form.add_error("passphrase", problem.user_text())
        return problem
    return None


def _form(
    request: HttpRequest, template: str, context: dict[str, object], problem: RequestError | None = None
) -> HttpResponse:
    response = render(request, template, context, status=problem.status if problem else 200)
    if problem and problem.retry_after is not None:
        response.headers["Retry-After"] = str(ceil(problem.retry_after))
    return response


def _refused(request: HttpRequest, problem: RequestError) -> HttpResponse:
    response = render(request, "sharing/gone.html", {"text": problem.user_text()}, status=problem.status)
    if isinstance(problem, WrongMethod):
        response.headers["Allow"] = ", ".join(problem.allowed)
    return response


def _network(request: HttpRequest) -> str:
    return limits.network_of(request.META.get("REMOTE_ADDR", ""))

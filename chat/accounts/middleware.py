"""How often the forms of accounts may be sent."""

import logging
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from chat.accounts import logins
from chat.core import limits
from chat.core.limits import HOUR, MINUTE, Allowance
from chat.web.errors import TooManyAttempts
from chat.web.middleware import Handler

logger = logging.getLogger(__name__)

RESET = "account_reset_password"
FORMS_A_MINUTE = {
    RESET: 20,
    "account_reset_password_from_key": 20,
    "account_change_password": 5,
    "account_set_password": 5,
    "account_email": 10,
    "account_reauthenticate": 10,
}
# Mails to one person, so that nobody's mailbox is flooded: asked for by strangers, by one browser that has
# logged in to the account before, and by all such browsers together
RESETS_AN_HOUR = 10
RESETS_OF_DEVICE = 5
RESETS_OF_DEVICES = 10


class AccountFormsMiddleware:
    """Bounds how often the forms of accounts are sent; log-in and sign-up know better (adapter.py).

    allauth would do it by Django's cache, which takes a database that is locked for an attempt too many.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponseBase | None:
        """Return the answer to one form too many, None as a rule."""
        name = request.resolver_match.url_name if request.resolver_match else None
        if request.method != "POST" or name not in FORMS_A_MINUTE:
            return None
        refusal = limits.take(*form_allowances(request, name))
        if refusal is None:
            return None
        problem = TooManyAttempts(retry_after=refusal.wait)
        logger.warning("refused %s: %s: %s", refusal.allowance.of, name, problem.code)
        request.refusal = problem  # type: ignore[attr-defined]
        return render(request, "429.html", {"text": problem.user_text()})


def form_allowances(request: HttpRequest, name: str) -> list[Allowance]:
    """Return what a form is counted by: who is logged in, else the address; and whom it has written to."""
    whom = str(request.POST.get("email", "")).strip().lower() if name == RESET else ""
    # A known browser has its own: strangers, and others at its address, must not use up what its owner has
    if whom and (nonce := logins.browser_nonce(request, whom)):
        return [
            Allowance(f"{name} mails, by a device", f"{whom} {nonce}", RESETS_OF_DEVICE, HOUR),
            Allowance(f"{name} mails, by devices", whom, RESETS_OF_DEVICES, HOUR),
        ]
    address = limits.network_of(request.META.get("REMOTE_ADDR", ""))
    who = f"person {request.user.pk}" if request.user.is_authenticated else f"address {address}"
    allowances = [Allowance(name, who, FORMS_A_MINUTE[name], MINUTE)]
    if name == RESET:
        allowances.append(Allowance(f"{name} mails", whom, RESETS_AN_HOUR, HOUR))
    return allowances

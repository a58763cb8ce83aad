"""Accounts, where allauth asks us.

Who may sign up, who may try to log in, how mails go out, and which open pages hear that a session has ended.
"""

import logging
from contextvars import copy_context
from typing import Any
from urllib.parse import urlsplit

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context as allauth_context
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from chat.accounts import logins, mailing
from chat.accounts.errors import TooManyLogIns, TooManySignUps
from chat.branding.current import branding
from chat.core import limits
from chat.core.errors import ChatError
from chat.core.limits import HOUR, Allowance
from chat.models import Preferences, User
from chat.realtime import layer
from chat.web import languages

logger = logging.getLogger(__name__)

# Forms that an address may send for each account that it may make
TRIES_A_SIGN_UP = 5
# Mails in an hour that tell one person of sign-ups with their address
ALREADY_EXISTS_MAILS = 3
# Seconds
_A_DAY = 24 * 3600


class AccountAdapter(DefaultAccountAdapter):
    """allauth's door to this site. Suspended people may log in: they can read (moderation.account_status)."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return what SIGNUP says."""
        return bool(settings.SIGNUP == "open")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write a mail, and hand it to the post, after the request is answered (chat/web/middleware.py).

        Every mail names the site, its subject too, which allauth renders without the request; and for how
        many days a link in it works. Links lead to SITE_URL, whatever the request calls it.
        """
        site = {
            "site_name": branding().name,
            "site_url": settings.SITE_URL,
            "reset_days": settings.PASSWORD_RESET_TIMEOUT // _A_DAY,
            "confirmation_days": app_settings.EMAIL_CONFIRMATION_EXPIRE_DAYS,
        }
        links = {name: at_site(link) for name, link in context.items() if name.endswith("_url")}
        here = copy_context()  # allauth's request, the language, the time zone

        def write() -> None:
            here.run(self._write_mail, template_prefix, email, site | context | links)

        waiting = getattr(allauth_context.request, "after_answer", None)
        if waiting is None:  # nobody's request
            write()
        else:
            waiting.append(write)

    def _write_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        known = {"request": allauth_context.request, "email": email}
        with translation.override(language_of(email, context.get("user")) or translation.get_language()):
            mailing.mail_queue.enqueue(self.render_mail(template_prefix, email, known | context))

    def send_account_already_exists_mail(self, email: str) -> None:
        """Tell the owner that somebody signs up with their address, but not as often as a stranger likes."""
        if limits.take(Allowance("already-exists mails", email.lower(), ALREADY_EXISTS_MAILS, HOUR)) is None:
            super().send_account_already_exists_mail(email)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Do nothing where allauth counts; see `authenticate`."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Return the person, if the password is theirs. Raises ValidationError after too many tries."""
        login = str(credentials.get("email", ""))
        with logins.Attempt(request, login) as attempt:
            if wait := attempt.begin():
                raise refused(request, TooManyLogIns(retry_after=wait))
            user: User | None = super().authenticate(request, **credentials)
            if user is not None:
                attempt.succeed()
                request.logged_in_as = login  # type: ignore[attr-defined]
        return user

    def post_login(self, request: HttpRequest, user: User, **details: Any) -> HttpResponse:
        """Note that this browser is one of theirs from now on, and the language that was chosen in it."""
        response: HttpResponse = super().post_login(request, user, **details)
        languages.logged_in(request, response, user)
        logins.remember(request, response, getattr(request, "logged_in_as", user.email))
        return response

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        """Forget what strangers have tried, after a new password."""
        limits.forget(logins.strangers_allowance(str(credentials.get("email", ""))))

    def logout(self, request: HttpRequest) -> None:
        """End the request's session, and close its sockets in every tab.

        When the database takes nothing, this browser forgets the session at least. Raises its error.
        """
        user_id, session_key = request.user.pk, request.session.session_key
        try:
            super().logout(request)
        except DatabaseError:
            request.session = type(request.session)()  # an empty one has its cookie deleted
            raise
        finally:
            if user_id is not None and session_key is not None:
                layer.announce_session_end(user_id, session_key)

    def set_password(self, user: User, password: str) -> None:
        """Save a new password. Django ends every session made with the old one; so do we their sockets."""
        super().set_password(user, password)
        end_sessions(user)


def language_of(email: str, user: User | None) -> str:
    """Return what the reader of a mail has chosen; "" if nothing, or if it cannot be read."""
    whose = {"person": user} if user else {"person__email": email.lower()}
    try:
        return Preferences.objects.filter(**whose).values_list("language", flat=True).first() or ""
    except DatabaseError:  # a mail in the wrong language is better than none
        logger.exception("the language of a mail could not be read")
        return ""


def at_site(link: str) -> str:
    """Return the same page at SITE_URL: allauth takes the request's Host, whose port anybody may choose."""
    return settings.SITE_URL + urlsplit(link)._replace(scheme="", netloc="").geturl()


def check_sign_up(request: HttpRequest, *, is_valid: bool) -> None:
    """Count a form of the request's address, and if it is valid a new account.

    Raises ValidationError when there are too many. Mistakes have an allowance of their own, so that a class
    may make some, and nobody asks one address after another whether it has an account.
    """
    address = limits.network_of(request.META.get("REMOTE_ADDR", ""))
    most = settings.SIGNUPS_PER_ADDRESS
    allowances = [Allowance("sign-up tries", address, TRIES_A_SIGN_UP * most, HOUR)]
    if is_valid:
        allowances.append(Allowance("sign-ups", address, most, HOUR))
    refusal = limits.take(*allowances)
    if refusal is not None:
        raise refused(request, TooManySignUps(retry_after=refusal.wait))


def refused(request: HttpRequest, problem: ChatError) -> ValidationError:
    """Return what a form says about a limit; its page gets the error's status (chat/web/middleware.py)."""
    logger.warning("refused %s: %s", limits.network_of(request.META.get("REMOTE_ADDR", "")), problem.code)
    request.refusal = problem  # type: ignore[attr-defined]
    return ValidationError(problem.user_text(), problem.code)


def may_be_primary(address: EmailAddress) -> bool:
    """Return whether people may make this their primary address: not while only others are confirmed."""
    if address.primary:
        return False
    return address.verified or not EmailAddress.objects.filter(user=address.user_id, verified=True).exists()


def end_sessions(user: User) -> None:
    """Close all sockets of a person whose sessions are no longer valid: new password, deactivated."""
    layer.announce_session_end(user.pk, None)


@transaction.atomic
def set_address(user: User) -> None:
    """Make `user.email` the person's only address, and a confirmed one: an administrator vouches for it.

    allauth takes any address it knows for a log-in or a new password, so an old one must not stay.
    Raises IntegrityError if the address is someone else's confirmed one.
    """
    EmailAddress.objects.filter(user=user).exclude(email=user.email).delete()
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"primary": True, "verified": True}
    )

"""Accounts, where allauth asks us: who may sign up, and which open pages hear that a session has ended."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import DatabaseError, transaction
from django.http import HttpRequest

from chat import broadcast
from chat.models import User

# Seconds
_A_DAY = 24 * 3600


class AccountAdapter(DefaultAccountAdapter):
    """allauth's door to this site. Suspended people may log in: they can read (moderation.standing)."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """What SIGNUP says."""
        return bool(settings.SIGNUP == "open")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Every mail names the site, its subject too, which allauth renders without the request.

        And for how many days a link in it works. Links lead to SITE_URL, whatever the request calls it.
        """
        site = {
            "site_name": settings.SITE_NAME,
            "site_url": settings.SITE_URL,
            "reset_days": settings.PASSWORD_RESET_TIMEOUT // _A_DAY,
            "confirmation_days": app_settings.EMAIL_CONFIRMATION_EXPIRE_DAYS,
        }
        links = {name: at_site(link) for name, link in context.items() if name.endswith("_url")}
        super().send_mail(template_prefix, email, site | context | links)

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
                broadcast.session_ended(user_id, session_key)

    def set_password(self, user: User, password: str) -> None:
        """Save a new password. Django ends every session made with the old one; so do we their sockets."""
        super().set_password(user, password)
        end_sessions(user)


def at_site(link: str) -> str:
    """The same page at SITE_URL: allauth takes the request's Host, whose port anybody may choose."""
    return settings.SITE_URL + urlsplit(link)._replace(scheme="", netloc="").geturl()


def may_be_primary(address: EmailAddress) -> bool:
    """Whether allauth lets people make this their primary address: not while only others are confirmed."""
    if address.primary:
        return False
    return address.verified or not EmailAddress.objects.filter(user=address.user_id, verified=True).exists()


def end_sessions(user: User) -> None:
    """Close all sockets of a person whose sessions are no longer valid: new password, deactivated."""
    broadcast.session_ended(user.pk, None)


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

"""The one decorator of the chat's views: who may ask, how, and what they are told when an action refuses."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from chat.core.errors import NotFound, RequestError, StorageDown
from chat.models import Preferences, User
from chat.web import error_views, first_use
from chat.web.errors import WrongMethod

View = Callable[..., HttpResponseBase]


class MemberRequest(HttpRequest):
    """A request that a `member_view` gets: its user is somebody."""

    user: User
    preferences: Preferences


def member_view(*methods: str) -> Callable[[View], View]:
    """Let a view be asked with these methods (and HEAD where GET is), by people who are logged in.

    A visitor is sent to log in, or to sign up while nobody has an account. What the view refuses is answered
    with the error's own status, as JSON to a page's script and as a page to a person; an error of the site
    itself is raised on, so that Django logs it and asks handler500, which answers in the same way.
    """
    allowed = (*methods, "HEAD") if "GET" in methods else methods

    def decorate(view: View) -> View:
        ask = login_required(view)
        ask_first = login_required(view, login_url="account_signup")

        @wraps(view)
        def answered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            try:
                if request.method not in allowed:
                    raise WrongMethod(allowed)
                with storage_errors():
                    is_first = not request.user.is_authenticated and first_use.opens_on_sign_up()
                    return (ask_first if is_first else ask)(request, *args, **kwargs)
            except RequestError as problem:
                return error_views.answer(request, problem)

        answered.allowed_methods = allowed  # type: ignore[attr-defined]
        return answered

    return decorate


@contextmanager
def storage_errors() -> Iterator[None]:
    """Raise StorageDown for a database that is locked, full or away."""
    try:
        yield
    except (OperationalError, InterfaceError) as problem:
        raise StorageDown(repr(problem)) from problem


def row_id(text: str) -> int | None:
    """Return the id of a row that a field has, None for what is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def identifier(text: str) -> uuid.UUID:
    """Return the UUID of a query. Raises NotFound for what is none."""
    try:
        return uuid.UUID(text)
    except ValueError as problem:
        raise NotFound from problem

"""How a view answers when a verb refuses, and how it reads an id."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse

from chat.core.errors import ChatError, NotFound, RequestError, StorageDown
from chat.models import User
from chat.web.error_views import as_json, is_script

View = Callable[..., HttpResponse]


class MemberRequest(HttpRequest):
    """A request behind `login_required`: its user is somebody."""

    user: User


def answer_errors(view: View) -> View:
    """A page's script gets `{"code", "text"}` with the error's status; a person gets the site's error page.

    Raises Http404 or PermissionDenied for the latter two kinds.
    """

    @wraps(view)
    def answered(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            with storage_named():
                return view(request, *args, **kwargs)
        except ChatError as problem:
            if is_script(request):
                return as_json(problem)
            if isinstance(problem, NotFound):
                raise Http404(problem.user_text()) from problem
            if isinstance(problem, RequestError):
                raise PermissionDenied(problem.user_text()) from problem
            raise

    return answered


@contextmanager
def storage_named() -> Iterator[None]:
    """A database that is locked, full or away as an error of ours."""
    try:
        yield
    except (OperationalError, InterfaceError) as problem:
        raise StorageDown(repr(problem)) from problem


def identifier(text: str) -> uuid.UUID:
    """A UUID from a query. Raises NotFound for what is none."""
    try:
        return uuid.UUID(text)
    except ValueError as problem:
        raise NotFound from problem

"""The site's logo and the style sheet of its accent: for everybody, and kept by browsers for good."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from chat.branding import current

# Seconds; another logo, or sheet, has another address
_A_YEAR = 365 * 24 * 3600


@require_safe
def styles(request: HttpRequest, mark: str) -> HttpResponse:
    """GET the rules of the accent."""
    found = current.branding().styles
    if current.mark_of(found.encode()) != mark:
        current.load()  # changed by another process, a moment ago
        found = current.branding().styles
    if not found or current.mark_of(found.encode()) != mark:
        raise Http404
    return _kept(HttpResponse(found, "text/css; charset=utf-8"))


@require_safe
def logo(request: HttpRequest, mark: str) -> HttpResponse:
    """GET the logo. Whatever it may be taken for, it runs nothing and loads nothing."""
    found = current.logo(mark)
    if found is None:
        raise Http404
    response = HttpResponse(*found)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return _kept(response)


def _kept(response: HttpResponse) -> HttpResponse:
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = f"private, max-age={_A_YEAR}, immutable"
    return response

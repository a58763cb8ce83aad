"""The site as an app of a phone or a desktop: manifest, icons, service worker, and what is shared to it."""

import json
import re
from hashlib import sha256
from importlib import import_module

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from chat.branding import current
from chat.core.text import MAX_MESSAGE, clean
from chat.models.branding import SVG_TYPE

# As --page of tokens.css by day; the pages themselves say that of the night too
_PAGE = "#fcfcfa"
# Seconds; what changes an icon changes its address
_A_YEAR = 365 * 24 * 3600
_ASK_AGAIN = {"Cache-Control": "private, no-cache"}
# The parts of the service worker
_WORKERS = ("chat/js/worker/offline.js", "chat/js/worker/push.js")
# What the offline page is made of: the site's own files, none of a person's
_FILES = re.compile(r'(?:href|src)="(/(?:static|branding)/[^"#]+)')


@require_safe
@vary_on_headers("Accept-Language", "Cookie")
def manifest(request: HttpRequest) -> HttpResponse:
    """Return what browsers need to install the site (https://www.w3.org/TR/appmanifest/)."""
    looks = current.branding()
    icons = [
        {"src": looks.url_of_icon(name), "sizes": f"{side}x{side}", "type": "image/png", "purpose": purpose}
        for name, side, purpose in (("192", 192, "any"), ("512", 512, "any"), ("maskable", 512, "maskable"))
    ]
    if looks.logo_type == SVG_TYPE:  # Pillow draws none
        icons.insert(0, {"src": looks.logo_url, "sizes": "any", "type": SVG_TYPE})
    start = reverse("chat")
    about = {
        "id": start,
        "name": str(looks.name),
        "short_name": str(looks.name),
        "lang": get_language(),
        "dir": "rtl" if get_language_bidi() else "ltr",
        "start_url": start,
        "scope": start,
        "display": "standalone",
        "background_color": _PAGE,
        "theme_color": _PAGE,
        "icons": icons,
        "shortcuts": [{"name": _("New chat"), "url": start}],
        "share_target": {
            "action": reverse("share"),
            "method": "GET",
            "enctype": "application/x-www-form-urlencoded",
            "params": {"title": "title", "text": "text", "url": "url"},
        },
    }
    return JsonResponse(
        about, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False}
    )


@require_safe
def icon(request: HttpRequest, mark: str, name: str) -> HttpResponse:
    """Return an icon as PNG: the logo, or the site's own sign in its accent."""
    icons = import_module("chat.pictures.icons")  # Pillow, which few requests need
    if name not in icons.SIDES:
        raise Http404
    looks = current.branding()
    logo = current.logo(looks.logo_mark) if looks.logo_mark and looks.logo_type != SVG_TYPE else None
    response = HttpResponse(icons.icon(name, looks.accent, logo[0] if logo else b""), "image/png")
    age = _A_YEAR if mark == looks.icon_mark else 60  # another process may not know yet of what was changed
    response.headers["Cache-Control"] = f"private, max-age={age}"
    return response


@require_safe
@vary_on_headers("Accept-Language", "Cookie")
def worker(request: HttpRequest) -> HttpResponse:
    """Return the service worker. Another offline page, or another file of it, makes it another text."""
    page = _offline_page()
    files = sorted({*_FILES.findall(page)})
    names = {
        "VERSION": sha256(page.encode()).hexdigest()[:12],
        "STATIC": settings.STATIC_URL,
        "OFFLINE_PAGE": reverse("offline"),
        "OFFLINE_FILES": files,
        "SUBSCRIBE": reverse("push_subscribe"),
    }
    lines = [f"const {name} = {json.dumps(value)};" for name, value in names.items()]
    parts = ", ".join(json.dumps(staticfiles_storage.url(name)) for name in _WORKERS)
    text = "\n".join([*lines, f"importScripts({parts});", ""])
    return HttpResponse(text, "text/javascript; charset=utf-8", headers=_ASK_AGAIN)


@require_safe
@vary_on_headers("Accept-Language", "Cookie")
def offline(request: HttpRequest) -> HttpResponse:
    """Return the page that the service worker keeps, for when the site cannot be reached."""
    return HttpResponse(_offline_page(), headers=_ASK_AGAIN)


def shared_text(request: HttpRequest, *names: str) -> str:
    """Return these parts of an address as a text for the message box, cut to what a message may have."""
    parts = (clean(request.GET.get(name, "")).strip() for name in names)
    return "\n\n".join(dict.fromkeys(filter(None, parts)))[:MAX_MESSAGE]


def _offline_page() -> str:
    """Return the page for nobody: no request, so no person, no cookie and no token is in it."""
    looks = current.branding()
    return render_to_string("pages/offline.html", {"site_name": looks.name, "branding": looks})

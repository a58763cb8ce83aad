"""Static files outside Django's middleware: found by their address alone, no session, no database."""

from pathlib import Path
from wsgiref.headers import Headers

from asgiref.typing import ASGI3Application
from servestatic import ServeStaticASGI


class StaticFiles(ServeStaticASGI):
    """Files with a hash in their name may be kept for a year; others are asked for again after a minute."""

    FOREVER = 365 * 24 * 3600


def with_static_files(app: ASGI3Application, root: Path, prefix: str) -> StaticFiles:
    """Return `app` behind the collected files; before the first collectstatic there are none."""
    files = StaticFiles(app, allow_all_origins=False, add_headers_function=harden)
    if root.is_dir():
        files.add_files(root, prefix)
    return files


def harden(headers: Headers, path: str, url: str) -> None:
    """Add the headers that Django's middleware would have set."""
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"

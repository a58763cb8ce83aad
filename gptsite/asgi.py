"""The application, from the outside in: edge, health, static files, then Django or the socket."""

import os
from typing import Any

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.sessions import CookieMiddleware
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.urls import re_path

from gptsite.edge import Edge, SamePage, refuse_socket
from gptsite.static import with_static_files

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gptsite.settings")
pages: Any = get_asgi_application()  # loads the apps, so what imports models comes after it

from chat.operations.health import with_health  # noqa: E402
from chat.routing import websocket_urlpatterns  # noqa: E402
from chat.web.turns import PagesPerPerson, SocketsPerAddress  # noqa: E402

elsewhere: Any = refuse_socket
sockets = URLRouter([*websocket_urlpatterns, re_path("", elsewhere)])
application = Edge(
    ProtocolTypeRouter(
        {
            "http": with_health(
                with_static_files(PagesPerPerson(pages), settings.STATIC_ROOT, settings.STATIC_URL)
            ),
            # Who it is, the consumer asks by the session's cookie, again and again (chat/web/sessions.py)
            "websocket": SamePage(
                SocketsPerAddress(CookieMiddleware(sockets)), settings.SITE_ORIGINS, settings.ALLOWED_HOSTS
            ),
        }
    ),
    secure=settings.SITE_IS_SECURE,
    trusted=settings.TRUSTED_PROXIES,
    port=settings.SITE_PORT if settings.SITE_URL_GIVEN else "",
)

"""A picture of an answer, fetched by the site."""

import uuid

from django.http import HttpResponse

from chat.models.personas import PICTURE_TYPE
from chat.pictures import actions
from chat.web.decorators import MemberRequest, member_view

A_DAY = 24 * 3600
"""Seconds that a browser keeps one, for its own person."""


@member_view("GET")
def remote_picture(request: MemberRequest, message_uuid: uuid.UUID, number: int) -> HttpResponse:
    """GET the picture of this number, from 0, of one's own message. Nothing in it runs or loads anything."""
    response = HttpResponse(actions.remote_picture(request.user, message_uuid, number), PICTURE_TYPE)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = f"private, max-age={A_DAY}"
    return response

"""Pictures of answers, fetched by way of the site where the operator allows it.

Which address is asked comes from the stored answer, by the picture's number in it, never from the request: so
a person reaches the pictures of their own answers and nothing else, and needs no signed address.
"""

import re
import uuid
from html import unescape
from importlib import import_module
from threading import BoundedSemaphore

from asgiref.sync import async_to_sync
from django.conf import settings

from chat.conversations.actions import message_of
from chat.conversations.presenter import body_html
from chat.core.errors import NotFound
from chat.core.limits import HOUR, Allowance, take
from chat.models import Role, Status, User
from chat.pictures.errors import PictureNotFetched, PicturesBusy, TooManyRemotePictures
from chat.provider.pictures import NotFetched, fetch

AN_HOUR = 120
"""Pictures that one person may have fetched in an hour."""

AT_ONCE = 4
"""Of all people: each takes one of the threads that make pages, for 10 s at most."""

PATIENCE = 10.0

_LINK = re.compile(r'<a class="image" href="([^"]*)"')
_turn = BoundedSemaphore(AT_ONCE)


def remote_picture(user: User, message_uuid: uuid.UUID, number: int) -> bytes:
    """Return a picture of a finished answer of the person's, made anew as a WebP.

    Raises NotFound, also where pictures are not allowed; TooManyRemotePictures, PictureNotFetched,
    PicturesBusy, and what `making.shrunk` raises.
    """
    address = _address(user, message_uuid, number)
    if spent := take(Allowance("remote pictures", str(user.pk), AN_HOUR, HOUR)):
        raise TooManyRemotePictures(retry_after=spent.wait)
    data = _fetched(address)
    # Pillow is 1 MB that a server without pictures does not need
    made: bytes = import_module("chat.pictures.making").shrunk(data)
    return made


def _address(user: User, message_uuid: uuid.UUID, number: int) -> str:
    message = message_of(user, message_uuid)
    is_finished = message.role == Role.ASSISTANT and message.status != Status.RUNNING
    if settings.REMOTE_PICTURES == "off" or not is_finished or message.is_hidden:
        raise NotFound
    addresses = _LINK.findall(body_html(message))
    if number >= len(addresses):
        raise NotFound
    return unescape(addresses[number])


def _fetched(address: str) -> bytes:
    if not _turn.acquire(timeout=PATIENCE):
        raise PicturesBusy
    try:
        return async_to_sync(fetch)(address, "private" if settings.REMOTE_PICTURES == "private" else "public")
    except NotFetched as problem:
        raise PictureNotFetched(str(problem)) from problem
    finally:
        _turn.release()

"""Frames that are no commands."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from chat.core.errors import RequestError


class BadFrame(RequestError):
    """A socket frame that is not a command: no JSON, wrong shape, binary."""

    code = "bad_frame"
    sentence = _("The page sent something the server doesn’t understand. Reload the page and try again.")


class UnknownCommand(RequestError):
    code = "unknown_command"
    sentence = _("This page is out of date. Reload it and try again.")


class FrameTooLarge(RequestError):
    code = "frame_too_large"
    status = 413
    sentence = _("This is too much to send at once. Shorten it and try again.")


class BadAudio(RequestError):
    """A binary frame that holds no samples."""

    code = "bad_audio"
    sentence = _("The page sent audio the server can’t use. Reload the page and record again.")

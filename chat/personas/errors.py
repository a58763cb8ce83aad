"""What can go wrong with personas and their pictures: more of the tree of chat/core/errors.py."""

from django.utils.translation import gettext_lazy as _

from chat.core.errors import RequestError


class NotAPicture(RequestError):
    """An upload that is no PNG, JPEG, WebP or GIF, whatever it calls itself, or is broken."""

    code = "not_a_picture"
    sentence = _("This is not a picture that can be used. Please choose a PNG, JPEG, WebP or GIF.")


class PictureTooLarge(RequestError):
    """Of an upload: its bytes, or the pixels that it says to have."""

    code = "picture_too_large"
    status = 413
    sentence = _(
        "This picture is too large: at most 2 MB and 16 million pixels. Please choose a smaller one."
    )


class PicturesBusy(RequestError):
    """Others are being made, and the waiting took too long."""

    code = "pictures_busy"
    status = 503
    sentence = _("Many pictures are being made at the moment. Please try again in a minute.")


class TooManyPersonas(RequestError):
    code = "too_many_personas"
    status = 409
    sentence = _("You have as many personas as one person may have: 100. Please delete one first.")


class PersonaChanged(RequestError):
    """What an administrator looked at is no longer what would be shown to everybody."""

    code = "persona_changed"
    status = 409
    sentence = _("This persona was changed or decided on meanwhile. Please look at it again.")

"""What pictures are refused for, and the limits that the sentences name."""

from django.utils.translation import gettext_lazy as _

from chat.core.errors import RequestError
from chat.core.text import with_limits

MEGABYTE, MEGAPIXEL = 1024 * 1024, 1_000_000
LARGEST_PICTURE = 2 * MEGABYTE
# Of the decoded picture, which takes four bytes for each: a phone's camera makes 12 million
MOST_PIXELS = 16 * MEGAPIXEL


class NotAPicture(RequestError):
    """An upload that is no PNG, JPEG, WebP or GIF, whatever it calls itself, or is broken."""

    code = "not_a_picture"
    sentence = _("This picture can’t be used. Choose a PNG, JPEG, WebP or GIF.")


class PictureTooLarge(RequestError):
    """Of an upload: its bytes, or the pixels that it says to have."""

    code = "picture_too_large"
    status = 413
    sentence = with_limits(
        _("This picture is too large. Use one of up to %(megabytes)s MB and %(megapixels)s megapixels."),
        megabytes=LARGEST_PICTURE // MEGABYTE,
        megapixels=MOST_PIXELS // MEGAPIXEL,
    )


class PicturesBusy(RequestError):
    """Others are being made, and the waiting took too long."""

    code = "pictures_busy"
    status = 503
    sentence = _("Too many pictures are being processed. Try again in a minute.")


class PictureNotFetched(RequestError):
    """What an answer shows from elsewhere: the other site has none, is away, or is not to be asked."""

    code = "picture_not_fetched"
    status = 502
    sentence = _("This picture couldn’t be loaded. You can open it at its site instead.")


class TooManyRemotePictures(RequestError):
    code = "too_many_remote_pictures"
    status = 429
    sentence = _("You’ve loaded many pictures. Try again later.")
    sentence_with_wait = _("You’ve loaded many pictures. Try again in %(wait)s.")

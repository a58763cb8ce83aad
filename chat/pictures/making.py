"""Pictures from people and from elsewhere: judged by their content, and made anew.

The one door to Pillow. Nothing of a file is kept but its pixels: no metadata, and no bytes of its own
that a browser could take for something else.
"""

from collections.abc import Callable
from functools import partial
from io import BytesIO
from threading import BoundedSemaphore

from PIL import Image, ImageOps

from chat.pictures.errors import LARGEST_PICTURE, MOST_PIXELS, NotAPicture, PicturesBusy, PictureTooLarge
from chat.provider.pictures import LARGEST

SIDE = 256
LONGEST_SIDE = 1600
"""Pixels of one from elsewhere, as it is shown."""

# No other parser of Pillow's is ever tried: it has dozens, some of which run programs
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
_REDUCIBLE = ("L", "LA", "RGB", "RGBA")
# A file of 700 bytes can hold that many: they are decoded one after the other, so that 30 uploads at once
# take the memory of one, which waits so many seconds for its turn
_turn = BoundedSemaphore(1)
PATIENCE = 10.0


def square(data: bytes) -> bytes:
    """Return the middle of a picture as a WebP of SIDE x SIDE pixels; of one that moves, its first frame.

    Raises PictureTooLarge for more than LARGEST_PICTURE or too many pixels, before anything is decoded,
    NotAPicture for what is no PNG, JPEG, WebP or GIF, or a broken one, and PicturesBusy.
    """
    return _judged(data, LARGEST_PICTURE, _square)


def small(data: bytes) -> bytes:
    """Return a whole picture as a WebP of at most SIDE pixels a side. Raises what `square` raises."""
    return _judged(data, LARGEST_PICTURE, partial(_whole, side=SIDE))


def shrunk(data: bytes) -> bytes:
    """Return a whole picture as a WebP of at most LONGEST_SIDE pixels; of one that moves, its first frame.

    Raises what `square` raises, with the most that is fetched as the limit.
    """
    return _judged(data, LARGEST, _whole)


def _judged(data: bytes, largest: int, make: Callable[[Image.Image], bytes]) -> bytes:
    if len(data) > largest:
        raise PictureTooLarge(f"{len(data)} bytes")
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise PictureTooLarge(f"{picture.width} x {picture.height} pixels")
            return _in_turn(picture, make)
    except (PictureTooLarge, PicturesBusy):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as problem:  # of many times more
        raise PictureTooLarge(str(problem)) from problem
    except Exception as problem:  # of a broken file Pillow's parsers raise whatever they come upon
        raise NotAPicture(repr(problem)) from problem


def _in_turn(picture: Image.Image, make: Callable[[Image.Image], bytes]) -> bytes:
    if not _turn.acquire(timeout=PATIENCE):
        raise PicturesBusy
    try:
        return make(picture)
    finally:
        _turn.release()


def _square(picture: Image.Image) -> bytes:
    upright = _reduced(picture, 2 * SIDE, min)
    return _made_anew(ImageOps.fit(upright, (SIDE, SIDE), Image.Resampling.LANCZOS))


def _whole(picture: Image.Image, side: int = LONGEST_SIDE) -> bytes:
    upright = _reduced(picture, side, max)
    upright.thumbnail((side, side), Image.Resampling.LANCZOS)
    return _made_anew(upright)


def _reduced(picture: Image.Image, side: int, which: Callable[[tuple[int, int]], int]) -> Image.Image:
    """Return it upright, and smaller by a whole number, its shorter or longer side still `side` or more."""
    picture.draft("RGB", (side, side))  # a JPEG can be decoded at a fraction of its size
    plain: Image.Image = picture if picture.mode in _REDUCIBLE else picture.convert("RGBA")
    small = plain.reduce(max(1, which(plain.size) // side))  # before there are more copies of it
    return ImageOps.exif_transpose(small).convert("RGBA")


def _made_anew(fitted: Image.Image) -> bytes:
    # A picture carries along what its file said of it, colour profile and all; a new one does not
    fresh = Image.new("RGBA", fitted.size)
    fresh.paste(fitted)
    target = BytesIO()
    fresh.save(target, "WEBP", quality=85)
    return target.getvalue()

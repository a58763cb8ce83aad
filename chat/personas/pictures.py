"""Pictures that people upload: judged by their content, and made anew as small squares.

The one door to Pillow. Nothing of a file is kept but its pixels: no metadata, and no bytes of its own
that a browser could take for something else.
"""

from io import BytesIO
from threading import BoundedSemaphore

from PIL import Image, ImageOps

from chat.personas.errors import LARGEST_PICTURE, MOST_PIXELS, NotAPicture, PicturesBusy, PictureTooLarge

SIDE = 256

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
    if len(data) > LARGEST_PICTURE:
        raise PictureTooLarge(f"{len(data)} bytes")
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise PictureTooLarge(f"{picture.width} x {picture.height} pixels")
            return _in_turn(picture)
    except (PictureTooLarge, PicturesBusy):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as problem:  # of many times more
        raise PictureTooLarge(str(problem)) from problem
    except Exception as problem:  # of a broken file Pillow's parsers raise whatever they come upon
        raise NotAPicture(repr(problem)) from problem


def _in_turn(picture: Image.Image) -> bytes:
    if not _turn.acquire(timeout=PATIENCE):
        raise PicturesBusy
    try:
        return _made_anew(picture)
    finally:
        _turn.release()


def _made_anew(picture: Image.Image) -> bytes:
    picture.draft("RGB", (2 * SIDE, 2 * SIDE))  # a JPEG can be decoded at a fraction of its size
    plain: Image.Image = picture if picture.mode in _REDUCIBLE else picture.convert("RGBA")
    small = plain.reduce(max(1, min(plain.size) // (2 * SIDE)))  # before there are more copies of it
    upright = ImageOps.exif_transpose(small).convert("RGBA")
    fitted = ImageOps.fit(upright, (SIDE, SIDE), Image.Resampling.LANCZOS)
    # A picture carries along what its file said of it, colour profile and all; a new one does not
    fresh = Image.new("RGBA", fitted.size)
    fresh.paste(fitted)
    target = BytesIO()
    fresh.save(target, "WEBP", quality=85)
    return target.getvalue()

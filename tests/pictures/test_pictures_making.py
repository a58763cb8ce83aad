"""Uploaded pictures: judged by their content, and made anew."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image, PngImagePlugin

from chat.pictures import making
from chat.pictures.errors import LARGEST_PICTURE, NotAPicture, PicturesBusy, PictureTooLarge
from tests.support.picture_host import made

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def png_that_says(width: int, height: int) -> bytes:
    """A PNG with this size in its head, and hardly anything in it."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 100))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_each_kind_becomes_a_small_square(kind):
    with Image.open(BytesIO(making.square(made(kind)))) as picture:
        assert (picture.format, picture.size) == ("WEBP", (256, 256))


def test_its_middle_is_kept():
    wide = Image.new("RGB", (900, 300), "red")
    wide.paste("blue", (300, 0, 600, 300))
    target = BytesIO()
    wide.save(target, "PNG")
    with Image.open(BytesIO(making.square(target.getvalue()))) as picture:
        red, _green, blue = picture.convert("RGB").getpixel((3, 128))
    assert blue > 200
    assert red < 50


def test_nothing_is_kept_of_what_the_file_said_of_it():
    exif = Image.Exif()
    exif[0x010E] = "canary: taken at home"
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", "canary")
    for data in (
        made("JPEG", exif=exif.tobytes(), icc_profile=b"canary"),
        made("PNG", pnginfo=words),
        made("WEBP", exif=exif.tobytes(), xmp=b"canary"),
    ):
        assert b"canary" in data
        kept = making.square(data)
        assert b"canary" not in kept
        assert not any(part in kept for part in (b"EXIF", b"ICCP", b"XMP "))


def test_of_what_moves_only_the_first_frame_is_kept():
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "blue")]
    target = BytesIO()
    frames[0].save(target, "GIF", save_all=True, append_images=frames[1:])
    with Image.open(BytesIO(making.square(target.getvalue()))) as picture:
        assert getattr(picture, "n_frames", 1) == 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        SVG,
        b"<!doctype html><script>alert(1)</script>",
        b"GIF89a<script>alert(1)</script>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n",
        b"P6 1 1 255 abc",
        made("BMP"),
        made("PNG")[:60],
        made("JPEG")[:300],
        bytes(1000),
    ],
    ids=["empty", "svg", "html", "gif of html", "postscript", "ppm", "bmp", "cut png", "cut jpeg", "zeros"],
)
def test_everything_else_is_refused(data):
    with pytest.raises(NotAPicture):
        making.square(data)


@pytest.mark.parametrize(
    "size", [(50_000, 50_000), (2**31 - 1, 2**31 - 1), (10_000, 10_000), (16_000_001, 1)]
)
def test_a_small_file_that_says_to_be_huge_is_refused_before_it_is_decoded(size):
    with pytest.raises(PictureTooLarge):
        making.square(png_that_says(*size))


def test_a_file_of_more_than_two_megabytes_is_refused():
    with pytest.raises(PictureTooLarge):
        making.square(made("PNG") + bytes(LARGEST_PICTURE))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_pixels_of_every_kind_become_a_picture(mode):
    target = BytesIO()
    Image.new(mode, (1500, 1200)).save(target, "JPEG" if mode == "CMYK" else "PNG")
    with Image.open(BytesIO(making.square(target.getvalue()))) as picture:
        assert picture.size == (256, 256)


def test_they_are_decoded_one_at_a_time_and_who_waits_too_long_is_told_to_try_again(monkeypatch):
    monkeypatch.setattr(making, "PATIENCE", 0.01)
    with making._turn, pytest.raises(PicturesBusy):
        making.square(made("PNG"))
    with pytest.raises(NotAPicture):
        making.square(made("PNG")[:60])
    assert making.square(made("PNG"))

"""The site as an app: what is open to everybody, and what is not."""

import json
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from PIL import Image

from chat.branding import current
from chat.core.text import MAX_MESSAGE
from chat.models import Conversation, SiteBranding
from tests.conftest import browser_of

pytestmark = pytest.mark.django_db


def test_the_service_worker_is_the_same_for_everybody_and_changes_with_the_offline_page(alice):
    worker = Client().get("/sw.js")
    assert worker["Content-Type"].startswith("text/javascript")
    assert "no-cache" in worker["Cache-Control"]
    assert "default-src 'none'" in worker["Content-Security-Policy"]
    assert browser_of(alice).get("/sw.js").content == worker.content
    assert Client().get("/sw.js", headers={"Accept-Language": "zh-hans"}).content != worker.content
    SiteBranding.objects.create(pk=1, name="Another name")
    current.forget()
    assert b"Another name" in Client().get("/offline/").content


def test_the_offline_page_knows_nobody(alice):
    page = browser_of(alice).get("/offline/")
    assert page.content == Client().get("/offline/").content
    assert b"csrf" not in page.content
    assert not page.cookies


def test_the_icons_are_the_logo_where_there_is_one(alice):
    def icon_of(purpose):
        about = json.loads(Client().get("/manifest.webmanifest").content)
        return next(icon["src"] for icon in about["icons"] if icon["purpose"] == purpose)

    def pixel_of(address, place):
        picture = Image.open(BytesIO(Client().get(address).content)).convert("RGBA")
        return picture.getpixel((int(picture.width * place), picture.height // 2))

    own = icon_of("maskable")
    assert pixel_of(own, 0.02) == (0x11, 0x69, 0x5A, 255)
    logo = BytesIO()
    Image.new("RGB", (64, 64), "#ff0000").save(logo, "WEBP", lossless=True)
    SiteBranding.objects.create(pk=1, logo=logo.getvalue(), logo_type="image/webp", logo_mark="abc")
    current.forget()
    assert icon_of("maskable") != own
    assert pixel_of(icon_of("maskable"), 0.02) == (255, 255, 255, 255)
    red = pixel_of(icon_of("any"), 0.5)
    assert red[0] > 240 and max(red[1:3]) < 15
    assert Client().get(icon_of("any").replace("192", "large")).status_code == 404


def test_what_is_shared_is_kept_through_the_log_in_and_cut_to_a_message(alice):
    shared = {"title": "One", "text": "One", "url": "https://example.org/?a=1&b=2"}
    visitor = Client().get("/share/", shared)
    kept = parse_qs(urlsplit(visitor.url).query)["next"][0]
    page = browser_of(alice).get(kept).content.decode()
    assert "One\n\nhttps://example.org/?a=1&amp;b=2</textarea>" in page
    long = browser_of(alice).get("/share/", {"text": "x" * (MAX_MESSAGE + 9)}).content.decode()
    assert f"\n{'x' * MAX_MESSAGE}</textarea>" in long
    assert not Conversation.objects.exists()


def test_an_address_brings_a_text_beside_what_was_written_without_a_script(alice):
    browser = browser_of(alice)
    visitor = Client().get("/", {"q": "A & b"})
    assert parse_qs(urlsplit(visitor.url).query)["next"] == ["/?q=A+%26+b"]
    browser.post("/draft/", {"text": "Written before", "next": "/"})
    page = browser.get("/?q=A+%26+b&q=last\0").content.decode()
    assert "\nWritten before\n\nlast\N{REPLACEMENT CHARACTER}</textarea>" in page
    assert "Written before" not in browser.get("/?q=++").content.decode()
    long = browser.get("/", {"q": "x" * (MAX_MESSAGE + 9)}).content.decode()
    assert f"\n{'x' * MAX_MESSAGE}</textarea>" in long
    assert not Conversation.objects.exists()

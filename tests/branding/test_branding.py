"""The site's name, logo and accent: who may change them, what is refused, and where they are seen."""

import re
from io import BytesIO
from xml.etree import ElementTree

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from chat.branding import colours, current, svg
from chat.branding.errors import NotALogo
from chat.models import SiteBranding, User
from gptsite import branding as by_environment
from tests.conftest import PASSWORD, browser_of

pytestmark = pytest.mark.django_db

ADD, CHANGE = "/admin/chat/sitebranding/add/", "/admin/chat/sitebranding/1/change/"
SVG = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
HOSTILE = f"""<?xml version="1.0"?><!-- canary -->
<svg {SVG} viewBox="0 0 32 32" onload="canary()" style="background: url(https://canary.example/x)">
  <script>canary()</script><style>@import "https://canary.example/x";</style><title>canary</title>
  <foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" src="https://canary.example/"/></foreignObject>
  <image href="https://canary.example/x.png"/><use xlink:href="https://canary.example/x.svg#a"/>
  <a href="javascript:canary()"><rect width="9" height="9"/></a>
  <defs><linearGradient id="g" xlink:href="https://canary.example/#g"><stop offset="0" stop-color="red"/>
    <animate attributeName="href" values="javascript:canary()"/></linearGradient></defs>
  <g style="fill: url(#g); stroke: url(https://canary.example/)"><path d="M0 0h32v32z" onclick="canary()"/></g>
</svg>"""


@pytest.fixture
def administrator(charlie):
    charlie.is_staff = True
    charlie.save()
    charlie.groups.add(Group.objects.get(name="Administrators"))
    return charlie


def picture(size=(600, 300)):
    file = BytesIO()
    Image.new("RGB", size, "#7a1fa2").save(file, "PNG")
    return SimpleUploadedFile("logo.png", file.getvalue(), "image/png")


def drawing(text):
    return SimpleUploadedFile("logo.svg", text.encode(), "image/svg+xml")


def saved(person, path=ADD, **fields):
    answer = browser_of(person).post(path, {"name": "", "accent": ""} | fields)
    return answer.context["adminform"].form.errors if answer.status_code == 200 else answer.status_code


def test_only_administrators_change_it_and_the_log_says_who(alice, bob, administrator):
    for person in (alice, bob):
        for path in (ADD, CHANGE, "/admin/chat/sitebranding/"):
            assert browser_of(person).get(path).status_code in (302, 403)
        assert saved(person, name="Taken") in (302, 403)
    assert not SiteBranding.objects.exists()
    assert browser_of(administrator).get("/admin/chat/sitebranding/").url == ADD
    assert saved(administrator, name="Harbour", accent="7A1FA2") == 302
    assert saved(administrator, CHANGE, name="Harbour school") == 302
    assert browser_of(administrator).get("/admin/chat/sitebranding/").url == CHANGE
    assert [(entry.user, entry.action_flag) for entry in LogEntry.objects.order_by("pk")] == [
        (administrator, 1),
        (administrator, 2),
    ]
    assert SiteBranding.objects.get().accent == ""
    assert browser_of(administrator).get(ADD).status_code == 403  # there is one
    assert browser_of(administrator).post("/admin/chat/sitebranding/1/delete/").status_code == 403


def test_the_name_is_everywhere_and_text_everywhere(alice, administrator, settings):
    settings.EMAIL_URL = "smtp://127.0.0.1"
    name = 'Tom & <b>"Jerry"</b> %(x)s'
    assert saved(administrator, name=name) == 302
    escaped = "Tom &amp; &lt;b&gt;&quot;Jerry&quot;&lt;/b&gt; %(x)s"
    for client, path in ((Client(), "/accounts/login/"), (browser_of(alice), "/"), (Client(), "/nowhere/")):
        page = client.get(path).content.decode()
        assert escaped in page, path
        assert "<b>" not in page
    page = browser_of(administrator).get("/admin/").content.decode()
    assert escaped in page and "GPT site" not in page
    Client().post("/accounts/password/reset/", {"email": alice.email})
    assert mail.outbox[0].subject == f"Reset your password for {name}"
    assert name in mail.outbox[0].body


@pytest.mark.parametrize("name", ["x" * 61, "x" * 500, "two\nlines", "a\x00b", "\u200b"])
def test_a_name_that_no_line_has_room_for_is_refused(administrator, name):
    assert "name" in saved(administrator, name=name)
    assert not SiteBranding.objects.exists()


@pytest.mark.parametrize(("colour", "ratio"), [("#FFFF00", "1"), ("#ff8800", "2.3"), ("#777777", "4.4")])
def test_a_colour_without_contrast_is_refused_with_the_ratio(administrator, colour, ratio):
    said = f"This colour has a contrast of {ratio}:1 with white; at least 4.5:1 is needed."
    assert saved(administrator, accent=colour)["accent"] == [said]


@pytest.mark.parametrize("colour", ["red", "#fff", "#12345g", "url(x)", "1169 5a"])
def test_what_is_no_colour_is_refused(administrator, colour):
    assert saved(administrator, accent=colour)["accent"] == ["Enter six hexadecimal digits, such as #11695a."]


@pytest.mark.parametrize(
    "accent", ["#11695a", "#000000", "#7a1fa2", "#0000ff", "#767676", "#d0021b", "#8a5a00"]
)
def test_every_accent_that_is_taken_can_be_read_by_day_and_by_night(accent):
    assert colours.is_legible(accent)
    rules = dict(re.findall(r"--([\w-]+): light-dark\(([^)]+)\)", colours.style_sheet(accent)))
    day, night = rules["accent"].split(", ")
    for surface in ("#fcfcfa", "#f3f3ef", "#ffffff", "#eeeee9", "#e8e8e2"):
        assert colours.contrast(day, surface) >= 4.5
    for surface in ("#1c1d1c", "#161716", "#262726", "#2d2f2d", "#2b2d2b"):
        assert colours.contrast(night, surface) >= 4.5
    on_day, on_night = rules["on-accent"].split(", ")
    assert colours.contrast(on_day, day) >= 4.5
    assert colours.contrast(on_night, night) >= 4.5
    for button in rules["admin-button"].split(", ") + rules["admin-button-hover"].split(", "):
        assert colours.contrast("#ffffff", button) >= 4.5


def test_the_accent_is_a_sheet_of_its_own_that_browsers_keep(alice, administrator):
    assert "accent.css" not in browser_of(alice).get("/").content.decode()
    saved(administrator, accent="#7a1fa2")
    page = browser_of(alice).get("/").content.decode()
    (address,) = re.findall(r'href="(/branding/\w+/accent\.css)"', page)
    assert page.index("css/base") < page.index(address)
    assert address in browser_of(administrator).get("/admin/").content.decode()
    for client in (Client(), browser_of(alice)):
        answer = client.get(address)
        assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
        assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
        assert "--accent: light-dark(#7a1fa2, " in answer.content.decode()
    assert Client().get("/branding/000000000000/accent.css").status_code == 404
    assert Client().post(address).status_code in (403, 405)


def test_an_accent_alone_is_the_colour_of_the_icon_too(alice, administrator):
    own = browser_of(alice).get("/").content.decode()
    assert 'favicon.svg" type="image/svg+xml"' in own.replace(
        re.search(r"favicon[^\"]*\.svg", own)[0], "favicon.svg"
    )
    saved(administrator, accent="#7a1fa2")
    page = browser_of(alice).get("/").content.decode()
    (icon,) = re.findall(r'<link rel="icon" href="([^"]+)" type="image/png">', page)
    (touch,) = re.findall(r'<link rel="apple-touch-icon" href="([^"]+)">', page)
    assert touch not in own
    assert Client().get("/favicon.ico").url == icon
    for address, side in ((icon, 192), (touch, 180)):
        answer = Client().get(address)
        assert answer.headers["Cache-Control"] == "private, max-age=31536000"
        drawn = Image.open(BytesIO(answer.content)).convert("RGB")
        assert drawn.size == (side, side)
        assert drawn.getpixel((side // 2, side // 20)) == (0x7A, 0x1F, 0xA2)


def test_a_picture_is_made_anew_as_a_small_one_and_is_the_icon_too(alice, administrator):
    assert saved(administrator, upload=picture()) == 302
    page = browser_of(alice).get("/").content.decode()
    (address,) = set(re.findall(r'"(/branding/\w+/logo)"', page))
    assert f'<link rel="icon" href="{address}" type="image/webp">' in page
    assert Client().get("/favicon.ico").url == address
    answer = Client().get(address)
    assert Image.open(BytesIO(answer.content)).size == (256, 128)
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert saved(administrator, CHANGE, remove_logo="on") == 302
    assert Client().get(address).status_code == 404
    assert "/branding/" not in browser_of(alice).get("/").content.decode()


@pytest.mark.parametrize(
    "upload",
    [
        SimpleUploadedFile("a.png", b"<html><script>1</script></html>"),
        SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\nbroken"),
        SimpleUploadedFile("a.png", bytes(2 * 1024 * 1024 + 1)),
        drawing("<svg>"),
        drawing('<svg viewBox="0 0 1 1"><rect/></svg>'),
        drawing(f"<svg {SVG}><script>1</script></svg>"),
        drawing(f'<!DOCTYPE svg [<!ENTITY a "aaa">]><svg {SVG}><path d="M0 0"/></svg>'),
        drawing(f"<svg {SVG}>{'<g>' * 30}<rect/>{'</g>' * 30}</svg>"),
        drawing(f"<svg {SVG}>{'<rect/>' * 2001}</svg>"),
        drawing(f"<svg {SVG}><rect/>{' ' * 100_000}</svg>"),
    ],
    ids=[
        "a page",
        "broken",
        "too large",
        "open",
        "no SVG",
        "only script",
        "entities",
        "deep",
        "many",
        "long",
    ],
)
def test_what_is_no_logo_is_refused_with_a_sentence(administrator, upload):
    upload.seek(0)
    assert saved(administrator, upload=upload)["upload"][0].startswith("This ")
    assert not SiteBranding.objects.exists()


def test_of_a_hostile_drawing_only_shapes_are_left(alice, administrator):
    assert saved(administrator, upload=drawing(HOSTILE)) == 302
    answer = Client().get(current.branding().logo_url)
    assert answer.headers["Content-Type"] == "image/svg+xml"
    text = answer.content.decode()
    assert "canary" not in text and "script" not in text and "http" not in text.replace(svg._SVG[1:-1], "")
    root = ElementTree.fromstring(text)
    kept = [element.tag.removeprefix(svg._SVG) for element in root.iter()]
    assert kept == ["svg", "defs", "linearGradient", "stop", "g", "path"]
    assert root.find(f"{svg._SVG}g").attrib == {"fill": "url(#g)"}
    with pytest.raises(NotALogo):
        svg.made_anew(HOSTILE.encode("utf-16"))


def test_another_process_notices_and_pages_ask_nothing(alice, django_assert_num_queries):
    SiteBranding.objects.create(pk=current.THE_ROW, name="Elsewhere")  # by another process
    with django_assert_num_queries(0):
        assert str(current.branding().name) == "GPT site"
    with django_assert_num_queries(1):
        current.load()  # as its engine does every few seconds
    assert current.branding().name == "Elsewhere"


def test_the_settings_count_where_administrators_chose_nothing(
    settings, administrator, tmp_path, monkeypatch
):
    path = tmp_path / "logo.svg"
    path.write_text(HOSTILE)
    monkeypatch.setenv("SITE_LOGO", str(path))
    settings.SITE_NAME, settings.SITE_ACCENT = "By setting", "#7a1fa2"
    settings.SITE_LOGO = by_environment.logo("SITE_LOGO")
    current.forget()
    page = Client().get("/accounts/login/").content.decode()
    assert "By setting" in page and "accent.css" in page
    assert b"canary" not in Client().get(current.branding().logo_url).content
    saved(administrator, name="By hand")
    found = current.branding()
    assert (found.name, found.accent, found.logo_type) == ("By hand", "#7a1fa2", "image/svg+xml")


@pytest.mark.parametrize(
    ("read", "value", "said"),
    [
        ("site_name", "x" * 61, "must be at most 60 characters"),
        ("accent", "#ffff00", "has a contrast of 1:1 with white; it must be 4.5:1 or more"),
        ("accent", "green", "must be a colour of six hexadecimal digits"),
        ("logo", "/nowhere/at/all.svg", "must be a file that can be read"),
        ("logo", __file__, "must be a PNG, JPEG or WebP"),
    ],
)
def test_a_setting_that_cannot_be_used_ends_the_start_with_a_sentence(monkeypatch, read, value, said):
    monkeypatch.setenv("SITE_X", value)
    with pytest.raises(ImproperlyConfigured, match=f"SITE_X {re.escape(said)}"):
        getattr(by_environment, read)("SITE_X")


def test_the_settings_may_be_left_out(monkeypatch):
    monkeypatch.setenv("SITE_X", "")
    assert (by_environment.site_name("SITE_X"), by_environment.accent("SITE_X")) == ("", "")
    assert by_environment.logo("SITE_X") is None


def test_who_may_only_look_cannot_save(alice, administrator):
    saved(administrator, name="Harbour")
    viewer = User.objects.create_user("viewer@example.org", PASSWORD, is_staff=True)
    viewer.user_permissions.add(
        *Group.objects.get(name="Administrators").permissions.filter(codename="view_sitebranding")
    )
    page = browser_of(viewer).get(CHANGE)
    assert page.status_code == 200
    assert "Harbour" in page.content.decode() and 'name="_save"' not in page.content.decode()
    assert browser_of(viewer).post(CHANGE, {"name": "Taken", "accent": ""}).status_code == 403

"""What every page passes through."""

import gzip
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import _get_new_csrf_string
from django.test import Client
from django.utils import timezone

from chat.core import tracing
from chat.models.preferences import zone_named
from chat.web.middleware import PreferencesMiddleware, PrivatePagesMiddleware, RequestIdMiddleware
from tests.conftest import browser_of

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def visit(**cookies: str) -> HttpRequest:
    request = HttpRequest()
    request.COOKIES = cookies
    return request


def test_every_answer_names_its_request(client: Client):
    first, second = (client.get(path).headers["X-Request-Id"] for path in ("/accounts/login/", "/nowhere/"))
    assert first != second
    assert len(first) == len(second) == 12


@pytest.mark.django_db
def test_pages_are_compressed_with_a_padding_that_hides_their_length(client: Client):
    answers = [client.get("/accounts/login/", headers={"accept-encoding": "gzip"}) for _ in range(8)]
    assert {answer.headers["Content-Encoding"] for answer in answers} == {"gzip"}
    assert b"csrfmiddlewaretoken" in gzip.decompress(answers[0].content)
    assert len(answers[0].content) < len(client.get("/accounts/login/").content) / 2
    assert len({len(answer.content) for answer in answers}) > 1


def test_the_log_of_a_request_carries_the_same_name():
    seen = []

    def page(request: HttpRequest) -> HttpResponse:
        seen.append(tracing.request_id.get())
        return HttpResponse()

    named = RequestIdMiddleware(page)(visit()).headers["X-Request-Id"]
    assert seen == [named]


@pytest.mark.parametrize("path", ["/accounts/login/", "/nowhere/"])
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/x-www-form-urlencoded; charset=latin-1", "a=b"),
        ("application/x-www-form-urlencoded", "&".join(f"{number}=" for number in range(1001))),
        ("multipart/form-data", "x"),
        ("multipart/form-data; boundary=é", "x"),
    ],
)
def test_a_form_that_cannot_be_read_gets_a_page_with_its_request_id(path: str, kind: str, body: str):
    client = Client(enforce_csrf_checks=True)
    client.cookies[settings.CSRF_COOKIE_NAME] = _get_new_csrf_string()
    answer = client.post(path, body, content_type=kind)
    assert answer.status_code == 400
    assert "That didn’t work" in answer.content.decode()
    assert answer.headers["X-Request-Id"]


def test_an_unreadable_form_for_a_strange_host_is_refused_too():
    kind = "application/x-www-form-urlencoded; charset=latin-1"
    answer = Client(headers={"host": "evil.example"}).post("/", "a=b", content_type=kind)
    assert answer.status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/accounts/email/", "/nowhere/"])
def test_what_is_made_for_somebody_is_kept_by_no_cache(alice, path):
    control = browser_of(alice).get(path).headers["Cache-Control"]
    assert {"private", "no-store"} <= set(control.split(", "))


def test_an_answer_that_sets_a_cookie_is_private_even_if_it_said_public():
    def page(request: HttpRequest) -> HttpResponse:
        response = HttpResponse(headers={"Cache-Control": "public, max-age=60"})
        response.set_cookie("a", "b")
        return response

    control = PrivatePagesMiddleware(page)(visit()).headers["Cache-Control"]
    assert "public" not in control and "no-store" in control


def test_an_answer_for_nobody_in_particular_is_left_alone():
    response = PrivatePagesMiddleware(lambda request: HttpResponse())(visit())
    assert not response.has_header("Cache-Control")


@pytest.mark.parametrize(
    ("cookie", "hour"), [("Asia/Shanghai", 20), ("Etc/GMT+3", 9), ("", 12), ("Moon/Sea", 12)]
)
def test_times_go_by_the_reader_s_clock(cookie, hour):
    hours = []

    def page(request: HttpRequest) -> HttpResponse:
        hours.append(timezone.localtime(NOON).hour)
        return HttpResponse()

    PreferencesMiddleware(page)(visit(timezone=cookie))
    assert hours == [hour]
    assert timezone.localtime(NOON).hour == 12


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "/etc/passwd", "Europe", "Europe/", "a\x00b", "\ud800", "x" * 5000, "..", ".", "é"],
)
def test_a_zone_that_is_none_is_ignored(name):
    assert zone_named(name) is None


def test_a_zone_is_known_by_its_name():
    assert zone_named("Europe/Berlin") == ZoneInfo("Europe/Berlin")

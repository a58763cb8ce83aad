"""Every view of the chat asks for a log-in and a method, and answers what it refuses with the error's status."""

import uuid

import pytest
from django.test import Client
from django.urls import get_resolver
from django.utils import translation
from django.utils.html import escape

from chat import urls
from chat.core.errors import ChatError, RequestError
from chat.pictures.errors import PictureTooLarge
from chat.replies.errors import MessageTooLong, TooManyMessages
from tests.conftest import browser_of

pytestmark = pytest.mark.django_db

# Addresses of the chat that anybody may ask, in whatever way
PUBLIC = {
    *("favicon", "branding_styles", "branding_logo", "icon", "manifest", "offline", "worker", "set_language"),
    # Shared conversations, whose tests are their own
    *("snapshot", "snapshot_report"),
}


def kinds(root):
    return [root, *(kind for child in root.__subclasses__() for kind in kinds(child))]


REFUSALS = {error.status: error for error in kinds(RequestError)}
OUR_FAULTS = {error.status: error for error in kinds(ChatError) if not issubclass(error, RequestError)}


def entries(patterns):
    for entry in patterns:
        if hasattr(entry, "url_patterns"):
            yield from entries(entry.url_patterns)
        else:
            yield entry


VIEWS = {entry.name: entry for entry in entries(urls.urlpatterns)}
GUARDED = sorted(VIEWS.keys() - PUBLIC)


def address_of(name):
    [[template, names]] = get_resolver().reverse_dict.getlist(name)[0][0]
    return f"/{template % {place: 0 if place == 'number' else uuid.uuid4() for place in names}}"


@pytest.fixture
def refused(alice, monkeypatch):
    """Asks for a page whose action raises `problem`, as a person or as the page's script."""
    browser = browser_of(alice)
    browser.raise_request_exception = False

    def ask(problem, **headers):
        def refuse(*_):
            raise problem

        monkeypatch.setattr("chat.conversations.actions.rename", refuse)
        return browser.post(f"/c/{uuid.uuid4()}/rename/", {"title": "New"}, headers=headers)

    return ask


@pytest.mark.parametrize("error", [*REFUSALS.values(), *OUR_FAULTS.values()], ids=lambda error: error.code)
def test_a_person_and_a_script_get_the_errors_own_status_and_sentence(refused, error):
    page, answer = refused(error()), refused(error(), **{"X-Fragment": "1"})
    assert (page.status_code, answer.status_code) == (error.status, error.status)
    assert escape(error().user_text()) in page.content.decode()
    assert answer.json() == {"code": error.code, "text": error().user_text()}


def test_the_statuses_that_were_all_a_403_are_among_them():
    assert {400, 403, 404, 405, 409, 413, 429} <= REFUSALS.keys()
    assert {PictureTooLarge, MessageTooLong} <= {
        error for error in kinds(RequestError) if error.status == 413
    }


def test_a_limit_says_when_to_come_again(refused):
    for headers in ({}, {"X-Fragment": "1"}):
        answer = refused(TooManyMessages(retry_after=41.2), **headers)
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "42")
        assert "42 seconds" in answer.content.decode()


def test_the_page_speaks_the_readers_language(refused):
    with translation.override("zh-hans"):
        sentence = TooManyMessages().user_text()
    page = refused(TooManyMessages(), accept_language="zh-hans")
    assert escape(sentence) in page.content.decode()


@pytest.mark.parametrize("name", GUARDED)
def test_every_view_sends_a_visitor_to_log_in(name, alice):
    method = "post" if "GET" not in VIEWS[name].callback.allowed_methods else "get"
    answer = getattr(Client(), method)(address_of(name))
    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/login/?next=")


@pytest.mark.parametrize("name", GUARDED)
def test_every_view_says_which_methods_it_takes(name, alice):
    allowed = VIEWS[name].callback.allowed_methods
    browser = browser_of(alice)
    for method in {"GET", "HEAD", "POST", "PUT", "DELETE"} - set(allowed):
        answer = browser.generic(method, address_of(name))
        assert answer.status_code == 405
        assert answer.headers["Allow"] == ", ".join(allowed)


def test_a_button_opened_as_a_page_says_so(alice):
    browser = browser_of(alice)
    address = f"/c/{uuid.uuid4()}/rename/"
    assert "Go back and use the button" in browser.get(address).content.decode()
    assert browser.get(address, headers={"X-Fragment": "1"}).json()["code"] == "wrong_method"

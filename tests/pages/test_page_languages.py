"""Pages in each language of the site: not much heavier than in English."""

import gzip

import pytest
from django.conf import settings
from django.test import Client

from tests.conftest import browser_of

pytestmark = pytest.mark.django_db

HEAVIER = 3_000
"""Bytes, compressed, that a page may have on top of the English one."""


def test_a_page_is_at_most_3_kb_heavier_than_in_english(alice, say):
    conversation = say(alice, "q", "a")
    client, stranger = browser_of(alice), Client()
    pages = {
        "conversation": (client, f"/c/{conversation.uuid}/"),
        "settings": (client, "/settings/"),
        "login": (stranger, "/accounts/login/"),
    }

    def weight(page: str, language: str) -> int:
        browser, address = pages[page]
        answer = browser.get(address, headers={"accept-language": language})
        assert answer.headers["Content-Language"] == language
        return len(gzip.compress(answer.content, 6))

    for page in pages:
        weights = {language: weight(page, language) for language, _ in settings.LANGUAGES}
        limit = weights["en"] + HEAVIER
        assert {language: size for language, size in weights.items() if size > limit} == {}

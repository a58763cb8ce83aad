"""The admin in each language: no page asks for a sentence that stays English."""

import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.utils.translation import trans_real

from chat.models import User
from tests.conftest import PASSWORD, browser_of

pytestmark = pytest.mark.django_db

LANGUAGES = [code for code, _ in settings.LANGUAGES if code != "en"]
# What Django looks up only to learn that it has no words: signs
NO_WORDS = re.compile(r"\W*")


@pytest.fixture
def lacking(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The sentences that a catalogue has been asked for and has not: Django then gives the English ones."""
    asked: set[str] = set()
    catalogue = trans_real.DjangoTranslation
    singular, plural = catalogue.gettext, catalogue.ngettext

    def has(self, message, number) -> bool:
        return any(self._catalog.get(key) for key in (message, (message, self.plural(number))))

    def gettext(self, message):
        if "\x04" not in message and not has(self, message, 1):  # a context, without which it is asked again
            asked.add(message)
        return singular(self, message)

    def ngettext(self, one, many, number):
        if "\x04" not in one and not has(self, one, number):
            asked.add(one)
        return plural(self, one, many, number)

    monkeypatch.setattr(catalogue, "gettext", gettext)
    monkeypatch.setattr(catalogue, "ngettext", ngettext)
    return asked


def pages(client: Client) -> Iterator[str]:
    """The text of every list of the admin, of its form, empty and refused, and of all pages of a group and a person."""
    index = client.get("/admin/").content.decode()
    yield index
    for address in sorted(set(re.findall(r'href="(/admin/[^"#?]+)"', index))):
        page = client.get(address)
        if page.streaming:
            continue
        yield page.content.decode()
        if address.endswith("/add/"):
            yield client.post(address, {}).content.decode()
        for change in re.findall(r'href="(/admin/[^"#?]*/(?:group|user)/\d+/)change/', page.content.decode())[
            :1
        ]:
            for what in ("change", "history", "delete", "password"):
                yield client.get(f"{change}{what}/").content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_of_the_admin_shows_a_sentence_that_is_not_translated(alice, say, lacking, language):
    root = User.objects.create_superuser("root@example.org", PASSWORD)
    say(alice, "q", "a")
    LogEntry.objects.create(
        user=root,
        action_flag=ADDITION,
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(alice.pk),
        object_repr="Alice",
        change_message='[{"added": {}}]',
    )
    client = browser_of(root)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    read = "\n".join(pages(client))
    assert f'lang="{language}"' in read
    assert {words for words in lacking if words in read and not NO_WORDS.fullmatch(words)} == set()

"""The catalogues, and the tool that keeps them."""

import gettext
import re
from functools import cache
from pathlib import Path

import allauth
import django
import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from chat.management import borrowed, catalogues


@cache
def marked() -> Catalog:
    """Every string that is marked for translation: once, since finding them takes a second."""
    return catalogues.extracted()


@pytest.mark.parametrize("locale", catalogues.locales())
def test_every_string_is_translated_with_its_placeholders(locale):
    assert catalogues.problems(locale, marked()) == []


def test_all_languages_are_there():
    assert catalogues.locales() == [
        *("ar", "de", "es", "fr", "hi", "ja", "ko", "pt_BR", "ru", "zh_Hans", "zh_Hant"),
    ]


# The letters of the languages that are not written in Latin ones
LETTERS = {
    "ar": "\u0600-\u06ff",
    "hi": "\u0900-\u097f",
    "ja": "\u3040-\u30ff",
    "ko": "\uac00-\ud7af",
    "ru": "\u0400-\u04ff",
    "zh": "\u4e00-\u9fff",
}
OWN = {"ja": {"ja", "zh"}, "zh_Hans": {"zh"}, "zh_Hant": {"zh"}}


@pytest.mark.parametrize("locale", catalogues.locales())
def test_no_sentence_is_in_the_letters_of_another_language(locale):
    others = "".join(letters for code, letters in LETTERS.items() if code not in OWN.get(locale, {locale}))
    strange = re.compile(f"[{others}]")
    assert [
        message.string
        for message in catalogues.read(locale)
        if strange.search(str(message.string)) and not re.search(r"[^\W\da-zA-ZÀ-ž]", str(message.id))
    ] == []


@pytest.fixture
def site(tmp_path, settings, monkeypatch):
    """An empty site to put strings into."""
    settings.BASE_DIR = tmp_path
    settings.LOCALE_PATHS = [tmp_path / "build" / "locale"]
    monkeypatch.setattr(catalogues, "SOURCES", tmp_path / "chat" / "locale")
    (tmp_path / "templates").mkdir()
    (tmp_path / "chat").mkdir()
    return tmp_path


def problems() -> list[str]:
    return catalogues.problems("zh_Hans", catalogues.extracted())


def update() -> Path:
    return catalogues.update("zh_Hans", catalogues.extracted())


def found() -> list[tuple[object, str | None]]:
    return [(message.id, message.context) for message in catalogues.extracted() if message.id]


def test_templates_are_read_as_django_reads_them(site):
    (site / "templates" / "page.html").write_text(
        """{% load i18n %}# it's <a title="{% translate "Open #1" %}">don't {% translate 'Say "hi"' %}</a>
           {% blocktranslate count n=items|length trimmed with name=user.name %}
             One item of {{ name }}, it's
           {% plural %}
             {{ n }} items of {{ name }}
           {% endblocktranslate %}
      {# a note #} {% translate "Chat" context "noun" as x %} {{ _("Underscore") }} "
        {% blocktranslate %}100% of {{ x }}{% endblocktranslate %}"""
    )
    assert set(found()) == {
        ("Open #1", None),
        ('Say "hi"', None),
        (("One item of %(name)s, it's", "%(n)s items of %(name)s"), None),
        ("Chat", "noun"),
        ("Underscore", None),
        ("100%% of %(x)s", None),
    }


def test_python_is_read_with_all_its_ways_of_marking(site):
    (site / "chat" / "a.py").write_text(
        """_("a"); gettext_lazy("b"); ngettext("c", "cs", n); pgettext("noun", "d"); pgettext_lazy("verb", "e")
# _("no")
x = "_('no')"
"""
    )
    assert set(found()) == {("a", None), ("b", None), (("c", "cs"), None), ("d", "noun"), ("e", "verb")}


def test_an_update_brings_new_strings_and_drops_old_ones_but_guesses_nothing(site):
    source = site / "chat" / "a.py"
    source.write_text('_("Old text"); _("Kept")')
    path = update()
    path.write_text(path.read_text().replace('msgid "Kept"\nmsgstr ""', 'msgid "Kept"\nmsgstr "保留"'))
    source.write_text('_("Old text!"); _("Kept")')
    assert problems() == [
        "zh_Hans: not in the catalogue: 'Old text!'",
        "zh_Hans: no longer used: 'Old text'",
        "zh_Hans: not translated: 'Old text'",
    ]
    update()
    assert problems() == ["zh_Hans: not translated: 'Old text!'"]
    assert catalogues.read("zh_Hans").get("Kept").string == "保留"


def test_gettext_reads_what_was_compiled(site, settings):
    (site / "chat" / "a.py").write_text('_("Zebra crossing")')
    path = update()
    path.write_text(path.read_text().replace('crossing"\nmsgstr ""', 'crossing"\nmsgstr "斑马线"'))
    catalogues.compile_catalogue("zh_Hans")
    loaded = gettext.translation("django", settings.LOCALE_PATHS[0], ["zh_Hans"])
    assert loaded.gettext("Zebra crossing") == "斑马线"


@pytest.mark.parametrize(
    ("original", "translated", "fault"),
    [
        ("Hello", "你好", None),
        ("Hello", "", "not translated"),
        ("%(a)s of %(b)s", "%(b)s 的 %(a)s", None),
        ("%(a)s of %(b)s", "%(b)s", "other placeholders than the original's"),
        ("%(name)s", "%(nom)s", "other placeholders than the original's"),
        ("%s and %s", "%s", "other placeholders than the original's"),
        ("{count} left", "剩 {count}", None),
        ("{count} left", "剩余", "other placeholders than the original's"),
        ("Hello", "你好 %(x)s", "other placeholders than the original's"),
        ("100%% sure", "百分百", None),
        (("%(n)s item", "%(n)s items"), ("%(n)s 项",), None),
        (("One item", "%(n)s items"), ("%(n)s 项",), None),
        (("One item", "%(n)s items"), ("%(m)s 项",), "other placeholders than the original's"),
    ],
)
def test_a_translation_fills_in_what_its_original_does(original, translated, fault):
    assert list(catalogues.faults(Message(original, translated))) == ([fault] if fault else [])


def test_an_unsure_translation_is_a_fault():
    assert list(catalogues.faults(Message("Hello", "你好", flags=["fuzzy"]))) == ["fuzzy"]


def test_the_head_of_a_catalogue_is_no_message():
    assert [fault for message in Catalog(locale="zh_Hans") for fault in catalogues.faults(message)] == []


# What libraries say


def theirs(locale: str) -> dict[str, str]:
    """The sentences of Django's and allauth's own catalogues, scripts included, with their translations."""
    found: dict[str, str] = {}
    for folder in LIBRARIES:
        for domain in ("django", "djangojs"):
            path = folder / "locale" / locale / "LC_MESSAGES" / f"{domain}.po"
            if path.exists():
                with path.open("rb") as file:
                    found |= {first(message): first_of(message.string) for message in read_po(file)}
    return found


def first(message: Message) -> str:
    return f"{message.context}: {first_of(message.id)}" if message.context else first_of(message.id)


def first_of(text: str | tuple[str, ...]) -> str:
    return text if isinstance(text, str) else text[0]


LIBRARIES = [
    Path(django.__file__).parent / "conf",
    *(
        Path(django.__file__).parent / "contrib" / name
        for name in ("admin", "auth", "contenttypes", "sessions")
    ),
    Path(allauth.__file__).parent,
]
# Ours on purpose, where theirs reads otherwise
ALSO_OURS = {
    *("Add", "Administration", "Disabled", "Enabled", "Log out", "Primary", "Remove"),
    *("created", "last login", "provider", "sent"),
}
ALSO_OURS_IN = {
    "ar": {
        *("Cancel", "Change password", "Delete", "Download", "Edit", "History", "Log in", "Page not found"),
        *("Search", "Set password", "Show all", "user"),
    },
    "de": {"History", "Messages", "Show all"},
    "es": {"History"},
    "fr": {"Log in", "Page not found", "Set password", "Today"},
    "hi": {
        *(
            "Home",
            "Log in",
            "Messages",
            "Page not found",
            "Save",
            "Search",
            "User",
            "Yesterday",
            "user",
            "users",
        ),
    },
    "ja": {"All", "Change password", "Show all"},
    "ko": {"Edit", "History", "Page not found", "users"},
    "pt_BR": {"Delete", "Log in", "Set password"},
    "ru": {"Edit"},
    "zh_Hant": {"Change password", "History"},
}


def borrowed_words() -> set[str]:
    place = "chat/management/borrowed.py"
    words = (message for message in marked() if message.id)
    return {first(message) for message in words if place in {file for file, _ in message.locations}}


def test_what_we_say_for_libraries_is_still_theirs():
    assert borrowed_words() - theirs("en").keys() == set()
    assert set(borrowed.ENGLISH) <= borrowed_words()


@pytest.mark.parametrize("locale", catalogues.locales())
def test_no_word_of_ours_changes_a_library_by_accident(locale):
    library = theirs(locale)
    changed = {
        first(message)
        for message in catalogues.read(locale)
        if message.id and library.get(first(message)) not in {None, "", first_of(message.string)}
    }
    assert changed - borrowed_words() - ALSO_OURS - ALSO_OURS_IN.get(locale, set()) == set()


@pytest.mark.parametrize("locale", catalogues.locales())
def test_what_fills_a_gap_of_a_library_is_there_in_english_and_lacking_in_its_language(locale):
    gaps = {first(message): message for message in catalogues.gaps_of(locale) if message.id}
    assert gaps.keys() - theirs("en").keys() == set()
    assert {words for words in gaps if theirs(locale).get(words)} == set()
    assert [fault for message in gaps.values() for fault in catalogues.faults(message)] == []


def test_chinese_speaks_to_people_in_one_way():
    said = [str(message.string) for message in catalogues.read("zh_Hans") if message.id]
    stiff = re.compile("您|重置|电子邮|账户|这个回答|这个对话")
    assert [text for text in said if stiff.search(text)] == []


def test_libraries_speak_our_english_and_our_chinese(site, settings, monkeypatch):
    monkeypatch.undo()
    catalogues.compile_english()
    catalogues.compile_catalogue("zh_Hans")
    folder = settings.LOCALE_PATHS[0]
    assert gettext.translation("django", folder, ["en"]).gettext("Current Password") == "Current password"
    scripts = gettext.translation("djangojs", folder, ["zh_Hans"])
    assert scripts.gettext("Choose all %s") == "选择全部%s"
    assert scripts.gettext("Password") == "Password"

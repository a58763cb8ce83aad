"""The terms of texts in many languages, and what people may type to find them."""

import pytest

from chat.search.query import comparable, parse
from chat.search.terms import LONGEST_TERM, MAX_TEXT, terms


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The quick fox.", "the quick fox"),
        ("Café ÉCOLE straße", "cafe ecole strasse"),
        ("Ｄｊａｎｇｏ ﬁn ①", "django fin 1"),
        ("Привет, ёлка", "привет елка"),
        ("مُحَمَّد", "محمد"),
        ("हिन्दी में", "हिन्दी में"),
        ("get_user(name) 192.168.0.1", "get user name 192 168 0 1"),
        ("天气", "天 气 天气"),
        ("がっこう", "が っ こ う がっ っこ こう"),
        ("か\u3099", "が"),
        ("학교에", "학 교 에 학교 교에"),
        ("GPT-4模型", "gpt 4 模 型 模型"),
        ("🙂 … \0", ""),
    ],
)
def test_letters_are_folded_and_what_is_written_without_spaces_is_cut_into_pairs(text, found):
    assert terms(text) == set(found.split())


def test_a_long_word_and_a_long_text_cost_no_more_than_they_may():
    assert terms("x" * 1000) == {"x" * LONGEST_TERM}
    assert "later" not in terms("a " * (MAX_TEXT // 2) + "later")


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("fox", "The Fox."),
        ("cafe", "Ein Café"),
        ("café", "un cafe"),
        ('"quick  fox"', "the quick\nfox"),
        ("“quick fox”", "the quick fox"),
        ("「天气」", "今天天气好"),
        ("京", "北京"),
        ("北京天气", "说北京天气好"),
        ("天气 北京", "北京的天气"),
        ("node.js", "In node.js, …"),
        ("C++", "in C++ and"),
        ("fox -dog", "the fox"),
        ('fox -"lazy dog"', "the fox and a dog"),
        ("模型", "GPT模型"),
    ],
)
def test_what_somebody_types_is_found(typed, text):
    query = parse(typed)
    assert set(query.terms) <= terms(text)
    assert query.finder().fits(comparable(text))


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ('"quick fox"', "quick brown fox"),
        ("fox -dog", "fox and dog"),
        ("fox -狗", "fox 和狗"),
        ("C++", "in C and"),
        ("天北", "天安门在北京"),
        ("art", "a party"),
    ],
)
def test_what_is_not_there_is_not_found(typed, text):
    assert not parse(typed).finder().fits(comparable(text))


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "  ",
        '"',
        '""',
        "-",
        "*",
        "AND OR NOT",
        "NEAR(",
        "(" * 2000,
        '"unbalanced',
        "a" * 10_000,
        "\0",
        "-- ';",
    ],
)
def test_whatever_is_typed_can_be_looked_for(typed):
    query = parse(typed)
    assert all(term.isalnum() for term in query.terms)
    assert not query.wanted or not query.finder().fits("")


@pytest.mark.parametrize("typed", ["djan", "web djan"])
def test_the_last_word_may_not_be_typed_to_its_end(typed):
    query = parse(typed)
    assert query.is_going_on
    assert query.finder(begun=True).fits("web with django")
    assert not query.finder().fits("web with django")


@pytest.mark.parametrize("typed", ["djan ", "dj", '"djan"', "web -djan", "北京市"])
def test_what_is_short_closed_or_unspaced_is_looked_for_as_it_is(typed):
    assert not parse(typed).is_going_on

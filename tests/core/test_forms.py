"""What people may send over HTTP."""

import pytest

from chat.conversations.forms import RenameForm
from chat.moderation.forms import ReportForm


def report(**data: str) -> ReportForm:
    return ReportForm({"category": "wrong", **data})


def test_a_report_needs_only_a_category() -> None:
    form = report()
    assert form.is_valid()
    assert form.cleaned_data == {"category": "wrong", "note": ""}


@pytest.mark.parametrize("category", ["", "nonsense", "WRONG"])
def test_a_report_names_one_of_the_categories(category: str) -> None:
    assert "category" in report(category=category).errors


def test_a_note_holds_a_thousand_characters_with_line_ends_counted_as_browsers_do() -> None:
    assert report(note="a\r\n" * 499 + "aa").is_valid()
    assert "note" in report(note="a" * 1001).errors


@pytest.mark.parametrize("bad", ["a\0b", "a\ud800b"])
def test_a_note_that_cannot_be_stored_is_refused(bad: str) -> None:
    assert "note" in report(note=bad).errors


@pytest.mark.parametrize("title", ["Trip to Köln", "家族旅行", "👨‍👩‍👧", "a" * 120, "مرحبا"])
def test_a_title_is_any_line_one_can_see(title: str) -> None:
    form = RenameForm({"title": f"  {title} "})
    assert form.is_valid()
    assert form.cleaned_data["title"] == title


@pytest.mark.parametrize(
    "title",
    [
        "",
        "   ",
        "a" * 121,
        "two\nlines",
        "a\0b",
        "a\x1b[31m",
        "a\u2028b",
        "a\ud800",
        "\u200b\u200b",
        "\u202e",
        "\u3164",
        "\u2800 \u2800",
        "\u0301",
    ],
)
def test_a_title_that_shows_nothing_or_breaks_the_line_is_refused(title: str) -> None:
    assert "title" in RenameForm({"title": title}).errors

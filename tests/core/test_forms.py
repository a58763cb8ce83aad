"""What people may send over HTTP."""

import re
from typing import Any

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy

from chat.admin.forms import RefusalForm, SuspendForm
from chat.admin.provider_form import ModelProviderForm
from chat.conversations.errors import MOST_PINNED, TooManyPins
from chat.conversations.forms import RenameForm
from chat.core.fields import longest
from chat.core.text import with_limits
from chat.models import Conversation, ModelProvider, Persona, Report, SavedPrompt, User
from chat.models.reports import Category
from chat.moderation.forms import ReportForm
from chat.personas.errors import MOST_PERSONAS, TooManyPersonas
from chat.personas.forms import PersonaForm
from chat.prompts.forms import PromptForm
from chat.provider.errors import BadParameter
from chat.provider.parameters import PARAMETERS


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


ROWS = [
    (RenameForm, Conversation, {"title": "title"}),
    (PromptForm, SavedPrompt, {"name": "name", "text": "text"}),
    (
        PersonaForm,
        Persona,
        {name: name for name in ("name", "emoji", "description", "instructions", "opening")},
    ),
    (ModelProviderForm, ModelProvider, {"name": "name", "base_url": "base_url"}),
    (SuspendForm, User, {"reason": "suspension_reason"}),
    (RefusalForm, Persona, {"reason": "reason"}),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("form", "model", "columns"), ROWS, ids=lambda value: getattr(value, "__name__", ""))
def test_a_field_takes_as_much_as_its_column(form: Any, model: Any, columns: dict[str, str]) -> None:
    fields = form().fields
    for name, column in columns.items():
        assert fields[name].max_length == longest(model, column)
        assert fields[name].widget.attrs["maxlength"] == str(longest(model, column))


def test_a_report_takes_less_than_its_row_keeps_and_all_of_its_categories() -> None:
    fields: Any = ReportForm().fields
    assert fields["note"].max_length < longest(Report, "note")
    assert [value for value, _ in fields["category"].choices if value] == Category.values


def test_sentences_fill_in_their_limits_when_they_are_read() -> None:
    sentence = with_limits(gettext_lazy("%(limit)s characters"), limit=64_000)
    assert str(sentence) == "64,000 characters"
    for error, limit in ((TooManyPins, MOST_PINNED), (TooManyPersonas, MOST_PERSONAS)):
        for language in ("en", "zh-hans"):
            with translation.override(language):
                assert str(limit) in re.findall(r"\d+", error().user_text())


@pytest.mark.parametrize("parameter", PARAMETERS.values(), ids=lambda parameter: parameter.name)
def test_what_explains_a_parameter_names_its_range(parameter: Any) -> None:
    assert "%(" not in parameter.hint
    for refused in ("", "?" * 101, "x\n" * 9):
        with pytest.raises(BadParameter) as problem:
            parameter.check(parameter.read(refused))
        assert "%(" not in problem.value.user_text()

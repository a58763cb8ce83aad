"""What is left of a template's indentation when it is loaded: what parts words, and no space at the edges."""

import re
from pathlib import Path

import pytest
from django.template import engines
from django.template.loader import get_template
from django.template.loaders.cached import Loader as CachedLoader

from gptsite.templates import without_indentation

TEMPLATES = Path(__file__).parents[2] / "templates"


@pytest.mark.parametrize(
    ("written", "loaded"),
    [
        ("<div>\n  <p>a</p>\n  <p>b</p>\n</div>\n", "<div><p>a</p>\n<p>b</p></div>"),
        ("<p>\n  two\n  words\n</p>", "<p>two\nwords</p>"),
        ("<p>\n  <b>a</b>\n  <i>b</i>\n</p>", "<p><b>a</b>\n<i>b</i></p>"),
        ("<b>a</b> <i> b </i>", "<b>a</b> <i> b </i>"),
        ("<button>\n  a\n</button>\n<button>\n  b\n</button>", "<button>a</button>\n<button>b</button>"),
        ("<label>\n  <input>\n  a\n</label>", "<label><input>\na</label>"),
        ("<p>\n  a\n\n\n  b\n</p>", "<p>a\nb</p>"),
        ("<p>\n  a\u00a0\n  \u00a0b\n</p>", "<p>a\u00a0\n\u00a0b</p>"),
    ],
)
def test_what_parts_words_and_buttons_stays_and_the_edges_of_elements_go(written, loaded):
    assert without_indentation(written) == loaded


@pytest.mark.parametrize(
    ("written", "loaded"),
    [
        (
            "<b>\n  {% if a %}\n    b\n  {% else %}\n    c\n  {% endif %}\n</b>",
            "<b>{% if a %}b{% else %}c{% endif %}</b>",
        ),
        ("a\n{% if b %}\n  c\n{% endif %}\nd", "a\n{% if b %}c{% endif %}\nd"),
        ("a{% if b %} ({{ b }}){% endif %}", "a{% if b %} ({{ b }}){% endif %}"),
        ("{% block a %}\n  b\n{% endblock a %}", "{% block a %}b{% endblock a %}"),
        ("{% if a > b %}\n  x\n{% endif %}", "{% if a > b %}x{% endif %}"),
        ("{% for a in b %}\n  <i>a</i>\n{% endfor %}\n", "{% for a in b %}<i>a</i>\n{% endfor %}"),
    ],
)
def test_conditions_have_no_space_at_their_edges_and_the_turns_of_a_loop_stay_apart(written, loaded):
    assert without_indentation(written) == loaded


@pytest.mark.parametrize(
    ("written", "loaded"),
    [
        (
            '<p\n  class="a"\n  {% if b %}\n    hidden\n  {% endif %}\n>\n</p>',
            '<p class="a" {% if b %}hidden{% endif %}></p>',
        ),
        (
            '<p\n  class="\n    a\n    {% if b > c %}d{% endif %}\n  "\n>\n  e\n</p>',
            '<p class="a {% if b > c %}d{% endif %}">e</p>',
        ),
        (
            '<p\n  {% if a %}id="{{ a }}"{% endif %}\n  {% if b %}c{% endif %}\n  d="e"\n>',
            '<p {% if a %}id="{{ a }}"{% endif %} {% if b %}c{% endif %} d="e">',
        ),
        (
            '<input\n  value="{% translate "a > b" %}"\n>\n<input>',
            '<input value="{% translate "a > b" %}">\n<input>',
        ),
        ('<a title="{{ a|default:">" }}">\n  b\n</a>', '<a title="{{ a|default:">" }}">b</a>'),
    ],
)
def test_a_tag_is_one_line(written, loaded):
    assert without_indentation(written) == loaded


def test_what_shows_nothing_leaves_no_line():
    text = '{% extends "a" %}\n{% load b %}\n\n{% get_current_language as c %}\n{% url "d" as e %}\n<svg></svg>\n'
    kept = '{% extends "a" %}{% load b %}{% get_current_language as c %}{% url "d" as e %}<svg></svg>'
    assert without_indentation(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "{% blocktranslate trimmed with a=b as c %}\n  two\n  <b>\n    words\n  </b>\n{% endblocktranslate %}",
        "<pre>\n  a\n    <b>\n b</b>\n</pre>",
        "<textarea>\n\n  {{ a }}\n</textarea>",
        "<script>\n  // a\n  b();\n</script>",
        "<style>\n  a {\n    b: c\n  }\n</style>",
    ],
)
def test_words_to_translate_and_text_whose_space_counts_are_left_alone(text):
    assert without_indentation(text) == text
    assert without_indentation(f"<div>\n  {text}\n</div>") == f"<div>{text}</div>"


def test_the_tag_of_a_text_whose_space_counts_is_one_line_all_the_same():
    assert without_indentation("<textarea\n  rows=3\n>\n a</textarea>") == "<textarea rows=3>\n a</textarea>"


def test_the_text_of_values_is_left_alone():
    template = engines["django"].from_string(without_indentation("<p>\n  {{ text }}\n</p>"))
    assert template.render({"text": "a\n  b"}) == "<p>a\n  b</p>"


def test_the_sites_templates_are_loaded_so_and_those_of_libraries_as_they_are():
    assert "\n " not in get_template("catalog/_model_options.html").template.source
    assert "\n  " in get_template("admin/change_list.html").template.source


def test_mails_keep_their_lines():
    assert "\n\n" in get_template("account/email/base_message.txt").template.source


def test_a_template_is_read_once():
    (loader,) = engines["django"].engine.template_loaders
    assert isinstance(loader, CachedLoader)
    assert loader.get_template("base.html") is loader.get_template("base.html")


def test_words_to_translate_are_trimmed():
    """Else their indentation would be part of them, in every catalogue."""
    untrimmed = [
        tag
        for path in TEMPLATES.rglob("*.html")
        for tag in re.findall(r"\{% blocktrans.*?%\}", path.read_text(encoding="utf-8"))
        if " trimmed " not in tag
    ]
    assert untrimmed == []

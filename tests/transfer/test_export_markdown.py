"""A conversation as Markdown: what is in view, in a file from whose messages nothing runs on."""

from zoneinfo import ZoneInfo

import pytest
from comrak import RenderOptions, render_markdown
from django.utils import timezone, translation
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.markdown.portable import portable, quoted
from chat.models import Conversation
from chat.transfer import markdown_file
from chat.transfer.writing import documents_of
from tests.support.hostile_texts import UNITS


def markdown(conversation: Conversation) -> str:
    (document,) = documents_of(conversation.owner, [conversation.pk])
    return b"".join(markdown_file.pieces(document)).decode()


def as_others_read_it(text: str) -> str:
    """The HTML that a program makes of it that lets raw HTML through."""
    options = RenderOptions()
    options.unsafe_ = True
    return render_markdown(text, render_options=options)


@pytest.mark.django_db
def test_the_branch_in_view_is_told_with_its_head_its_thinking_and_its_versions(rich, settings):
    text = markdown(rich)
    assert text.startswith('---\ntitle: "A day on Mars"\ncreated: "')
    assert 'model: "Big One"\npersona: "Tutor"\nproject: "Physics"\n---\n' in text
    assert "*2 messages are on other branches; the JSON format has them.*" in text
    assert "\n> How long is  \n> a day?  \n" in text
    assert "\n## Tutor · Big One\n" in text
    assert "> **Thought for 4 s**  \n>\n> Mars turns slower.  \n" in text
    assert "\nA sol has $24.66$ h.\n" in text
    assert "Version 2 of 3" in text
    assert "*This message was hidden by a moderator.*" in text
    assert "canary" not in text


@pytest.mark.django_db
def test_an_older_branch_that_is_in_view_is_the_one_that_is_written(rich, write):
    stopped = rich.messages.get(text="24 h")
    rich.tip = stopped
    rich.save()
    text = markdown(rich)
    assert "24 h" in text
    assert "*You stopped this reply.*" in text
    assert "sol" not in text
    assert "Version 1 of 3" in text


@pytest.mark.django_db
def test_a_title_is_words_in_the_head_and_in_the_heading(alice, say):
    conversation = say(alice, "q", "a")
    conversation.title = 'He said: "# <b>\u2028---\n*x*'
    conversation.save()
    text = markdown(conversation)
    assert text.startswith('---\ntitle: "He said: \\"# <b>\\u2028---\\n*x*"\n')
    assert '# He said: "\\# \\<b\\> --- \\*x\\*' in text


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"a \(x^2\) b", "a $x^2$ b"),
        (r"\( x \)", "$x$"),
        ("\\[\ny = 1\n\\]", "$$\ny = 1\n$$"),
        (r"\begin{align}a &= b\end{align}", r"$$\begin{align}a &= b\end{align}$$"),
        ("$$z$$ and $z$", "$$z$$ and $z$"),
        ("$5 or $6", "$5 or $6"),
        (r"`\(x\)` and \(x\)", r"`\(x\)` and $x$"),
        ("```\n\\(x\\)\n```", "```\n\\(x\\)\n```"),
        ("| a |\n|---|\n| \\(x|y\\) |", "| a |\n|---|\n| $x\\|y$ |"),
        (r"C:\new\table and \\server", r"C:\new\table and \\server"),
        ("1984. A year", r"1984\. A year"),
        ("Vec<T> `Vec<T>` <br> x < y", r"Vec\<T> `Vec<T>` <br> x < y"),
        ("<https://a.example/b> <a@b.example>", "<https://a.example/b> <a@b.example>"),
        ("  - a\n    - b", "  - a\n    - b"),
        ("一日のうち **太字**です", "一日のうち **太字**です"),
    ],
)
def test_what_models_write_is_kept_but_for_what_others_would_read_in_another_way(written, read):
    assert portable(written) == read


@pytest.mark.parametrize(
    "text",
    [
        "```py\nprint(1)",
        "~~~~\n```\nx\n```",
        "````markdown\n```py\nx\n```\n````",
        "```markdown\n# a\n```py\nx\n```\nmore\n```",
        "- a\n\n  ```\n  b",
        "> ```\n> x",
        "<!-- never ended",
        "<pre>\nnever ended",
        "<script>alert(1)",
        "<details><summary>a</summary>\n\nnever ended",
        "<u>never ended",
        "<?php\n\nnever ended",
        "<![CDATA[\n\nnever ended",
        "\\[\nnever ended",
        "a\n===\nb\n---",
        "[a]: <",
        "    <pre>",
        "",
        " \n ",
    ],
)
def test_nothing_runs_on_into_what_follows(text):
    html = as_others_read_it(f"{portable(text)}\n\n## The next message\n\nIts *words*.\n")
    assert html.endswith("<h2>The next message</h2>\n<p>Its <em>words</em>.</p>\n")
    for tag in ("<script", "<pre>\nnever", "<!-- never", "<u>", "<details>"):
        assert tag not in html


def test_code_within_code_is_code_for_others_too():
    html = as_others_read_it(portable("```markdown\n# a\n```py\nx = 1\n```\nmore\n```\n\nafter"))
    assert "x = 1\n```\nmore" in html
    assert html.endswith("<p>after</p>\n")


@given(st.lists(st.sampled_from(UNITS) | st.text(max_size=20), max_size=12).map("".join))
@settings(max_examples=150, deadline=None)
def test_whatever_somebody_wrote_the_next_message_has_its_heading(text):
    for shown in (portable(text), quoted(text)):
        html = as_others_read_it(f"{shown}\n\n## The next message\n")
        assert html.endswith("<h2>The next message</h2>\n")


@pytest.mark.django_db
def test_a_file_is_written_by_the_clock_and_in_the_language_of_its_reader(rich):
    with timezone.override(ZoneInfo("Asia/Shanghai")), translation.override("de"):
        text = markdown(rich)
    assert "*29. März 2026, 08:30" in text
    assert "+08:00" in text

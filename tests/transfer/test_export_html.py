"""A conversation as one HTML file: it shows what its page shows, and asks for nothing from anywhere."""

import hashlib
import re
from base64 import b64encode
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from chat.core.text import find_bad
from chat.models import Conversation, Message, User
from chat.transfer import html_file
from chat.transfer.writing import documents_of
from tests.support.hostile_texts import UNITS

# What a page can be made to do something by, or to fetch
DOES = {
    "script",
    "iframe",
    "object",
    "embed",
    "form",
    "input",
    "link",
    "base",
    "img",
    "video",
    "audio",
    "source",
}
INPUTS_OF_TASKS = {("type", "checkbox"), ("disabled", ""), ("checked", "")}


class Elements(HTMLParser):
    """All tags with their attributes, and what is in `style` elements."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, {name: value or "" for name, value in attributes}))


def page_of(conversation: Conversation) -> str:
    (document,) = documents_of(conversation.owner, [conversation.pk])
    return b"".join(html_file.pieces(document)).decode()


def wrong_in(page: str) -> list[str]:
    """What of a page does something, or fetches something from elsewhere."""
    wrong = []
    for tag, attributes in Elements(page).found:
        is_task = tag == "input" and set(attributes.items()) <= INPUTS_OF_TASKS
        if tag in DOES and not is_task:
            wrong.append(tag)
        for name, value in attributes.items():
            address = value.strip().lower()
            is_link = (
                tag == "a" and name == "href" and address.startswith(("http:", "https:", "mailto:", "#"))
            )
            if name.startswith("on") or name in {"style", "srcdoc"}:
                wrong.append(f"{tag} {name}")
            elif name in {"href", "src", "xlink:href", "action", "poster", "data"} and not is_link:
                wrong.append(f"{tag} {name}={value}")
    return wrong


@pytest.mark.django_db
def test_the_branch_in_view_is_shown_and_nothing_that_is_not_its_reader_s(rich):
    page = page_of(rich)
    assert "<title>A day on Mars</title>" in page
    assert "How long is\na day?" in page
    assert "<math" in page
    assert "Mars turns slower." in page
    assert "Thought for 4 s" in page
    assert "Tutor · Big One" in page
    assert "Version 2 of 3" in page
    assert "2 messages are on other branches" in page
    assert "canary" not in page
    assert wrong_in(page) == []


@pytest.mark.django_db
def test_its_policy_allows_its_own_style_sheet_and_no_other(alice, say):
    page = page_of(say(alice, "q", "a"))
    (sheet,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = b64encode(hashlib.sha256(sheet.encode()).digest()).decode()
    policy = next(
        attributes["content"]
        for tag, attributes in Elements(page).found
        if attributes.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}';")
    assert "url(" not in sheet
    assert "@import" not in sheet


@pytest.mark.django_db
def test_html_in_titles_names_and_messages_is_text(alice, write):
    write.conversation.title = "<img src=x onerror=alert(1)></title><script>alert(2)</script>"
    write.conversation.persona_name = write.conversation.title[:80]
    question = write("user", "<script>alert(3)</script> javascript:alert(4)")
    write.show(
        write(
            "assistant",
            "[a](javascript:alert(5)) <iframe src=//e.example> ![p](https://e.example/p.png) <style>*{}</style>",
            question,
            model_label="<svg onload=alert(6)>",
            reasoning="<img src=x onerror=alert(7)>",
        )
    )
    page = page_of(write.conversation)
    assert wrong_in(page) == []
    assert page.count("<style>") == 1
    assert "&lt;script&gt;alert(3)" in page


class AnyText(TestCase):
    """Hypothesis makes its texts in one transaction each."""

    @given(
        st.lists(
            st.sampled_from(
                (*UNITS, "<script>", "<img src=x onerror=1>", "</style>", "<svg onload=1>", "javascript:")
            )
            | st.text(max_size=20),
            max_size=10,
        )
        .map("".join)
        .filter(lambda text: not find_bad(text))
    )
    @settings(max_examples=60, deadline=None)
    def test_no_text_does_anything(self, text):
        alice = User.objects.create_user("alice@example.org")
        conversation = Conversation.objects.create(owner=alice, title=text[:120] or "t")
        question = Message.objects.create(conversation=conversation, role="user", text=text)
        conversation.tip = Message.objects.create(
            conversation=conversation,
            parent=question,
            role="assistant",
            text=text,
            reasoning=text,
            model_label=text[:200],
        )
        conversation.save()
        page = page_of(conversation)
        assert wrong_in(page) == []
        assert page.count("<article") == 2
        assert page.endswith("</article></main></body></html>\n")

"""The line that shows where the model's view begins, for a model whose context moves on in steps."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.chat_page import ChatPage
from tests.browser.model import Model
from tests.browser.site import Site

LINE = "Only the messages below are sent to the model"


@pytest.fixture(scope="module")
def stepping_site(
    scripted_model: Model, people: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """A site whose operator has chosen it."""
    variables = scripted_model.variables | {"OPENAI_PROMPT_CACHING": "on"}
    site = Site(tmp_path_factory.mktemp("stepping"), people, **variables)
    yield site
    site.stop()


def open_chat(new_context, site: Site, name: str) -> ChatPage:
    """Of somebody whose conversation is just as long as the model's view."""
    chat = ChatPage(new_context(site, site.named(name)).new_page()).open("/")
    chat.item("Ten and one").get_by_role("link").click()
    expect(chat.answer).to_contain_text("Answer 9.")
    return chat.live()


ANSWERED = """(question) => {
    const answer = document.querySelector("#messages").lastElementChild;
    const { status } = answer.dataset;
    return status === "complete" && answer.previousElementSibling.innerText.startsWith(question);
}"""


def ask(chat: ChatPage, question: str) -> None:
    """Ask, and wait for the whole answer; of a long conversation the page puts the first messages away."""
    chat.say(question)
    chat.until(f"({ANSWERED})('{question}')")


WHERE = """() => [...document.querySelectorAll("#messages .message")]
    .flatMap((message) => [...message.querySelectorAll(".memory")].map((line) => [message, line]))
    .map(([message, line]) => [/^Question [0-9]+/.exec(message.querySelector(".body").innerText)[0], line.innerText.split(",")[0].trim()])"""


def test_the_line_is_where_the_next_request_begins_over_seventeen_turns(new_context, stepping_site, model):
    chat = open_chat(new_context, stepping_site, "forgetful")
    for turn in range(18):
        if turn:
            ask(chat, f"Question {9 + turn}")
        begins = turn // 6 * 6
        expected = [[f"Question {begins}", LINE]] if begins else []
        assert chat.page.evaluate(WHERE) == expected, turn
        if turn in {5, 6, 13, 17}:  # the server draws it where the page's script does
            chat.reload().live()
            assert chat.page.evaluate(WHERE) == expected, turn


def test_the_line_follows_the_model_that_is_chosen(new_context, stepping_site, model):
    stepping_site.ask(
        "INSERT INTO chat_modelprovider (name, base_url, sealed_key, sealed_headers, allow_private, is_enabled,"
        " problem, problem_detail) VALUES ('Plain', 'http://127.0.0.1:9/v1', '', '', 1, 1, '', '')"
    )
    stepping_site.ask(
        "INSERT INTO chat_offeredmodel (provider_id, name, label, position, is_offered, is_default, by_name, quirks)"
        " SELECT id, 'plain-1', '', 9, 1, 0, 1, '{}' FROM chat_modelprovider WHERE name = 'Plain'"
    )
    chat = open_chat(new_context, stepping_site, "keeping")
    chat.ask("Question 10")
    assert chat.page.evaluate(WHERE) == []
    for name, expected in (
        ("plain-1", [["Question 1", "Only the 10 exchanges below are sent to the model"]]),
        ("scripted-1", []),
    ):
        chat.page.get_by_role("button", name="Model:").click()
        with chat.page.expect_response(re.compile("/model/$")):
            options = chat.page.get_by_role("listbox", name="Models").get_by_role("option")
            options.filter(has_text=name).first.click()
        chat.until(f"document.querySelectorAll('#messages .memory').length === {len(expected)}")
        assert chat.page.evaluate(WHERE) == expected
        chat.reload().live()
        assert chat.page.evaluate(WHERE) == expected

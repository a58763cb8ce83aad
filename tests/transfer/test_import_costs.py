"""Files that are made to cost more than they are: what is read of them takes no longer, and no more room."""

import pytest

from chat.transfer.imports import chatgpt, librechat, openwebui, own
from chat.transfer.imports.chatgpt_content import read_content
from chat.transfer.imports.source import Losses
from chat.transfer.imports.tree import plant
from tests.support.exports import gpt, gpt_message


def test_versions_of_one_turn_do_not_multiply_its_text():
    # A chain of replies, each with a second one beside it, would be the square of its text
    nodes = {"q": (None, gpt_message("user", "Q"))}
    above = "q"
    for number in range(400):
        nodes[f"a{number}"] = above, gpt_message("assistant", "words " * 100)
        nodes[f"b{number}"] = above, gpt_message("assistant", "other " * 100)
        above = f"a{number}"
    tree = plant(chatgpt.read(gpt("Square", nodes)))
    assert sum(len(row.text) for row in tree.rows) < 6 * 800 * 600


def test_long_chains_that_fork_at_every_step_take_no_longer_than_they_are():
    # What is walked for each of them from its end would be the square: hours for a file of 32 MB
    nodes = {"q": (None, gpt_message("user", "Q"))}
    above = "q"
    for number in range(10_000):
        nodes[f"a{number}"] = above, gpt_message("assistant", "a")
        nodes[f"b{number}"] = above, gpt_message("assistant", "b")
        above = f"a{number}"
    tree = plant(chatgpt.read(gpt("Fork", nodes)))
    assert len(tree.rows) > 10_000
    asked = [
        {"id": str(number), "parent": str(number - 1), "role": "user", "text": "Q"}
        for number in range(30_000)
    ]
    tree = plant(own.read({"id": "x", "current": "0", "messages": asked}, {}))
    assert tree.tip == 29_999


def librechat_talk(count):
    """One branch, in the order of its dates."""
    messages = [
        {
            "messageId": str(number),
            "parentMessageId": str(number - 1),
            "isCreatedByUser": number % 2 == 0,
            "createdAt": 1_700_000_000 + number,
            "text": f"Message {number}",
        }
        for number in range(count)
    ]
    return {"conversationId": "long", "messages": messages}


def test_a_conversation_as_long_as_a_file_may_have_it_is_read_message_by_message():
    # Each message looked for among all of them took an hour of these
    found = librechat.read(librechat_talk(100_000))
    assert (len(found.nodes), found.current) == (100_000, "99999")


@pytest.mark.parametrize("opening", ['<details type="reasoning">', '<details type="reasoning"'])
def test_thinking_that_never_ends_is_words_and_takes_no_longer(opening):
    # Each of them looked for its end in all that follows: hours, in which the server did nothing else
    text = f'<details type="reasoning"><summary>Thought</summary>> Hm</details>\nYes{opening * 100_000}'
    message = {"role": "assistant", "content": text}
    found = openwebui.read({"chat": {"history": {"messages": {"m": message}}}})
    assert found.nodes[0].reasoning == "Hm"
    assert found.nodes[0].text == f"Yes{opening * 100_000}"


def test_a_mark_that_stands_everywhere_does_not_multiply_its_text():
    reference = {"matched_text": "aa", "url": f"https://a.example/{'x' * 1900}"}
    metadata = {"content_references": [reference, {"matched_text": "once", "url": "https://b.example/"}]}
    content = read_content({"content_type": "text", "parts": ["aa" * 100_000 + "once"]}, metadata, Losses())
    assert content.text == "aa" * 100_000 + " ([b.example](https://b.example/))"

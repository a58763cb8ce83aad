"""What comes along from each product, in the shape that it really writes."""

from datetime import UTC, datetime

import pytest

from chat.transfer.imports import reader
from chat.transfer.imports.tree import plant
from tests.support.exports import (
    T0,
    as_json,
    as_zip,
    claude,
    claude_message,
    gpt,
    gpt_message,
    gpt_talk,
    libre,
    libre_message,
    saved,
    webui,
    webui_message,
)


@pytest.fixture
def take(tmp_path):
    """Read a file: the conversations with their trees, and the problems."""

    def read(data):
        items = list(reader.read(saved(tmp_path, data)))
        found = [(item.found, plant(item.found)) for item in items if item.found]
        return found, [(item.problem, item.name) for item in items if item.problem]

    return read


@pytest.fixture
def only(take):
    """Read JSON with one conversation in it: what was found, and its tree."""

    def read(value):
        found, problems = take(value if isinstance(value, bytes) else as_json(value))
        assert problems == []
        (pair,) = found
        return pair

    return read


def lines(tree):
    """The messages as (role, text), each below its parent's number."""
    return [(row.parent, row.role, row.text) for row in tree.rows]


def lost(found):
    return {kind: (loss.count, loss.details) for kind, loss in found.losses.items()}


# ChatGPT


def test_chatgpt_brings_titles_dates_models_and_words(only):
    found, tree = only([gpt_talk("Trip", 2)])
    assert (found.source, found.id, found.title) == ("chatgpt", "id-Trip", "Trip")
    assert [row.role for row in tree.rows] == ["user", "assistant"] * 2
    assert tree.rows[1].text.strip() == "Reply 0 to Trip"
    assert tree.rows[1].model == "gpt-4o"
    assert tree.rows[0].at == datetime.fromtimestamp(T0, UTC)
    assert tree.created_at == datetime.fromtimestamp(T0, UTC)
    assert tree.last_activity_at == datetime.fromtimestamp(T0 + 60, UTC)
    assert tree.tip == 3


def test_chatgpt_brings_every_branch_in_its_order_and_the_one_in_view(only):
    nodes = {
        "root": (None, None),
        "q": ("root", gpt_message("user", "Why?")),
        "a1": ("q", gpt_message("assistant", "First")),
        "a2": ("q", gpt_message("assistant", "Second")),
        "q2": ("a1", gpt_message("user", "And?")),
        "a3": ("q2", gpt_message("assistant", "So.")),
    }
    _, tree = only([gpt("Branches", nodes)])
    assert lines(tree) == [
        (-1, "user", "Why?"),
        (0, "assistant", "First"),
        (1, "user", "And?"),
        (2, "assistant", "So."),
        (0, "assistant", "Second"),
    ]
    assert tree.rows[tree.tip].text == "So."


def test_a_reply_in_several_nodes_is_one_reply_and_its_tools_are_named(only):
    thoughts = {"content_type": "thoughts", "thoughts": [{"summary": "Looking", "content": "I look it up."}]}
    search = gpt_message("assistant", {"content_type": "code", "text": "search()"}, recipient="web.run")
    nodes = {
        "q": (None, gpt_message("user", "What is new?")),
        "t": ("q", gpt_message("assistant", thoughts)),
        "call": ("t", search),
        "result": ("call", gpt_message("tool", "found this", name="web.run")),
        "recap": ("result", gpt_message("assistant", {"content_type": "reasoning_recap", "content": "5s"})),
        "a": ("recap", gpt_message("assistant", "This.")),
    }
    found, tree = only([gpt("Tools", nodes)])
    assert lines(tree) == [(-1, "user", "What is new?"), (0, "assistant", "This.")]
    assert tree.rows[1].reasoning == "**Looking**\n\nI look it up."
    assert lost(found) == {"tool": (1, ["web.run"])}


def test_what_cannot_come_from_chatgpt_is_named(only):
    picture = {"content_type": "image_asset_pointer", "asset_pointer": "file-service://file-1", "width": 9}
    speech = {"content_type": "audio_transcription", "text": "Spoken words", "direction": "in"}
    audio = {"content_type": "audio_asset_pointer", "asset_pointer": "file-service://file-2", "format": "wav"}
    paper = {"attachments": [{"id": "file-3", "name": "paper.pdf", "mime_type": "application/pdf"}]}
    canvas = gpt_message("assistant", "{}", recipient="canmore.create_textdoc")
    drawn = gpt_message("tool", [picture], name="dalle.text2im")
    nodes = {
        "q": (None, gpt_message("user", [picture, "Look", speech, audio], metadata=paper)),
        "c": ("q", canvas),
        "d": ("c", gpt_message("assistant", "{}", recipient="dalle.text2im")),
        "e": ("d", drawn),
        "a": ("e", gpt_message("assistant", "Here.")),
    }
    found, tree = only([gpt("Losses", nodes)])
    assert tree.rows[0].text == "Look\n\nSpoken words"
    assert lost(found) == {
        "picture": (2, []),
        "audio": (1, []),
        "file": (1, ["paper.pdf"]),
        "canvas": (1, ["canmore.create_textdoc"]),
        "tool": (1, ["dalle.text2im"]),
    }


def test_sources_of_chatgpt_become_links_and_no_sign_of_private_use_stays(only):
    mark = "\ue200cite\ue202turn0search1\ue201"
    reference = {
        "matched_text": mark,
        "type": "grouped_webpages",
        "items": [{"title": "A [good] page", "url": "https://example.org/a?b=(c)"}],
    }
    hidden = "\ue200navlist\ue202More\ue202turn0news1\ue201"
    old = {
        "start_ix": 3,
        "end_ix": 11,
        "metadata": {"type": "webpage", "title": "Old", "url": "http://o.example/"},
    }
    nodes = {
        "q": (None, gpt_message("user", "Sources?")),
        "a": (
            "q",
            gpt_message("assistant", f"New{mark}.{hidden}", metadata={"content_references": [reference]}),
        ),
        "q2": ("a", gpt_message("user", "Before?")),
        "a2": ("q2", gpt_message("assistant", "Old【1†page】 and【2†x】.", metadata={"citations": [old]})),
        "q3": ("a2", gpt_message("user", "Bad?")),
        "a3": (
            "q3",
            gpt_message(
                "assistant",
                f"Bad{mark}.",
                metadata={
                    "content_references": [{"matched_text": mark, "items": [{"url": "javascript:alert(1)"}]}]
                },
            ),
        ),
    }
    _, tree = only([gpt("Sources", nodes)])
    assert tree.rows[1].text == "New ([A good page](https://example.org/a?b=%28c%29))."
    assert tree.rows[3].text == "Old ([Old](http://o.example/)) and."
    assert tree.rows[5].text == "Bad."


def test_code_and_instructions_come_along(only):
    about = {
        "content_type": "user_editable_context",
        "user_profile": "I teach.",
        "user_instructions": "Be kind.",
    }
    code = {"content_type": "code", "language": "python", "text": "print('```')"}
    nodes = {
        "s": (None, gpt_message("user", about, metadata={"is_visually_hidden_from_conversation": True})),
        "q": ("s", gpt_message("user", "Code, please")),
        "a": ("q", gpt_message("assistant", code)),
    }
    found, tree = only([gpt("Code", nodes)])
    assert found.instructions == "I teach.\n\nBe kind."
    assert tree.rows[1].text == "````python\nprint('```')\n````"


def test_files_of_today_come_whole_out_of_the_zip(take):
    # LibreChat#15229: more than fifty files, messages without metadata, the model at the conversation alone
    bare = gpt_talk("Bare")
    for entry in bare["mapping"].values():
        if entry["message"]:
            del entry["message"]["metadata"]
            del entry["message"]["recipient"]
    files = {
        "conversations-000.json": [gpt_talk("One"), bare],
        "conversations-001.json": [gpt_talk("Two")],
        "user.json": {"id": "user-1", "email": "ann@example.org"},
        "message_feedback.json": [
            {"id": str(n), "conversation_id": "id-One", "rating": "up"} for n in range(9)
        ],
        "shared_conversations.json": [{"id": "s", "conversation_id": "id-One", "title": "One"}],
        "chat.html": b"<html></html>",
        "file-1.png": b"\x89PNG",
    }
    found, problems = take(as_zip(files))
    assert [each.title for each, _ in found] == ["One", "Bare", "Two"]
    assert found[1][1].rows[1].model == "gpt-4o"
    assert problems == []


def test_a_chatgpt_tree_with_links_in_one_direction_only_is_whole(only):
    # Newer files lack `children`; nowledge-co/community#261
    without_children, without_parents = gpt_talk("Up", 3), gpt_talk("Down", 3)
    for entry in without_children["mapping"].values():
        del entry["children"]
    for entry in without_parents["mapping"].values():
        del entry["parent"]
    for value in (without_children, without_parents):
        _, tree = only([value])
        assert [row.parent for row in tree.rows] == [-1, 0, 1, 2, 3, 4]


def test_messages_without_content_or_author_cost_only_themselves(only):
    # LibreChat#13637
    value = gpt_talk("Holes", 2)
    value["mapping"]["a0"]["message"]["content"] = None
    value["mapping"]["q1"]["message"]["author"] = None
    _, tree = only([value])
    assert tree.rows[0].text.startswith("Question 0")
    assert tree.rows[-1].text.strip() == "Reply 1 to Holes"


def test_archived_and_starred_conversations_say_so(only):
    found, _ = only([gpt_talk("Old", is_archived=True, is_starred=True)])
    assert found.is_archived
    assert found.is_pinned


# Claude


def test_claude_brings_words_thinking_and_sources_and_names_the_rest(take):
    cited = {
        "type": "text",
        "text": "It rains. Really.",
        "citations": [
            {"start_index": 0, "end_index": 8, "details": {"type": "web", "url": "https://w.example/"}}
        ],
    }
    thinking = {"type": "thinking", "thinking": "Weather?", "summaries": [{"summary": "x"}], "cut_off": False}
    artifact = {"type": "tool_use", "name": "artifacts", "input": {"command": "create", "title": "Chart"}}
    search = {"type": "tool_use", "name": "web_search", "input": {"query": "rain"}}
    result = {"type": "tool_result", "name": "web_search", "content": []}
    paper = {"file_name": "notes.txt", "file_size": 4, "file_type": "txt", "extracted_content": "text"}
    question = claude_message(
        "m1", "human", "Weather?", attachments=[paper], files=[{"file_name": "sky.jpg"}]
    )
    reply = claude_message(
        "m2", "assistant", thinking, search, result, cited, artifact, {"type": "token_budget"}
    )
    files = {
        "conversations.json": [claude("Rain", question, reply)],
        "projects.json": [{"uuid": "p", "name": "Trip", "docs": [], "prompt_template": ""}],
        "users.json": [{"uuid": "u", "full_name": "Ann", "email_address": "ann@example.org"}],
    }
    ((found, tree),), problems = take(as_zip(files))
    assert problems == []
    assert lines(tree) == [
        (-1, "user", "Weather?"),
        (0, "assistant", "It rains ([w.example](https://w.example/)). Really."),
    ]
    assert tree.rows[1].reasoning == "Weather?"
    assert tree.last_activity_at == datetime(2025, 6, 1, 10, 5, tzinfo=UTC)
    assert lost(found) == {
        "file": (1, ["notes.txt"]),
        "picture": (1, ["sky.jpg"]),
        "tool": (1, ["web_search"]),
        "canvas": (1, ["Chart"]),
    }


def test_claude_brings_branches_where_the_file_names_parents_and_else_one(only):
    root = "00000000-0000-4000-8000-000000000000"
    tree_of = [
        claude_message("q", "human", "Why?", parent=root),
        claude_message("a1", "assistant", "First", parent="q"),
        claude_message("a2", "assistant", "Second", parent="q"),
    ]
    _, tree = only([claude("Tree", *tree_of)])
    assert [row.parent for row in tree.rows] == [-1, 0, 0]
    for message in tree_of:
        del message["parent_message_uuid"]
    _, tree = only([claude("Line", *tree_of)])
    assert lines(tree) == [(-1, "user", "Why?"), (0, "assistant", "First\n\nSecond")]


def test_claude_files_without_blocks_have_their_words_in_text(only):
    message = claude_message("q", "human", "x") | {"content": [], "text": "Only text"}
    _, tree = only([claude("Old", message)])
    assert tree.rows[0].text == "Only text"


# Open WebUI


def test_open_webui_brings_branches_thinking_sources_and_the_system_prompt(only):
    thinking = (
        '<details type="reasoning" done="true" duration="3">\n<summary>Thought for 3 seconds</summary>\n'
    )
    words = thinking + "&gt; not quoted\n> I &lt;think&gt;\n</details>\nIt is <b>so</b> [1]."
    call = '<details type="tool_calls" done="true" id="c" name="get_time" arguments="{}">\n<summary>x</summary>\n</details>\n'
    sources = [
        {"source": {"name": "search"}, "metadata": [{"source": "https://w.example/a", "name": "A page"}]}
    ]
    value = webui(
        "Web",
        webui_message("q", "user", "Why?", files=[{"type": "image", "url": "data:"}]),
        webui_message("a1", "assistant", "First", "q"),
        webui_message("a2", "assistant", call + words, "q", sources=sources),
        chat={"params": {"system": "Be brief."}},
        pinned=True,
    )
    found, tree = only([value])
    assert [row.parent for row in tree.rows] == [-1, 0, 0]
    assert tree.rows[2].text == "It is <b>so</b> [1].\n\n1. [A page](https://w.example/a)"
    assert tree.rows[2].reasoning.endswith("I <think>")
    assert tree.rows[2].model == "llama3.2:latest"
    assert (found.instructions, found.is_pinned) == ("Be brief.", True)
    assert tree.created_at == datetime.fromtimestamp(1_740_000_000, UTC)
    assert lost(found) == {"picture": (1, []), "tool": (1, ["get_time"])}


def test_the_oldest_open_webui_files_have_a_list_alone(only):
    value = webui("Old", webui_message("q", "user", "Hello"))
    value["chat"]["history"] = {}
    value["chat"]["messages"] = [
        {"role": "system", "content": "You are old."},
        {"id": "1", "role": "user", "content": "Hello"},
        {"id": "2", "role": "assistant", "content": "Hi"},
    ]
    found, tree = only([value])
    assert lines(tree) == [(-1, "user", "Hello"), (0, "assistant", "Hi")]
    assert found.instructions == "You are old."


# LibreChat


@pytest.mark.parametrize("recursive", [False, True])
def test_librechat_brings_both_forms_of_its_export(only, recursive):
    parts = [
        {"type": "think", "think": "Hm."},
        {"type": "tool_call", "tool_call": {"name": "web_search", "args": "{}", "output": ""}},
        {"type": "text", "text": "So it is."},
    ]
    web = {"web_search": {"organic": [{"title": "Page", "link": "https://w.example/"}]}}
    messages = [
        libre_message("q1", "Why?", files=[{"filename": "a.png", "type": "image/png"}]),
        libre_message("a1", "Because.", "q1"),
        libre_message("a2", parts, "q1", attachments=[web], createdAt="2025-03-01T12:05:00.000Z"),
        libre_message("q2", "And?", "a1"),
    ]
    found, tree = only(libre("Libre", messages, recursive=recursive))
    assert lines(tree) == [
        (-1, "user", "Why?"),
        (0, "assistant", "Because."),
        (1, "user", "And?"),
        (0, "assistant", "So it is.\n\n1. [Page](https://w.example/)"),
        (2, "assistant", ""),
    ]
    reply = next(row for row in tree.rows if row.text.startswith("So"))
    assert (reply.reasoning, reply.model) == ("Hm.", "gpt-4o")
    assert tree.rows[tree.tip] is reply  # the latest
    assert (found.title, found.instructions) == ("Libre", "Be brief.")
    assert lost(found) == {"picture": (1, ["a.png"]), "tool": (1, ["web_search"])}


def test_a_long_nested_librechat_conversation_is_read(only):
    # Deeper than the parser's stack, and Python's
    messages = [libre_message("q0", "Begin")]
    for turn in range(1, 1200):
        name = f"q{turn}" if turn % 2 == 0 else f"a{turn}"
        messages.append(libre_message(name, f"Message {turn}", messages[-1]["messageId"]))
    flat = libre("Deep", messages)
    text = as_json(flat["messages"][-1]).decode()
    for message in reversed(messages[:-1]):
        text = as_json(message | {"children": ["X"]}).decode().replace('"X"', text)
    head = as_json({key: value for key, value in flat.items() if key != "messages"}).decode()
    found, tree = only(f'{head[:-1]},"messagesTree":[{text}]}}'.encode())
    assert found.title == "Deep"
    assert len(tree.rows) == 1200

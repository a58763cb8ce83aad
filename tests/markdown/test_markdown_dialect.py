"""What models and people write where CommonMark reads something else."""

import re
import time
from html import unescape

import pytest

from chat import markdown
from chat.markdown import LiveHtml
from tests.support.markup import undirected


def render(text):
    return undirected(markdown.render(text))


def render_blocks(text):
    return [undirected(block) for block in markdown.render_blocks(text)]


def words(html):
    return unescape(re.sub("<[^>]*>", "", html))


@pytest.mark.parametrize(
    "text",
    [
        "大约3~5天，价格100~200元",
        "age(1~3), height(80~100)",
        "first thing (~$1.50) and second thing (~$10)",
        "A~B~C~D",
        "~/.config and ~/.cache",
        "喵呜~这就为您呈上~",
        "~2000 lines ~50%",
    ],
)
def test_one_tilde_is_a_tilde(text):
    html = render(text)
    assert "<del>" not in html
    assert words(html) == text


@pytest.mark.parametrize(
    ("text", "struck"),
    [
        ("~~gone~~ stays", "gone"),
        ("~~25~30~~", "25~30"),
        ("**1~3月** ~~x~~", "x"),
        ("| ~x~ | ~~y~~ |\n|--|--|", "y"),
    ],
)
def test_two_tildes_strike(text, struck):
    assert render(text).count("<del>") == 1
    assert f"<del>{struck}</del>" in render(text)


def test_tildes_of_code_and_addresses_stay():
    html = render("`~a~` [x](http://a.example/~b/) http://a.example/~c/\n\n~~~\n~d~\n~~~")
    assert "<code>~a~</code>" in html
    assert 'href="http://a.example/~b/"' in html
    assert 'href="http://a.example/~c/"' in html
    assert "~d~\n</code>" in html


@pytest.mark.parametrize(
    ("text", "address", "after"),
    [
        ("已创建：https://example.com/issues/477，涵盖了", "https://example.com/issues/477", "，涵盖了"),
        ("链接 https://example.com/a。", "https://example.com/a", "。"),
        ("见 https://example.com/a?b=1，谢谢！", "https://example.com/a?b=1", "，谢谢！"),
        ("https://example.com/docs（中文说明）了解更多", "https://example.com/docs", "（中文说明）了解更多"),
        ("https://example.com/docs了解更多", "https://example.com/docs", "了解更多"),
        ("中文https://example.com英文", "https://example.com", "英文"),
        ("https://example.com/guide”", "https://example.com/guide", "”"),
        ("https://example.com/a）", "https://example.com/a", "）"),
        ("https://example.com/a、b", "https://example.com/a", "、b"),
        ("https://example.com/a』", "https://example.com/a", "』"),
        ("こちらhttps://example.com/aです。", "https://example.com/a", "です。"),
        ("https://example.com/a에서", "https://example.com/a", "에서"),
        ("见 www.example.com，然后", "http://www.example.com", "，然后"),
        ("(see https://example.com/x), end", "https://example.com/x", "), end"),
        ("https://en.example.org/wiki/Foo_(bar) and", "https://en.example.org/wiki/Foo_(bar)", " and"),
        ("end https://example.com/y.", "https://example.com/y", "."),
        (
            "PR：https://example.com/pull/45（`fix` → `main`…）",
            "https://example.com/pull/45",
            "（fix → main…）",
        ),
    ],
)
def test_an_address_ends_before_punctuation_of_chinese_and_before_its_words(text, address, after):
    html = render(text)
    assert f'href="{address}"' in html
    assert words(html.split("</a>")[1]) == after


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://a.example/安装包（正式版）", "https://a.example/%E5%AE%89%E8%A3%85%E5%8C%85"),
        ("https://zh.example.org/wiki/C语言 是", "https://zh.example.org/wiki/C%E8%AF%AD%E8%A8%80"),
        ("https://a.example/2023年.pdf", "https://a.example/2023%E5%B9%B4.pdf"),
        ("https://a.example/s?wd=中文", "https://a.example/s?wd=%E4%B8%AD%E6%96%87"),
        ("[x](https://a.example/（c）)", "https://a.example/%EF%BC%88c%EF%BC%89"),
    ],
)
def test_chinese_within_an_address_stays(text, address):
    assert f'href="{address}"' in render(text)


def test_marks_of_addresses_leave_no_trace_in_code():
    assert "<code>https://a.example，b</code>" in render("`https://a.example，b`")
    assert "https://a.example，b\n</code>" in render("    https://a.example，b")


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("| `a || b` | c |\n|--|--|\n| d | `e|f` |", ["<code>a || b</code>", "<td><code>e|f</code></td>"]),
        (r"| `a \| b` |" + "\n|--|", ["<th><code>a | b</code></th>"]),
        ("| $5 each|10$ |\n|--|--|", ["<th>$5 each</th>", "<th>10$</th>"]),
        ("| ` | ` | x |\n|--|--|--|", ["<th>`</th>", "<th>x</th>"]),
    ],
)
def test_a_bar_within_code_parts_no_cells(text, html):
    for part in html:
        assert part in render(text)


@pytest.mark.parametrize(
    "text",
    [
        "Run `x` in __init__.py and __main__.py",
        'if __name__ == "__main__":',
        "obj.__class__.__name__ and __custom_name__",
        "snake_case__x and a__b__c",
        "src/__snapshots__/x and __tests__/y",
        "__VA_ARGS__ and __FILE__",
        "2*3*4 and 2**10 * 3**2",
        "a*b*c is x*y",
    ],
)
def test_names_and_products_are_not_emphasised(text):
    html = render(text)
    assert "<strong>" not in html
    assert "<em>" not in html
    assert words(html) == text.replace("`", "")


@pytest.mark.parametrize(
    "text", ["__bold__ x", "__Two words__", "__注意：__", "**a**2", "*a* b *c*", "un*frigging*real"]
)
def test_other_emphasis_is_as_the_standard_has_it(text):
    assert "<strong>" in render(text) or "<em>" in render(text)


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("A sentence.\n---\nmore", ["p", "hr", "p"]),
        ("Two lines\nof words\n---\nmore", ["p", "hr", "p"]),
        ("A title\n---\nmore", ["h2", "p"]),
        ("A title\n===\nmore", ["h1", "p"]),
        ("Text\n-\n", ["p"]),
        ("Text\n=\n", ["p"]),
        ("- a\n---\nb", ["ul", "hr", "p"]),
        ("1986. A great year.", ["p"]),
        ("42.", ["p"]),
        ("1) a\n2) b", ["ol"]),
        ("1. a\n2.\n3. c", ["ol"]),
        ("##标题\n#标签", ["h2", "p"]),
        ("###**Title**", ["h3"]),
        ("#hashtag", ["p"]),
        ("##vso[task]", ["p"]),
    ],
)
def test_what_begins_a_block_and_what_does_not(text, tags):
    assert [re.match(r"<(\w+)", block)[1] for block in render_blocks(text)] == tags


README = "Here:\n\n```markdown\n# Tool\n\n```bash\npip install tool\n```\n\nUse:\n\n```python\nimport tool\n```\n\nEnd.\n```\n\nThat is all."


def test_fences_within_a_document_belong_to_it():
    blocks = render_blocks(README)
    assert len(blocks) == 3
    assert words(blocks[1]) == README.split("```markdown\n")[1].removesuffix("```\n\nThat is all.")
    assert words(blocks[2]) == "That is all."


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("```md\nExample:\n```\nx\n```\n## y\n```json\n{}\n```\n```\n\nend", 2),
        ("~~~markdown\na\n```py\nb\n```\nc\n~~~\nd", 2),
        ("````markdown\n```py\nb\n```\n````\nd", 2),
        ("```markdown\n# a\n```\nDirectly after", 2),
        ("```markdown\n# a\n\n```python\nx\n```\n\n**end**", 2),  # the document was never closed
        ("```python\nx\n\n```bash\ny\n```\n\nend", 2),
        ("> ```markdown\n> ```sh\n> a\n> ```\n> ```\n> b\n\nc", 2),
        ("- ```md\n  ```sh\n  a\n  ```\n  ```\n- b", 1),
    ],
)
def test_a_document_ends_where_its_writer_meant(text, blocks):
    assert len(render_blocks(text)) == blocks


def test_a_document_stays_one_block_while_it_is_written():
    live = LiveHtml()
    for char in README[: README.index("```\n\nThat")]:
        live.feed(char)
        assert len(live.blocks) <= 2


@pytest.mark.parametrize(
    "text",
    [
        "```md\n```a\n```\n" * 10_000,
        "<!-- \n" * 40_000,
        "<details>\n" * 20_000,
        "<u>" * 60_000,
        "<u>**a</u>" * 20_000,
        "https://a.example/中" * 10_000,
        "`|" * 100_000,
        "__a" * 80_000,
        "a*" * 100_000,
        "<!--" * 50_000,
        "<s>" * 60_000,
        "| <li>" * 20_000,
    ],
)
def test_no_text_takes_more_than_a_moment(text):
    before = time.process_time()
    render(text)
    assert time.process_time() - before < 5

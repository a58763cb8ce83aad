"""Nothing flickers while a reply is written: blocks keep their kind, and what is shown stays."""

import re
from html import unescape

import pytest

from chat.markdown import LiveHtml, render

ANSWERS = {
    "a list below a line": "Three things:\n- one\n- two\n\nand\n* three\n* four\n",
    "a numbered list": "Steps:\n\n1. First **step**\n2. Second\n10. Tenth\n\nThen:\n1. x\n",
    "a loose list": "1. a\n\n2. b\n\n   c\n\n3. d\n",
    "nested lists": "- a\n  - b\n    - c\n- d\n\n* **Key**: value\n* `x`: y\n",
    "tasks": "- [ ] open\n- [x] done\n",
    "a rule": "A sentence.\n\n---\n\n## Next\n\nMore.\n***\nend\n",
    "a rule below words": "A whole sentence.\n---\nMore words.\n",
    "headings": "# One\n\n## Two\ntext\n### 3. Three\n\n#hashtag\n",
    "a table": "Here:\n\n| Name | Value |\n|:-----|------:|\n| a | `x|y` |\n| b<br>c | $|x|$ |\n\nEnd.\n",
    "a table right below words": "Here:\n| a | b |\n|---|---|\n| 1 | 2 |\n",
    "emphasis": "Some **bold** and *italic* and ***both*** and ~~gone~~ and `code` here.\n\n**Bold start** then.\n",
    "links": "See [the docs](https://a.example/x_(y)) or https://b.example/z, [1] and [^1].\n",
    "an image": "Look: ![a cat](https://a.example/c.png) there!\n",
    "quotes": "> quoted **text**\n> and more\n\nafter\n",
    "code": "Run:\n\n```bash\nls -l\n```\n\nor `x`.\n\n```python title=\"a.py\"\nx = 1\n\ny = '``'\n```\nend\n",
    "code in a list": "1. a\n   ```js\n   let b\n   ```\n2. c\n",
    "html": "H<sub>2</sub>O and 10<sup>3</sup><br>x < y, a <b> c, Vec<T>, <!-- gone --> Ctrl+<kbd>C</kbd>.\n",
    "details": "<details>\n<summary>Show</summary>\n\nhidden **words**\n\n- a\n</details>\n\nend\n",
    "entities": "AT&T &amp; R&D &lt;x&gt; &copy; a & b\n",
    "formulas": "We have $x^2$ and \\(y\\):\n\n$$\na + b\n$$\n\nand \\[\nc\n\\]\n",
    "a footnote": "One[^1] and two[^2].\n\n[^1]: First.\n[^2]: Second.\n",
    "years and numbers": "In\n1984. A year.\n\n42.\n\n7) is a number\n",
    "a document": "Take:\n\n```markdown\n# T\n\n```sh\nls\n```\n\nend\n```\n\nDone.\n",
    "chinese": "## 标题\n\n**注意：**请看https://a.example/b，谢谢3~5天。\n\n1. 一\n2. 二\n",
    "names": "Use __init__.py and __name__, 2*3*4, snake_case.\n",
}


def tags(blocks):
    return [re.match(r"<(\w+)(?: class=\"(\w+)\")?", block).groups() for block in blocks]


def words(html):
    return re.sub(r"\s+", "", unescape(re.sub(r"<math.*?</math>|<[^>]*>", "", html)))


def flicker(text):
    """How often a block changed its kind or was lost, and how often words were."""
    live = LiveHtml()
    kinds = losses = 0
    shown, told = [], ""
    for char in text:
        live.feed(char)
        now, said = tags(live.blocks), words(live.html)
        kinds += now[: len(shown)] != shown
        losses += not is_kept(told, said)
        shown, told = now, said
    live.flush()
    assert live.html == render(text)
    return kinds + (tags(live.blocks)[: len(shown)] != shown), losses


def is_kept(before, after):
    """Whether every character of it is still there, in order."""
    rest = iter(after)
    return all(char in rest for char in before)


@pytest.mark.parametrize("name", ANSWERS)
def test_no_block_changes_its_kind(name):
    kinds, _ = flicker(ANSWERS[name])
    assert kinds == 0


@pytest.mark.parametrize("name", [name for name in ANSWERS if name != "formulas"])
def test_no_word_that_was_shown_is_lost(name):
    _, losses = flicker(ANSWERS[name])
    assert losses == 0


def test_what_waits_comes_with_the_next_character():
    live = LiveHtml()
    for char in "12 apples":
        live.feed(char)
    assert words(live.html) == "12apples"

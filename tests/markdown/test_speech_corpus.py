"""200 replies such as models write, the bench's and the demo's: of none is a mark read aloud.

They are put together from a fixed seed, so that each run reads the same ones. tests/markdown/test_speech.py
looks for what no model writes.
"""

import re
from pathlib import Path
from random import Random

import pytest
from django.conf import settings
from django.utils.translation import to_locale

from chat.demo.prose import prose_of
from chat.markdown.speech import spoken_sentences
from tests.bench import migration_cost, page_cost
from tests.markdown.test_speech import MARKS, REPLY

REPLIES = 200
FORMULAS = (Path(__file__).parent / "data" / "formulas_of_answers.txt").read_text("utf-8").splitlines()

# How models dress words, with room for some
INLINE = (
    *("{}", "{}", "{}", "**{}**", "*{}*", "`{}`", "***{}***", "~~{}~~", "<b>{}</b>", "<kbd>{}</kbd>", "“{}”"),
    *("[{}](https://docs.example.org/a_b/c.html?x=1#top)", "[{}][1]", "==[{}]==", "{} 🎉", "✅ {}", "{}<br>"),
)
BLOCKS = (
    *("{}.", "{}.", "{}:", "# {}", "## {}", "### **{}**", "> {}.", "> **Note:** {}.", "**{}:** {}."),
    *("- {}\n- **{}**: {}\n  - {}\n  - {}", "* {}\n* {}", "1. {}\n2. **{}** - {}\n\n   {}.", "- [x] {}\n- [ ] {}"),
    *("{}; see <https://example.org/x_y> and https://www.example.com/a-b.", "![{}](https://i.example/c_d.png)", "---"),
    *("| {} | {} |\n| :--- | ---: |\n| {} | **1** |\n| {} | `2` |", "{}[^1].\n\n[^1]: {}.", "<details><summary>{}</summary>\n\n{}.\n\n</details>"),
    *("```python\ndef f(a_b):  # {}\n    return a_b ** 2\n```", "```\n$ ls -la | grep *.py\n```", "```mermaid\ngraph TD; A-->B\n```", "    indented = code_of[{}]"),
    *("$$\n@\n$$", "\\[\n@\n\\]", "So $@$ holds, {}.", "With \\(@\\) it is {}.", "It costs $5 to $10, {}.", "<div align=\"center\">{}</div>", "{} &amp; {}, 3 &lt; 5."),
)  # fmt: skip
WORDS = {
    "en": [
        "the",
        "function",
        "returns",
        "a",
        "list",
        "of",
        "values",
        "when",
        "user",
        "input",
        "was",
        "checked",
        "again",
        "by",
        "server",
        "and",
        "client",
    ],
    "zh-hans": ["这个函数", "返回", "一个列表", "数据库", "需要先安装", "然后运行", "服务器", "检查用户输入"],
}


def replies():
    """The language of each, and its Markdown."""
    random = Random(14)

    def words(language):
        chosen = random.choices(WORDS[language], k=random.randint(1, 6))
        return random.choice(INLINE).format((" " if language == "en" else "").join(chosen))

    for number in range(REPLIES):
        language = "zh-hans" if number % 3 == 2 else "en"
        blocks = random.choices(BLOCKS, k=random.randint(2, 9))
        filled = [re.sub(r"\{\}", lambda _, spoken=language: words(spoken), block) for block in blocks]
        with_formulas = [block.replace("@", random.choice(FORMULAS)) for block in filled]
        yield language, "\n\n".join([*with_formulas, "[1]: https://example.org/one_two"])


def demo():
    for language, _name in settings.LANGUAGES:
        prose = prose_of(to_locale(language).lower())
        yield language, "\n\n".join([prose.notice, *prose.sections.values(), prose.connect])


CORPORA = {
    "generated": list(replies()),
    "of the demo": list(demo()),
    "of the bench": [("en", text) for text in (migration_cost.ANSWER, page_cost.ANSWER, REPLY)],
    "formulas": [("en", f"So $${formula}$$ and ${formula}$ hold.") for formula in FORMULAS],
}


@pytest.mark.parametrize("corpus", CORPORA)
def test_no_mark_of_a_reply_is_read_aloud(corpus):
    spoken = {}
    for language, text in CORPORA[corpus]:
        said = " ".join(sentence.text for sentence in spoken_sentences(text, language))
        assert said or corpus == "generated", text
        if found := MARKS.findall(said):
            spoken[said] = found
    assert spoken == {}


def test_there_are_200_of_them_and_nearly_all_say_something():
    generated = CORPORA["generated"]
    assert len(generated) == len({text for _, text in generated}) == REPLIES
    assert sum(bool(spoken_sentences(text, language)) for language, text in generated) > 190

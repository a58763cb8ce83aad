"""What is said of a reply that is read aloud."""

import re
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.markdown import render_blocks
from chat.markdown.speech import SpeechReader, spoken_html, spoken_sentences

MARKS = re.compile(r"[*`|\\^{}\[\]<>_~]|\$(?!\d)|(?<!\w)#(?!\d)|={2,}|-{2,}|https?:|&\w+;")
REPLY = """# Setup

Hello **world**. See [the docs](https://docs.example/a_b?x=1)! Dr. Smith paid $5, e.g. at 3.14 p.m.

3. First. *More*
4. Second with `npm install`
   - a point

```python
a = 1
b = 2
```

| a | b |
|---|---|
| 1 | 2 |

$$\\frac{1}{2}$$

So $x$ and $x^2$ at https://www.example.org/path. ~~Old~~ ![A cat](http://i.example/c.png)[^1] 🎉 <b>end</b>

[^1]: The note.
"""
SAID = [
    ("Setup", 600),
    ("Hello world.", 100),
    ("See the docs!", 100),
    ("Dr. Smith paid $5, e.g. at 3.14 p.m.", 450),
    ("3. First.", 100),
    ("More", 300),
    ("4. Second with npm install", 300),
    ("a point", 300),
    ("Python code, 2 lines", 450),
    ("Table, 2 columns, 1 row", 450),
    ("Formula", 450),
    ("So x and formula at link to example.org.", 100),
    ("Old A cat end", 450),
    ("1. The note.", 300),
]


def said(text, language="en"):
    return [sentence.text for sentence in spoken_sentences(text, language)]


def text_content(html):
    return unescape(re.sub(r"<[^>]*>", "", html))


def covered(sentence, blocks):
    """The words on the page that a sentence stands for."""
    text = text_content(blocks[sentence.block]).encode("utf-16-le")
    return text[2 * sentence.start : 2 * sentence.end].decode("utf-16-le")


def read(pieces, language="en"):
    reader = SpeechReader(language)
    given = [sentence for piece in pieces for sentence in reader.feed(piece)]
    return [*given, *reader.close()]


def test_a_reply_is_read_as_a_person_would_read_it():
    assert [(sentence.text, sentence.pause) for sentence in spoken_sentences(REPLY, "en")] == SAID


def test_a_sentence_knows_its_words_on_the_page_and_what_is_named_has_none():
    blocks = render_blocks(f"😀 Hi 😀 there. {REPLY}")
    sentences = spoken_html("".join(blocks), "en")
    assert [covered(one, blocks) for one in sentences[:3]] == ["😀 Hi 😀 there.", "# Setup", "Hello world."]
    assert [one.text for one in sentences if one.start is None] == [
        "Python code, 2 lines",
        SAID[9][0],
        "Formula",
    ]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Mr. X met J. K. Rowling. In the U.S. Army? Yes.", ["Mr. X met J. K. Rowling.", "In the U.S. Army?", "Yes."]),
        ("It is v1.2. See a.py, No. 5 at 10.30. He said no. Go!", ["It is v1.2.", "See a.py, No. 5 at 10.30.", "He said no.", "Go!"]),
        ("“Yes.” (No!) Wait… what? Well… Then.", ["“Yes.”", "(No!)", "Wait… what?", "Well…", "Then."]),
        ("你好。“对吗？”是的；3.5 元！", ["你好。", "“对吗？”", "是的；", "3.5 元！"]),
        ("これは「テスト。」です。はい", ["これは「テスト。」", "です。", "はい"]),
        ("안녕하세요. 네! 좋아요", ["안녕하세요.", "네!", "좋아요"]),
        ("यह ठीक है। हाँ॥ ना", ["यह ठीक है।", "हाँ॥", "ना"]),
        ("هل هذا صحيح؟ نعم", ["هل هذا صحيح؟", "نعم"]),
        ("One line  \nand another<br>and more", ["One line", "and another", "and more"]),
    ],
)  # fmt: skip
def test_sentences_end_where_they_end_in_each_script(text, sentences):
    assert said(text) == sentences


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("de", ["Am 3. Oktober z. B. im Haus Nr. 500!", "In Abb. 4 vgl. ca. 20 Mio. Euro.", "Gut."]),
        ("ko", ["2026. 3. 5. 기준으로 2025. 12.까지예요.", "1998. 그해 겨울이었어요.", "끝."]),
        ("es", ["La Dra. Ruiz vive en la Av. Colón, pág. 12.", "¿Sí?", "¡Son aprox. 20!"]),
        ("fr", ["Mme Curie, MM. Joliot et M. Perrin, env. 20.", "« Oui. »", "Puis av. J.-C."]),
        ("ru", ["Проф. Иванов, ул. Ленина, рис. 5 и т. д. у А. С. Пушкина.", "В 5 ч. 10 мин.", "Да?"]),
        ("hi", ["डॉ. शर्मा को रु. 500 दें।", "ए. पी. जे. अब्दुल कलाम वहाँ है.", "हाँ!"]),
        ("ar", ["التقى د. أحمد و أ. د. منى.", "هل هذا صحيح؟", "نعم!"]),
        ("pt-br", ["A Dra. Lima e o Exmo. Sr. Reis, na Av. Paulista.", "No séc. XX, aprox. 20."]),
    ],
)
def test_abbreviations_and_ordinals_of_a_language_end_no_sentence(language, sentences):
    assert said(" ".join(sentences), language) == sentences


@pytest.mark.parametrize(
    ("text", "language"),
    [("Hello", "en"), ("Bonjour", "fr"), ("你好 Docker", "zh"), ("こんにちは", "ja"), ("안녕", "ko"), ("Привет", "ru"), ("سلام", "ar")],
)  # fmt: skip
def test_the_letters_tell_the_language_unless_the_readers_is_written_in_them(text, language):
    reader = "fr" if language == "fr" else "en"
    assert [sentence.language for sentence in spoken_sentences(text, reader)] == [language]
    assert spoken_sentences("Hello 5", "zh-hans")[0].language == "en"
    assert spoken_sentences("你好", "zh-hans")[0].language == "zh-hans"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<div class='a. b'>Raw <i>HTML</i></div>", ["Raw HTML"]),
        ("Use `" + "x" * 60 + "` here, `{}` there", ["Use code here, code there"]),
        ("![](https://i.example/a.png) ![b.png](c.png)", ["picture picture"]),
        ("Known.[1] Or [text][nowhere] and [^note] that", ["Known.", "Or text and that"]),
        ("```mermaid\ngraph TD\n```\n\n```\nx\n```", ["Diagram", "Code, 1 line"]),
        ("<!-- hidden -->\n\n🎉\n\n---\n", []),
    ],
)
def test_what_is_no_word_is_named_or_left_out(text, words):
    assert said(text) == words


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("en", "It takes 5–10 or 20~30 s, 9:00–17:00, $5–$10, ~200 people.", "It takes 5 to 10 or 20 to 30 s, 9:00 to 17:00, $5 to $10, about 200 people."),
        ("zh-hans", "需要5~10分钟，20～30人，大小≥3。没问题～", "需要5到10分钟，20到30人，大小大于等于3。没问题～"),
        ("ja", "5〜10分、10:30～12:00。", "5から10分、10:30から12:00。"),
        ("zh-hant", "需要5~10分鐘，3點～5點，且x ≠ 3。", "需要5到10分鐘，3點到5點，且x不等於3。"),
        ("ja", "3歳〜5歳、約200人。値はx ≤ 5、y < 3です", "3歳から5歳、約200人。値はx小なりイコール5、y小なり3です"),
        ("ko", "20~30초, 3월~5월, 값은 ~200원. x < 5", "20에서 30초, 3월에서 5월, 값은 약 200원. x 작다 5"),
        ("de", "5–10 Minuten, ~200 Leute: x ≥ 3", "5 bis 10 Minuten, etwa 200 Leute: x mindestens 3"),
        ("es", "5–10 minutos, ~200 personas: x < 5", "5 a 10 minutos, aproximadamente 200 personas: x menor que 5"),
        ("fr", "5–10 minutes, ~200 personnes, x = 3", "5 à 10 minutes, environ 200 personnes, x égale 3"),
        ("pt-br", "5–10 minutos, ~200 pessoas: x ≤ 3", "5 a 10 minutos, cerca de 200 pessoas: x no máximo 3"),
        ("ru", "5–10 минут, ~200 человек: x ≥ 3", "5 до 10 минут, примерно 200 человек: x не меньше 3"),
        ("hi", "5–10 मिनट, ₹500–₹900, x ≤ 3", "5 से 10 मिनट, ₹500 से ₹900, x ज़्यादा से ज़्यादा 3"),
        ("ar", "من 5–10 دقائق، x < 5. الإعدادات ← الخصوصية → حذف", "من 5 إلى 10 دقائق، x أصغر من 5. الإعدادات، الخصوصية، حذف"),
        ("sv", "5–10 minuter, x < 5 och y = 3", "5–10 minuter, x 5 och y 3"),
        ("en", "Go to Settings → Privacy -> Clear. → Next", "Go to Settings, Privacy, Clear. Next"),
        ("zh-hans", "打开 设置 → 隐私。", "打开 设置，隐私。"),
        ("en", "If x < 5, y > 3, `a >= b`, c != d and 5 * 3 = 15", "If x less than 5, y greater than 3, a at least b, c is not d and 5 × 3 equals 15"),
        ("en", "A fact[1, 2], too[3-5]. It said【4:0†source】 so [citation:3], within [0, 1].", "A fact, too. It said so, within 0, 1."),
        ("zh-hans", "结果如下【4:0†source】。参考[来源1]", "结果如下。参考"),
        ("en", "• one :white_check_mark: at 10:30:15, well-known — yes -- no", "one at 10:30:15, well-known — yes – no"),
    ],
)  # fmt: skip
def test_signs_are_said_as_words_and_marks_of_sources_are_not(language, text, words):
    """As in https://github.com/debpalash/VoiceStudio/pull/1821 and
    https://github.com/open-webui/open-webui/issues/19060.
    """
    assert ("" if language in ("zh-hans", "ja") else " ").join(said(text, language)) == words
    assert without_places(read(list(text), language)) == without_places(spoken_sentences(text, language))


def test_a_long_sentence_is_said_in_parts_without_a_word_lost():
    text = "so it goes on, and on " * 200
    parts = spoken_sentences(text, "en")
    assert max(len(part.text) for part in parts) <= 300
    assert " ".join(part.text for part in parts) == text.strip()
    assert {part.pause for part in parts[:-1]} == {0}


WORD = st.from_regex(r"[a-z]{2,7}", fullmatch=True)
END = st.sampled_from(["", ".", "!", "?", ",", "…"])
DRESS = st.sampled_from(
    ["{}", "{}", "{}", "**{}**", "*{}*", "__{}__", "~~{}~~", "[{}](https://a.example/x_y)", "<b>{}</b>", "`{}`", "<sub>{}</sub>", "[{}][nowhere]", "[{}][known]", "***{}***"]
)  # fmt: skip
BETWEEN = st.sampled_from(
    [
        " = ",
        " -> ",
        " >= ",
        "~",
        "[1, 2] ",
        " ",
        " ",
        " ",
        "\n",
        "  \n",
        "<br>",
        " $x^2$ ",
        " [^1] ",
        " 🎉 ",
        " * ",
        " — ",
    ]
)
START = st.sampled_from(["", "", "# ", "## ", "- ", "1. ", "> ", "- [ ] ", "> - ", "10. "])
SILENT = st.sampled_from(
    ["```python\nx*y_z\n```", "| *a* | b |\n|---|---|\n| 1 | 2 |", "$$\\alpha_1 * x$$", "---", "<!-- no -->", "```\n# no\n```"]
)  # fmt: skip


@st.composite
def documents(draw):
    """Return Markdown and its words of prose."""
    paragraphs, words = [], []
    for _ in range(draw(st.integers(1, 6))):
        text = draw(START)
        for number in range(draw(st.integers(1, 8))):
            word = f"{draw(WORD)}{len(words)}q"
            words.append(word)
            text += (draw(BETWEEN) if number else "") + draw(DRESS).format(word) + draw(END)
        paragraphs += [text, *draw(st.lists(SILENT, max_size=1))]
    return "\n\n".join([*paragraphs, "[known]: https://b.example/c_d", "[^1]: note"]), words


@settings(max_examples=60, deadline=None)
@given(documents())
def test_what_is_said_holds_no_mark_and_every_word_of_prose_once(document):
    text, words = document
    spoken = " ".join(said(text))
    assert MARKS.findall(spoken) == []
    assert re.findall(r"[a-z]+\d+q", spoken) == words


@st.composite
def pieces(draw):
    text, _ = draw(documents())
    cuts = draw(st.lists(st.integers(0, len(text)), max_size=12).map(sorted))
    if draw(st.booleans()):
        cuts = list(range(len(text)))
    return [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]


def without_places(sentences):
    """Offsets are those of the moment: a list has other white space when it gets blank lines."""
    return [(one.text, one.block, one.pause, one.language) for one in sentences]


@settings(max_examples=60, deadline=None)
@given(pieces())
def test_a_reply_in_pieces_is_said_as_the_whole(parts):
    assert without_places(read(parts)) == without_places(spoken_sentences("".join(parts), "en"))


def test_a_sentence_is_given_as_soon_as_the_next_one_begins():
    reader = SpeechReader("en")
    assert reader.feed("# Title\n") == spoken_sentences("# Title", "en")
    assert reader.feed("Sure. ") == []
    assert [one.text for one in reader.feed("It is **bold. Still")] == ["Sure."]
    assert [one.text for one in reader.feed(" bold** now. `a. b`")] == ["It is bold.", "Still bold now."]
    assert [one.text for one in reader.feed(" goes.\n\n")] == ["a b goes."]
    assert [one.text for one in reader.feed("1. One. Two\n2. T")] == ["1. One.", "Two"]
    assert [one.text for one in reader.close()] == ["2. T"]


@pytest.mark.parametrize(
    "unit",
    ["word one. ", "- item here.\n", "你好。", "**a. ", "[a. ](", "a ", "\n> x. ", "`", "<b>", "... ", "x.)"],
)
def test_a_long_reply_costs_time_in_proportion(unit):
    text = (unit * 12_000)[:12_000]
    reader = SpeechReader("en")
    given = [one for start in range(0, len(text), 50) for one in reader.feed(text[start : start + 50])]
    assert reader.parsed < 20 * len(text)
    assert without_places([*given, *reader.close()]) == without_places(spoken_sentences(text, "en"))

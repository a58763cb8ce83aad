"""Words are taken out of the text itself, whatever Markdown stands in them, and out of what is made of it."""

import pytest

from chat.sharing.redaction import REMOVED, Redaction


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("my secret word.", f"my {REMOVED}."),
        ("My SECRET\n  Word", f"My {REMOVED}"),
        ("my **secret** word", f"my **{REMOVED}**"),
        ("**sec**ret word", f"**{REMOVED}**"),
        ("_secret_ word", f"_{REMOVED}_"),
        ("`secret word` in code", f"`{REMOVED}` in code"),
        ("```python\nkey = 'secret word'\n```", f"```python\nkey = '{REMOVED}'\n```"),
        ("[here](https://example.org/secret%20word)", REMOVED),
        ("![secret word](https://example.org/a.png)", f"![{REMOVED}](https://example.org/a.png)"),
        ("$\\text{secret word}$", f"$\\text{{{REMOVED}}}$"),
        ("s&#101;cret word", REMOVED),
        ("sec\u200bret word", REMOVED),
        ("ＳＥＣＲＥＴ word", REMOVED),
        ("> secret\n> word", f"> {REMOVED}"),
        ("我们在北京", f"我们在{REMOVED}"),
        ("my_key and `my_key`", f"{REMOVED} and `{REMOVED}`"),
        ("MY_KEY and my secret-word", f"{REMOVED} and my {REMOVED}"),
        ("sec<kbd>ret</kbd> <mark>w</mark>ord", REMOVED),
        ("$\\mathrm{secret}\\ \\mathrm{word}$", REMOVED),
        ("$s\\,e\\,c\\,r\\,e\\,t$ word", REMOVED),
        ("sec\u200eret wo\ufe0frd", REMOVED),
        ("sec&lrm;ret word", REMOVED),
        ("北\u3000京, 北\n京", f"{REMOVED}, {REMOVED}"),
        ("```mermaid\ngraph TD\nA[secret<br/>word] --> B[x]\n```", REMOVED),
        ("nothing of it", "nothing of it"),
    ],
)
def test_words_leave_the_text_and_its_html(text, left):
    redaction = Redaction(["secret word", "北京", "my_key"])
    found, html = redaction.of_markdown(text)
    assert found == left
    for words in ("secret", "SECRET", "北京", "my_key"):
        assert words not in found + html
    assert redaction.of_line("A secret  word, 北京") == f"A {REMOVED}, {REMOVED}"


ALIKE = [
    "p\u0430yp\u0430l",  # Cyrillic a
    "\u0420\u0410\u0423\u0420\u0410L",  # capitals, all but the last
    "p\u03b1yp\u03b1l",  # Greek alpha
    "**p\u0430y**p\u0430l",
    "𝐩\u0430𝐲pal",
]


@pytest.mark.parametrize("text", [*ALIKE, "p&#1072;ypal", "[x](https://example.org/p%D0%B0ypal)"])
def test_words_in_letters_that_look_the_same_are_the_same_words(text):
    found, html = Redaction(["PayPal"]).of_markdown(f"my {text}")
    assert REMOVED in found
    for part in ("yp", "УР", "P%D0", "&#1072;"):
        assert part not in found + html


@pytest.mark.parametrize("text", ALIKE)
def test_so_they_are_where_they_are_asked_for_in_such_letters(text):
    assert Redaction([text]).of_line("my paypal") == f"my {REMOVED}"


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("O'Brien", "O\u2019Brien"),
        ("O\u2019Brien", "O'Brien"),
        ("Jean-Luc", "Jean\u2011Luc"),
        ("2019\u20132021", "2019-2021"),
    ],
)
def test_hyphens_and_apostrophes_are_the_same_in_whatever_sign(asked, text):
    assert Redaction([asked]).of_line(f"by {text}.") == f"by {REMOVED}."
    assert Redaction([asked]).of_markdown(f"by {text}.")[0] == f"by {REMOVED}."


def test_words_of_another_alphabet_are_found_in_both_cases_and_no_others_with_them():
    redaction = Redaction(["вот", "Ёлка", "Νίκος"])
    assert redaction.of_line("Вот ВОТ ёлка ЕЛКА ΝΊΚΟΣ bot BOT elka") == (
        f"{REMOVED} {REMOVED} {REMOVED} ЕЛКА {REMOVED} bot BOT elka"
    )


def test_the_longer_of_two_goes_whole():
    assert Redaction(["Ann", "Ann Lee"]).of_line("Ann Lee and Ann") == f"{REMOVED} and {REMOVED}"


def test_words_that_are_marks_alone_or_nothing_remove_nothing():
    for phrases in ([], [" "], ["**"], ["`_`"], [REMOVED]):
        assert Redaction(phrases).of_markdown("**a** `_`")[0] == "**a** `_`"


def test_words_are_words_and_no_pattern():
    assert Redaction(["a.b", "(a+)+$"]).of_line("a.b axb (a+)+$") == f"{REMOVED} axb {REMOVED}"


def test_a_phrase_and_a_text_made_for_each_other_take_no_longer():
    redaction = Redaction(["a" * 200, *(f"{'a ' * 98}b{number}" for number in range(99))])
    assert redaction.of_line("a " * 200_000) == "a " * 200_000
    assert redaction.of_line("\u0430 " * 200_000) == "\u0430 " * 200_000


def test_a_character_goes_whole_and_so_does_what_overlaps():
    assert Redaction(["s"]).of_line("ß sand") == f"{REMOVED} {REMOVED}and"
    assert Redaction(["big old", "old house"]).of_line("a big old house") == f"a {REMOVED}"

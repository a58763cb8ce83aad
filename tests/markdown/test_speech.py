"""What is said of a reply that is read aloud."""

import pytest

from chat.markdown.speech import SpeechReader, spoken_sentences


def said(text, language="en"):
    return [sentence.text for sentence in spoken_sentences(text, language)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "# Title\n\nHello **world**. See [the docs](http://a.b/c)!",
            ["Title", "Hello world.", "See the docs!"],
        ),
        ("3. First. More\n4. Second\n   - a *point*", ["3. First.", "More", "4. Second", "a point"]),
        ("~~old~~ and `x` and ![A cat](http://i.example/c.png)[^1] 🎉", ["old and x and A cat"]),
    ],
)
def test_only_words_are_said(text, words):
    assert said(text) == words


def test_a_reader_gives_what_is_said_of_the_whole():
    text = "One. Two.\n\n1. Three\n\n```python\nx = 1\n```\n"
    reader = SpeechReader("en")
    assert [*reader.feed(text[:7]), *reader.feed(text[7:]), *reader.close()] == spoken_sentences(text, "en")

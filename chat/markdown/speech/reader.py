"""A reply's Markdown as sentences to be read aloud, of a whole text or of one that is being written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from chat.markdown.isolated import render
from chat.markdown.live import utf16_length
from chat.markdown.parse import split
from chat.markdown.speech.ends import Stretch, sentences
from chat.markdown.speech.leaves import Leaf, leaves
from chat.markdown.speech.scripts import language_of
from chat.markdown.speech.sentence import AFTER_PART, AFTER_SENTENCE, SpokenSentence
from chat.markdown.speech.words import said


def spoken_sentences(text: str, language: str) -> list[SpokenSentence]:
    """Return what is said of a whole text to a reader of ``language``."""
    return spoken_html(render(text), language)


def spoken_html(html: str, language: str) -> list[SpokenSentence]:
    """Return what is said of the renderer's HTML of a text, such as the one that is stored with a message."""
    return [
        sentence
        for number, block in enumerate(split(html))
        for leaf in leaves(block.html, number, language)
        for sentence in spoken_leaf(leaf, language)
    ]


def spoken_leaf(leaf: Leaf, language: str) -> list[SpokenSentence]:
    """Return what is said of one leaf that has ended."""
    if leaf.named:
        return [SpokenSentence(leaf.number + leaf.named, leaf.block, None, None, leaf.pause, language)]
    stretches = sentences(leaf.skeleton, language)
    spoken = list(_spoken(leaf, stretches, language))
    if stretches and spoken and spoken[-1][0] is stretches[-1]:
        spoken[-1] = spoken[-1][0], replace(spoken[-1][1], pause=leaf.pause)
    return [sentence for _, sentence in spoken]


class SpeechReader:
    """Feed it a reply in any pieces; all that it gives is what ``spoken_sentences`` gives of the whole.

    A sentence is given once, as soon as it has surely ended.
    """

    def __init__(self, language: str) -> None:
        self._language = language
        self._fed: list[str] = []

    def feed(self, text: str) -> list[SpokenSentence]:
        """Take the next piece of the reply; return the sentences that have ended with it."""
        self._fed.append(text)
        return []

    def close(self) -> list[SpokenSentence]:
        """Return the sentences that were left when the reply ended."""
        return spoken_sentences("".join(self._fed), self._language)


def _spoken(leaf: Leaf, stretches: list[Stretch], language: str) -> Iterator[tuple[Stretch, SpokenSentence]]:
    """The sentences of a leaf that say anything, in the order of the text."""
    atoms, number = iter(leaf.atoms), leaf.number
    atom = next(atoms, None)
    place, offset = 0, leaf.offset
    for stretch in stretches:
        offset += utf16_length(leaf.text[place : stretch.start])
        length = utf16_length(leaf.text[stretch.start : stretch.end])
        parts, place = [], stretch.start
        while atom and atom.start < stretch.end:
            parts += [leaf.text[place : atom.start], atom.words]
            place = max(place, atom.end)
            atom = next(atoms, None)
        words = said("".join([*parts, leaf.text[place : stretch.end]]))
        place = stretch.end
        if words:
            pause = AFTER_PART if stretch.is_part else AFTER_SENTENCE
            language_said = language_of(words, language)
            yield (
                stretch,
                SpokenSentence(number + words, leaf.block, offset, offset + length, pause, language_said),
            )
            number = ""
        offset += length

"""A reply's Markdown as sentences to be read aloud, of a whole text or of one that is being written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby, islice

from chat.markdown.blocks import block_html
from chat.markdown.growing import GrowingBlock
from chat.markdown.isolated import LONG, render
from chat.markdown.live import count_closed, may_define, utf16_length
from chat.markdown.parse import Block, parse, split
from chat.markdown.source import Source
from chat.markdown.speech.ends import Stretch, sentences
from chat.markdown.speech.sentence import AFTER_PART, AFTER_SENTENCE, SpokenSentence
from chat.markdown.speech.signs import in_words
from chat.markdown.speech.text_runs import HEADINGS, Leaf, leaves
from chat.markdown.speech.unsure import first_unsure
from chat.markdown.speech.words import said
from chat.markdown.speech.writing_systems import language_of

_SHARE = 16  # a block is looked at again when it has grown by this part of it: the time stays linear


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

    A sentence is given once, as soon as it has surely ended: what follows can no longer change it. (There are
    two exceptions, and what was said stays said: words that turn out to be the head of a table of one
    column; and offsets, which move with a definition of a link or with lists that get blank lines later.)
    A call costs as much as the block that is being written, and only once for each sixteenth of it.
    """

    def __init__(self, language: str) -> None:
        self._language = language
        self._fed: list[str] = []
        self._source = Source()
        self._line = 0  # where the blocks begin that are still looked at
        self._base = 0  # the number of the first of them
        self._defines = False
        self._block = 0  # the one that is being read, and how many of its sentences were given
        self._given = 0
        self._unread = self._open_size = 0  # characters
        self.parsed = 0
        """Characters that were looked at so far: a measure of the cost."""

    def feed(self, text: str) -> list[SpokenSentence]:
        """Take the next piece of the reply; return the sentences that have ended with it."""
        self._fed.append(text)
        self._source.feed(text)
        self._unread += len(text)
        if self._unread * _SHARE < self._open_size:
            return []
        self._unread = 0
        return self._ended()

    def close(self) -> list[SpokenSentence]:
        """Return the sentences that were left when the reply ended."""
        whole = spoken_sentences("".join(self._fed), self._language)
        given = self._given
        return [
            sentence
            for number, sentences_of_block in groupby(whole, lambda sentence: sentence.block)
            if number >= self._block
            for sentence in islice(sentences_of_block, given if number == self._block else 0, None)
        ]

    def _ended(self) -> list[SpokenSentence]:
        blocks, closed = self._look()
        spoken: list[SpokenSentence] = []
        for number, block in enumerate(blocks, self._base):
            if block.is_a("section"):
                break  # footnotes, of which there may come more
            if number < self._block:
                continue
            is_closed = number < self._base + closed
            html = block_html(block, _Uncoloured())
            found = leaves(html, number, self._language)
            said_of_it = (
                _said(found, self._language) if is_closed else _said_so_far(html, found, self._language)
            )
            new = said_of_it[self._given :]
            spoken += new
            self._block, self._given = (number + 1, 0) if is_closed else (number, self._given + len(new))
            if not is_closed:
                break
        self._leave(blocks, closed)
        return spoken

    def _look(self) -> tuple[list[Block], int]:
        """Return the blocks that are not yet left, and how many of them are closed."""
        text, lines = self._source.sure_text(self._line)
        self._open_size = len(text)
        if len(text) > LONG:
            return [], 0  # it is read when the reply has ended, by way of the other process
        self.parsed += len(text)
        blocks = parse(text, goes_on=True)
        if not self._defines and may_define(text, blocks):
            self._defines = True
            self._line = self._base = 0
            return self._look()
        closed = count_closed(blocks, lines - self._line)
        complete = self._source.settled - self._line
        if blocks and closed >= len(blocks) - 1 and _has_ended(blocks[-1], text, complete):
            closed = len(blocks)
        return blocks, closed

    def _leave(self, blocks: list[Block], closed: int) -> None:
        """Go on behind closed blocks, unless a definition makes all of the text one."""
        if not closed or self._defines:
            return
        self._line += blocks[closed].first - 1 if closed < len(blocks) else blocks[-1].last
        self._base += closed


class _Uncoloured(GrowingBlock):
    """Code as it is, since colours say nothing."""

    def place(self, text: str, name: str) -> str:
        return text


def _has_ended(block: Block, text: str, complete: int) -> bool:
    """Return whether the last block has, by the line after it: the next block may not have begun."""
    if block.is_a("p"):
        return 0 < block.last < complete and not text.split("\n")[block.last].strip()
    return 0 < block.last <= complete and any(map(block.is_a, HEADINGS))


def _said(found: list[Leaf], language: str) -> list[SpokenSentence]:
    return [sentence for leaf in found for sentence in spoken_leaf(leaf, language)]


def _said_so_far(html: str, found: list[Leaf], language: str) -> list[SpokenSentence]:
    """Return what has ended in a block that goes on."""
    if not found or "<details" in html or html.startswith('<p class="raw"'):
        return []
    last = found[-1]
    before = [leaf for leaf in found if leaf.group != last.group]
    lines = found[len(before) :]
    spoken = _said(before, language)
    if last.named:
        return spoken
    sure = [leaf.skeleton[: first_unsure(leaf.skeleton)] for leaf in lines]
    for leaf, words, next_words in zip(lines, sure, [*sure[1:], ""], strict=True):
        if len(words) < len(leaf.text) or not next_words.strip():
            ended = sentences(words, language, is_open=True)
            return spoken + [sentence for _, sentence in _spoken(leaf, ended, language)]
        spoken += spoken_leaf(leaf, language)
    return spoken


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
            words = in_words(words, language_said)
            yield (
                stretch,
                SpokenSentence(number + words, leaf.block, offset, offset + length, pause, language_said),
            )
            number = ""
        offset += length

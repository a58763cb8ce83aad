"""What the demo model says: a pure function of what it was asked."""

from __future__ import annotations

import re
from zlib import crc32

from chat.core.instructions import CONTINUE, INTERRUPTED, UNHEARD
from chat.core.text import TITLE_MARKER
from chat.demo.prose import Prose, prose_for

MAX_LOOK = 2000
"""Characters of a question that are looked at: the demo's cost does not grow with its input."""

MAX_ECHO = 400
TITLE_WORDS = 6
TITLE_CHARACTERS = 12
"""Of a title without spaces between its words."""

LOOSE = " ,;:.，、；：。…-–—(（“‘《"
"""What a title does not end with, where its question went on."""

LATIN_END = re.compile(r"\s*[A-Za-z0-9]{2,}$")

UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
"""Letters of Chinese and Japanese."""

RULE = "\n\n---\n\n"
"""What a title request puts between the question and its answer."""

Talk = list[tuple[str, str]]
"""(role, text) of each message."""


def answer(talk: Talk) -> str:
    """Return the demo's reply, in the language of the last question."""
    if any(text.startswith(TITLE_MARKER) for _, text in talk):
        return title(talk)
    if [role for role, _ in talk[-2:]] == ["assistant", "user"] and talk[-1][1] == CONTINUE:
        return rest(talk[:-2], talk[-2][1])
    question = last_question(talk)
    prose = prose_for(question)
    if prose.is_greeting(question):
        return prose.greeting
    shown = [prose.sections[name] for name in chosen(question, prose)]
    return "\n\n".join([prose.notice, prose.asked, quoted(question), *shown, prose.connect])


def rest(talk: Talk, begun: str) -> str:
    """Return what is still to come of the reply to `talk`, never empty.

    What another model began is only ended.
    """
    whole = answer(talk)
    if whole.startswith(begun) and whole != begun:
        return whole[len(begun) :]
    return prose_for(last_question(talk)).end


def last_question(talk: Talk) -> str:
    """Return as much as is looked at of what a person said last; "" if nobody said anything."""
    said = next((text for role, text in reversed(talk) if role == "user"), "")
    return own_words(said)[:MAX_LOOK].strip()


def own_words(text: str) -> str:
    """Return a message without the remark, not the person's, that the answer before it was interrupted."""
    opening, _, closing = INTERRUPTED.partition("{words}")
    return text.partition(closing)[2] if text.startswith(opening) else text.removeprefix(UNHEARD)


def chosen(question: str, prose: Prose) -> list[str]:
    """Return the names of the sections that fit a question: those it names, or two of all, by its text."""
    lower = question.lower()
    if any(word in lower for word in prose.everything):
        return list(prose.sections)
    named = [name for name, words in prose.keywords.items() if any(word in lower for word in words)]
    if named:
        return named
    names = list(prose.sections)
    start = crc32(question.encode("utf-8", "replace")) % len(names)
    return [names[start], names[(start + 1) % len(names)]]


def quoted(question: str) -> str:
    """Return the question as a Markdown quotation, shortened."""
    short = question if len(question) <= MAX_ECHO else question[:MAX_ECHO].rstrip() + "…"
    return "\n".join(f"> {line}".rstrip() for line in short.splitlines()) or "> …"


def title(talk: Talk) -> str:
    """Return the first few words of the first thing a person said."""
    asked = next((text for role, text in talk if role == "user" and not text.startswith(TITLE_MARKER)), "")
    line = " ".join(asked[:MAX_LOOK].partition(RULE)[0].split())
    cut = first_characters(line) if UNSPACED.search(line) else " ".join(line.split()[:TITLE_WORDS])
    return cut.rstrip(LOOSE) or cut


def first_characters(line: str) -> str:
    """Return as many characters as a title has, but no half of a Latin word."""
    cut = line[:TITLE_CHARACTERS]
    if len(line) > TITLE_CHARACTERS:
        cut = LATIN_END.sub("", line[: TITLE_CHARACTERS + 1])[:TITLE_CHARACTERS] or cut
    return cut

"""What recognition writes that nobody said: line breaks between segments, names of noises, and inventions.

Whisper was trained on subtitles, and hears their usual endings in silence and noise
(https://github.com/zachlatta/freeflow/issues/111); it and its kin may fall into saying the same for ever.
"""

from __future__ import annotations

import re

QUIET = 800
"""The loudest sample, of 32,767, of a clip in which nobody speaks. Voices reach 3,000."""

MOST_SEEN = 200_000
"""Samples that are looked at, at even distances: a voice is loud for longer, and it takes milliseconds."""

LOOP, LOOP_LENGTH = 8, 60
"""Times that the same is said, one after the other, which no person does, and characters of it together."""

_UNSPACED = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\u3001-\u303f"
_IN_A_WORD = re.compile(r"(?<=[^\W\d_])\n(?=[^\W\d_])")
_AT_UNSPACED = re.compile(
    rf"(?<=[{_UNSPACED}])[^\S\n]*\n(?!\s*\n)[^\S\n]*|(?<!\n)\n[^\S\n]*(?=[{_UNSPACED}])"
)
_PARAGRAPH = re.compile(r"\n\s*\n")

_NOISE = re.compile(
    r"(?i)(?<!\S)[\[(*\u3010\uff08][^\[\]()*\u3010\u3011\uff08\uff09]{0,40}"
    r"(?:blank|silen|music|applau|laugh|noise|inaudible|cough|sigh|breath|no speech|no audio|typing|beep"
    r"|click|static|\u97f3\u4e50|\u97f3\u6a02|\u97f3\u697d|\u7b11|\u638c\u58f0|\u62cd\u624b|\u6c89\u9ed8)"
    r"[^\[\]()*\u3010\u3011\uff08\uff09]{0,40}[\])*\u3011\uff09](?!\S)|[\u2669-\u266f]+"
)
_LOOP = re.compile(rf"(?s)(?<!\w)(\S.{{0,119}}?)(?:\s*\1){{{LOOP - 1},}}")
_WORD = re.compile(r"\w")
_NO_LETTER = re.compile(r"[\W_]+")

# Whoever made the subtitles: nobody says it to a chat
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|(?<=\u3002)|\n")
_CREDIT = re.compile(
    r"(?i)\bamara\.org\b|\u660e\u955c\u4e0e\u70b9\u70b9|\u660e\u93e1\u8207\u9ede\u9ede|\bdimatorzok\b"
    r"|\u5b57\u5e55(?:\s?by\b|\u5236\u4f5c|\u88fd\u4f5c|\u5fd7\u613f\u8005)"
)
# The last words of videos, letters alone. As all that was said they are invented
_ENDINGS = frozenset(
    """
    thankyouforwatching thanksforwatching thankyousomuchforwatching thankyouallforwatching likeandsubscribe
    thankyouforwatchingthisvideo pleasesubscribetomychannel dontforgettosubscribe subscribetothechannel
    seeyouinthenextvideo illseeyouinthenextvideo mercidavoirregardécettevidéo abonnezvous aboneolmayıunutmayın
    vielendankfürszuschauen graciasporverelvideo obrigadoporassistir продолжениеследует спасибозапросмотр
    谢谢观看 謝謝觀看 谢谢大家观看 感谢观看 感謝觀看 感谢收看 谢谢收看 我们下期再见
    ご視聴ありがとうございました ご視聴ありがとうございます 最後までご視聴いただきありがとうございました
    次の動画でお会いしましょう チャンネル登録をお願いいたします
    시청해주셔서감사합니다 구독과좋아요부탁드립니다
    """.split()  # noqa: SIM905
)
# What is heard in silence, though people say it too
_OF_SILENCE = frozenset(
    """
    thankyou thankyouverymuch thankyousomuch thanks you bye byebye goodbye okay so oh yeah uh hmm mm the
    merci danke gracias tchau спасибо 谢谢 謝謝 谢谢大家 再见 嗯 はい 네 감사합니다 고맙습니다
    ありがとうございました ありがとうございます
    """.split()  # noqa: SIM905
)


def said_in(text: str, *, is_quiet: bool = False) -> str:
    """Return what was said, given the words of a clip; "" where all of them are invented.

    In a clip that `is_quiet` there is no voice to be heard, so that less is believed.
    """
    text = _LOOP.sub(_once, _NOISE.sub(" ", one_line(text)))
    if _CREDIT.search(text):
        text = " ".join(part for part in _SENTENCE_END.split(text) if not _CREDIT.search(part))
    if not _WORD.search(text):
        return ""
    letters = _NO_LETTER.sub("", text.lower())
    if letters in _ENDINGS or (is_quiet and letters in _OF_SILENCE):
        return ""
    return re.sub(r"[^\S\n]{2,}", " ", text).strip()


def one_line(text: str) -> str:
    """Return words without the breaks between segments; paragraphs stay.

    whisper.cpp ends each segment with a line, and begins it with a space unless it goes on within a word
    (https://github.com/ggml-org/whisper.cpp/issues/3968).
    """
    if "\n" not in text:
        return text
    if text.startswith(" ") or "\n " in text:
        text = _IN_A_WORD.sub("", text)
    paragraphs = _PARAGRAPH.split(_AT_UNSPACED.sub("", text).strip())
    return "\n\n".join(" ".join(map(str.strip, paragraph.split("\n"))) for paragraph in paragraphs)


def with_space(segment: str, before: list[str]) -> str:
    """Return a segment with a space in front, where its writing has one after those before it.

    An empty segment stays empty, and is none of those before.
    """
    if not before or not segment or segment[0].isspace() or before[-1][-1].isspace():
        return segment
    return segment if _AT_UNSPACED.search(f"{before[-1][-1]}\n{segment[0]}") else f" {segment}"


def is_quiet(pcm: bytes) -> bool:
    """Return whether nothing in 16-bit samples is as loud as a voice."""
    samples = memoryview(pcm)[: len(pcm) // 2 * 2].cast("h")
    seen = samples[:: 1 + len(samples) // MOST_SEEN].tolist()
    return not seen or max(max(seen), -min(seen)) < QUIET


def _once(found: re.Match[str]) -> str:
    return found[1] if len(found[0]) >= LOOP_LENGTH else found[0]

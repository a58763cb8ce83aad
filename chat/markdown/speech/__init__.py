"""A reply as it is read aloud: sentences without any mark, each with its place on the page.

The words come from the renderer's own HTML, block by block. Headings, items and paragraphs pause; items of
numbered lists say their number, links their words, pictures their description; addresses say their host.
Code, tables and formulas are named in the reader's language; signs between numbers are said in that of the
sentence; marks of footnotes and sources, emoji and tags are left out.
"""

from chat.markdown.speech.reader import SpeechReader, spoken_html, spoken_sentences
from chat.markdown.speech.sentence import SpokenSentence

__all__ = ["SpeechReader", "SpokenSentence", "spoken_html", "spoken_sentences"]

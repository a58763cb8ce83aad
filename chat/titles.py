"""A conversation's title, made by the model from the first exchange."""

import logging

from chat import text
from chat.conversations import TITLE_LENGTH
from chat.errors import ChatError
from chat.provider import Provider

logger = logging.getLogger(__name__)

PROMPT = (
    f"{text.TITLE_MARKER} for the conversation below: three to six words, in its language, "
    "without quotation marks and without a full stop. Answer with the title only."
)
# Characters of each half of the exchange that the model is shown, and tokens it may answer with
EXCERPT = 1000
MAX_TOKENS = 30


async def made_by(provider: Provider, question: str, answer: str, model: str = "") -> str:
    """The model's title, or "" when it gave none: the first words then stay."""
    exchange = f"{question[:EXCERPT]}\n\n---\n\n{answer[:EXCERPT]}"
    try:
        prompt = [{"role": "system", "content": PROMPT}, {"role": "user", "content": exchange}]
        said = await provider.complete(prompt, max_tokens=MAX_TOKENS, model=model)
    except ChatError as problem:
        logger.warning("no title: %s: %s", problem.code, problem.detail)
        return ""
    return tidy(said)


def tidy(said: str) -> str:
    """One line without what models put into a title: quotation marks around it, Markdown, a full stop."""
    lines = [line for line in text.clean(said).splitlines() if not text.is_blank(line)]
    title = lines[-1].strip().lstrip("#").replace("**", "").replace("`", "") if lines else ""
    title = title.strip(" *_\"'“”‘’«»「」《》.。")
    return text.first_words(title, TITLE_LENGTH)

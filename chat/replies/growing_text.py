"""One of a reply's two texts, the answer or the thinking: what came, and its HTML as it grows."""

from chat.markdown import IsolatedHtml, Patch

# Takes all blocks away
NOTHING = Patch(0, -1, "")


class GrowingText:
    """Collects text; what is new is rendered when asked for. `mark` is what its patches end with."""

    def __init__(self, *mark: int) -> None:
        self._mark = mark
        self._pieces: list[str] = []
        self._pending: list[str] = []
        self._live = IsolatedHtml()
        self._is_anew = False
        self.is_sound = True  # until a render failed

    @property
    def text(self) -> str:
        """All of it, rendered or not."""
        return "".join(self._pieces)

    @property
    def waiting(self) -> int:
        """How many characters are not rendered yet."""
        return sum(map(len, self._pending))

    @property
    def blocks(self) -> list[str]:
        """The HTML so far, as a new list."""
        return list(self._live.blocks)

    @property
    def html(self) -> str:
        """What to keep once it is closed: "" if rendering failed."""
        return self._live.html if self.is_sound else ""

    def feed(self, text: str) -> None:
        """Take in what came."""
        self._pieces.append(text)
        self._pending.append(text)

    def take_back(self, count: int) -> str:
        """Give up the last `count` characters; the rest is rendered anew."""
        text = self.text
        place = max(0, len(text) - count)
        self._pieces, self._pending = [text[:place]], [text[:place]]
        self._is_anew = True
        return text[place:]

    def take_pending(self) -> tuple[str, bool]:
        """Return what was not rendered yet, and whether that is all of it, in place of what was shown."""
        text, is_anew = "".join(self._pending), self._is_anew
        self._pending, self._is_anew = [], False
        return text, is_anew

    def is_long(self, text: str) -> bool:
        """Return whether rendering this may take longer than the event loop can wait."""
        return self._live.leaves(text)

    def render(self, text: str, is_anew: bool) -> list[tuple[object, ...]]:
        """Render more; return the patches, as they go to a page."""
        patches: list[Patch] = []
        if is_anew:
            self._live = IsolatedHtml()
            patches.append(NOTHING)
        if text:
            patches += self._live.feed(text)
        return self._marked(patches)

    def close(self) -> list[tuple[object, ...]]:
        """Close the last block, with colours and formulas; return the patches."""
        return self._marked(self._live.close())

    def _marked(self, patches: list[Patch]) -> list[tuple[object, ...]]:
        return [(*patch, *self._mark) for patch in patches]

"""HTML comments: hidden from the parser a line at a time, and so from the reader."""

from __future__ import annotations

from typing import NamedTuple

from chat.markdown.stand_ins import stand_in

MAX_LINES = 40  # one without an end must not hide all that follows
MAX_UNENDED = 10  # in a text; what opens later ones is text, since each is read twice


class Comment(NamedTuple):
    """The lines since one that opens it at ``start``, as they were written."""

    start: int
    raw: tuple[str, ...]
    is_ended: bool = False

    def taken(self, line: str) -> Comment:
        return Comment(self.start, (*self.raw, line), "-->" in line)

    @property
    def is_too_long(self) -> bool:
        return len(self.raw) > MAX_LINES

    def as_text(self) -> str:
        """Return the first line without a mark, which would make text of all that follows."""
        first = self.raw[0]
        return f"{first[: self.start]}{stand_in('<')}{first[self.start + 1 :]}"

    def lines(self) -> list[str]:
        """Return the lines for the parser; what is not ended is hidden to its end."""
        first = self.raw[0]
        shown = [f"{first[: self.start]}<{_hidden(first[self.start + 1 :])}"]
        shown += map(_hidden, self.raw[1:])
        if self.is_ended:
            last = self.raw[-1]
            end = last.index("-->") + 2
            shown[-1] = stand_in(last[:end]) + last[end:]
        else:
            shown[-1] = shown[-1].replace("\n", ">\n")
        return shown


def opening(line: str) -> int:
    """Return where a comment begins that goes on in the next line; -1 if there is none."""
    start = line.find("<!--", line.rfind("-->") + 1)
    is_text = line[start - 1 : start] == "\\" or line.count("`", 0, max(start, 0)) % 2
    return -1 if is_text else start


def hide_whole(line: str) -> str:
    """Return the line with the comments hidden that end in it."""
    parts, end = [], 0
    while (start := line.find("<!--", end)) >= 0 and (stop := line.find("-->", start + 4)) >= 0:
        parts += [line[end:start], f"<{stand_in(line[start + 1 : stop + 2])}>"]
        end = stop + 3
    return "".join(parts) + line[end:]


def _hidden(line: str) -> str:
    """Return a comment with something in it, since an empty line would end the paragraph."""
    return stand_in(line.rstrip("\n") + "\n") + "\n"

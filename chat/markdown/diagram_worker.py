"""The process that draws diagrams: `python -m chat.markdown.diagram_worker SECONDS`.

mermaid-render runs Pele, a program in JavaScript, in an engine of its own (QuickJS). What a model writes is
read here by a program in C: so this process has no environment and little memory, and nothing that it
returns is believed (`diagram_svg.py`). It ends with its pipe, or when nobody has drawn for a while.
"""

from __future__ import annotations

import resource
import select
import signal
import sys
import time
from contextlib import suppress

from mermaid_render import mermaid_to_svg

from chat.markdown.process import read, write

MEMORY = 1024**3
IDLE = 300.0
"""Seconds without a diagram after which it ends: it is 46 MB, and starts in one to three."""

THEME = "redux-color"  # its colours are told apart by diagram_svg.py, which puts the page's in their place


def draw(source: str) -> tuple[str, float]:
    """Return a diagram as SVG, as it comes, and the processor time that it took.

    It is "" for a source that is not understood.
    """
    begun, svg = time.process_time(), ""
    # The engine raises anything, and a diagram that is not drawn is still an answer
    with suppress(Exception):
        svg = mermaid_to_svg(source, theme=THEME).decode()
    return svg, time.process_time() - begun


def main(seconds: float) -> None:
    """Answer calls until the pipe is closed, each within its processor time."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the site, which closes the pipe
    signal.signal(signal.SIGPROF, signal.SIG_DFL)  # ends the process, in the middle of the engine's work too
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))
    draw("graph TD; A")  # the engine takes 0.3 s to begin: not of the first diagram's time
    pipe = sys.stdin.buffer
    while select.select([pipe], [], [], IDLE)[0] and (call := read(pipe)) is not None:
        signal.setitimer(signal.ITIMER_PROF, seconds)
        answer = draw(*call[1])
        signal.setitimer(signal.ITIMER_PROF, 0)
        write(sys.stdout.buffer, (True, answer))


if __name__ == "__main__":
    main(float(sys.argv[1]))

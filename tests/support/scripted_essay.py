"""A scenario of a long reply with all that makes a page work: code, tables, formulas and lists."""

from __future__ import annotations

from tests.support.scripted_scenarios import plain, scenario
from tests.support.scripted_slow import SCENARIOS
from tests.support.scripted_wire import Connection, Request

__all__ = ["SCENARIOS", "essay_of"]

SECTION = r"""
## Part {number}: what it costs to look twice

A **queue** keeps what it is given until somebody asks for it, and *nothing* else; see `queue.get` and the
[documentation](https://example.org/queue-{number}). Whoever waits longest is served first, which is fair to those
who come early and hard on those whose work is short. With $n$ people who wait and a mean of $\mu_{{{number}}}$ seconds
for each, the last of them waits for about $n \mu_{{{number}}}$ seconds:

$$
W_{{{number}}} = \frac{{\lambda \, \overline{{x^2}}}}{{2 (1 - \rho)}}, \qquad \rho = \lambda \mu < 1
$$

```python
def served(queue, limit={number}):
    # Those who were served within `limit` seconds
    seen = []
    for person in queue:
        if person.waited > limit:  # they have left by now
            continue
        seen.append((person.name, round(person.waited, 2)))
    return sorted(seen, key=lambda pair: pair[1])


class Counter:
    def __init__(self, names):
        self.names = {{name: 0 for name in names}}

    def add(self, name, by=1):
        self.names[name] += by
        return f"{{name}} has {{self.names[name]}}"
```

| Way of waiting | First | Last | Fair | Remark |
| --- | ---: | ---: | :---: | --- |
| In a row | {number} s | 40 s | yes | nobody is passed over |
| By length | 1 s | 90 s | no | short work first |
| By chance | 12 s | 55 s | almost | nobody knows when |
| In turns | 3 s | 41 s | yes | each gets a little at a time |

1. Say how many there are, and how long each of them has waited.
2. Ask those who have waited longest whether they still want to.
   - If so, they are next.
   - If not, they are taken off the list, and the one behind moves up.
3. Look at the list again after a while, since others will have come.

> Who measures before and after knows what a change has brought; who measures once knows a number.
"""


def essay_of(words: int) -> str:
    """Return a text of that many words, or up to a section more."""
    parts: list[str] = []
    while sum(len(part.split()) for part in parts) < words:
        parts.append(SECTION.format(number=len(parts) + 1))
    return "".join(parts)


@scenario
async def essay(
    connection: Connection, request: Request, words: int = 3000, rate: float = 100, size: int = 6
) -> None:
    """`essay_of` so many words, in pieces of `size` characters, `rate` of them a second."""
    await plain(connection, request, text=essay_of(words), rate=rate, size=size)

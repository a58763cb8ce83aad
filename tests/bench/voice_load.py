"""People who talk with the model, and people who read meanwhile, in a process of their own.

Input: {"port", "talkers" and "readers" (cookies), "turns" (questions of each talker), "seconds" (that each of
them takes to say), "text" (what each reader asks)}.
Output: lists of seconds by what they are, all the talkers' together, and the readers' latencies in ms.
"""

import asyncio
import json
import sys
from typing import Any

from tests.bench.load import converse, opened
from tests.bench.voice_tab import VoiceTab

# Seconds within which all begin
SPREAD = 2.0


async def converse_aloud(tab: VoiceTab, questions: list[str], seconds: float, delay: float) -> None:
    await asyncio.sleep(delay)
    for question in questions:
        await tab.talk(seconds, question)
        await tab.listen_again()


async def load(spec: dict[str, Any]) -> dict[str, Any]:
    talkers, readers = [VoiceTab() for _ in spec["talkers"]], await opened(spec["port"], spec["readers"])
    for tab, cookie in zip(talkers, spec["talkers"], strict=True):
        await tab.open(spec["port"], cookie)
    spoken = [
        converse_aloud(tab, questions, spec["seconds"], number * SPREAD / len(talkers))
        for number, (tab, questions) in enumerate(zip(talkers, spec["turns"], strict=True))
    ]
    read = [
        converse(tab, spec["text"], number * SPREAD / len(readers), None)
        for number, tab in enumerate(readers)
    ]
    await asyncio.gather(*spoken, *read)
    result: dict[str, Any] = {
        name: [value for tab in talkers for value in getattr(tab, name)]
        for name in ("to_text", "to_sound", "turns", "gaps", "problems")
    }
    return result | {"latencies": [late * 1000 for tab in readers for late in tab.latencies]}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(load(json.load(sys.stdin)))))

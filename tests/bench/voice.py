"""What voice adds to what services take: recognition 300 ms, first token 200 ms, first byte of speech 200 ms."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.figures import Figure, percentile
from tests.bench.measures import Bench
from tests.bench.proc import cpu_of
from tests.bench.processes import Process, helper, running
from tests.support.server import free_port

RECOGNITION, FIRST_TOKEN, FIRST_BYTE = 300, 200, 200
"""Milliseconds."""

# Of silence that a page waits for before it takes speech as ended
TAIL = 600
TALKERS = 20
# What the microphone of a browser is heard to say: the reply to it takes 0.9 s to be read
ASKED = f"Tell me. [[scenario:plain text='Yes, of course.' size=6 rate=100 delay={FIRST_TOKEN / 1000}]]"
# Turns in a browser, and after which of them what is held in memory is looked at first
TURNS, EARLY = 100, 10
# Nodes of a reply that may happen to sound when they are counted
SOUNDING = 10
# Seconds that all of it may take in a browser; only a limit
PAGE_LIMIT = 900
# MB that a page and a server may hold more after the rest of the turns, whose messages they have too. A server takes as
# much for turns that are typed, and it is the allocators': from turn 10 to 300 of one conversation by voice it grew from
# 123.8 to 131.6 MB with no Python object and 0.2 MB of C's memory more in use; it was 133.8 at 1,000, 134.1 at 1,400.
# Over 1,500 typed turns: 124.4 MB at turn 50, 130.6 at 350, 132.6 at 1,000, 132.9 at 1,500
MORE_IN_PAGE, MORE_IN_SERVER = 1, 10
# Seconds that a question takes to say
SAID = 2.0


@contextmanager
def speech_service(folder: Path, words: str = "") -> Iterator[str]:
    """The scripted service, which hears these words; its base address."""
    port = free_port()
    arguments = ["-m", "tests.support.scripted_speech", "--port", str(port)]
    arguments += [
        "--words",
        f"words delay={RECOGNITION / 1000}{f' text={words!r}' if words else ''}",
        "--sound",
        f"sound first={FIRST_BYTE / 1000}",
    ]
    with running(Process(arguments, folder / "speech.log")) as process:
        process.wait_for(port, "/v1/models")
        yield f"http://127.0.0.1:{port}/v1"


def question(talker: int, turn: int) -> str:
    """What makes the model answer in four sentences of its own, the first of which is whole after 30 ms."""
    answer = (
        f"Yes, {talker} {turn}. It has a second sentence of usual length as well. "
        f"The third one is a little longer than the two that came before it was said. The fourth ends it."
    )
    scenario = f"plain text='{answer}' size=6 rate=100 delay={FIRST_TOKEN / 1000}"
    return f"Please. [[scenario:{scenario}]]"


def talk(bench: Bench, talkers: int, readers: int, turns: int) -> dict[str, Any]:
    """That many people talk on a fresh server while others read."""
    folder = bench.new_folder()
    with speech_service(folder) as url:
        settings = {"SPEECH_TO_TEXT_URL": url, "TEXT_TO_SPEECH_URL": url, "TEXT_TO_SPEECH_VOICE": "one"}
        limits = {"VOICE_MINUTES_A_DAY": "0", "VOICE_CHARACTERS_A_DAY": "0"}
        with bench.site(talkers + readers, **settings, **limits) as (site, server, cookies):
            spec = {
                "port": site.port,
                "talkers": cookies[:talkers],
                "readers": cookies[talkers:],
                "turns": [[question(talker, turn) for turn in range(turns)] for talker in range(talkers)],
                "seconds": SAID,
                "text": bench.said("stamped"),
            }
            before = cpu_of(server.pid)
            result: dict[str, Any] = helper("bench.voice_load", spec)
            result["cpu"] = (cpu_of(server.pid) - before) / (talkers * turns)
    return result


def voice(bench: Bench) -> Iterator[Figure]:
    """One who talks, then twenty beside ten who read."""
    alone = talk(bench, 1, 0, 3 if bench.quick else 10)
    yield from waits("talk, 1 person", alone)
    yield Figure("talk, 1 person: CPU of the server, a turn and a reading more", alone["cpu"] * 1000, "ms")
    # Of twenty, the words of others are what counts: the people's own waits share two cores with all that plays
    # them, and are to be known
    talkers = 5 if bench.quick else TALKERS
    together = talk(bench, talkers, 10, 1 if bench.quick else 2)
    yield from (replace(figure, target=None) for figure in waits(f"talk, {talkers} people", together))
    yield from in_the_page(bench)
    late = percentile(together["latencies"], 0.95)
    yield Figure(f"{talkers} people who talk: token latency of 10 others, p95", late, "ms", 150)


def in_the_page(bench: Bench) -> Iterator[Figure]:
    """The same in a browser, whose own part of what a person waits for comes to it."""
    folder = bench.new_folder()
    times = 2 if bench.quick else 8
    with speech_service(folder, ASKED) as url:
        settings = {"SPEECH_TO_TEXT_URL": url, "TEXT_TO_SPEECH_URL": url, "TEXT_TO_SPEECH_VOICE": "one"}
        with bench.site(1, VOICE_MINUTES_A_DAY="0", **settings) as (site, server, cookies):
            spec = {
                "origin": site.origin,
                "cookie": cookies[0],
                "pid": server.pid,
                "visits": times,
                "dictations": times,
                "readings": [short_question(number) for number in range(times)],
                "turns": EARLY if bench.quick else TURNS,
                "early": EARLY // 2 if bench.quick else EARLY,
            }
            seen = helper("bench.voice_page", spec, limit=PAGE_LIMIT)
    yield from page_times(seen)
    yield from after_many_turns(seen, spec["early"], spec["turns"])


def short_question(number: int) -> str:
    """What makes the model answer in four short sentences of its own."""
    return f"Please. [[scenario:plain text='Yes, {number}. It has a second one. And a third. The end.']]"


def page_times(seen: dict[str, Any]) -> Iterator[Figure]:
    yield Figure("page: press of Dictate to a meter that moves, p50", median(seen["meter"]), "ms", 150)
    yield Figure("page: the same, p95", percentile(seen["meter"], 0.95), "ms", 150)
    yield Figure("page: the same, first of a visit, p50", median(seen["first_meter"]), "ms", 150)
    yield Figure("page: the same, first of a visit, worst", max(seen["first_meter"]), "ms")
    late = percentile(seen["to_text"], 0.95) - RECOGNITION
    yield Figure("page: stop to text, over the service's, p95", late, "ms", 100)
    late = percentile(seen["to_sound"], 0.95) - FIRST_BYTE
    yield Figure("page: read aloud to first sound, over the service's, p95", late, "ms", 150)
    yield Figure("page: silence between sentences, p95", percentile(seen["gaps"], 0.95), "ms", 80)


def after_many_turns(seen: dict[str, Any], early: int, turns: int) -> Iterator[Figure]:
    name = f"page: talk, {turns} turns"
    yield Figure(f"{name}: answered aloud before the next one", len(seen["turns"]), "")
    yield Figure(f"{name}: end of speech to first sound, p50", median(seen["turns"]), "ms", 1400)
    yield Figure(f"{name}: end of speech to first sound, p95", percentile(seen["turns"], 0.95), "ms", 1800)
    yield Figure(f"{name}: replies that were spoken over", len(seen["silences"]), "")
    yield Figure(f"{name}: to its silence, p95", percentile(seen["silences"], 0.95), "ms", 200)
    yield Figure(f"{name}: microphone last heard", seen["unheard"], "ms ago", 200)
    first, last = seen["memory"]
    more = {kind: last[kind] - first[kind] for kind in first}
    name = f"{name}, more than after {early}"
    yield Figure(f"{name}: heap of scripts", more["heap"], "MB", MORE_IN_PAGE)
    yield Figure(f"{name}: audio nodes", more["AudioHandlers"], "", SOUNDING)
    yield Figure(f"{name}: worklets", more["AudioWorkletProcessors"], "", 0)
    yield Figure(f"{name}: server, resident", more["server"], "MB", MORE_IN_SERVER)


def waits(name: str, result: dict[str, Any]) -> Iterator[Figure]:
    """What a person waits for, less what the services take."""
    text, sound, turns, gaps = (
        [value * 1000 for value in result[kind]] for kind in ("to_text", "to_sound", "turns", "gaps")
    )
    yield Figure(f"{name}: refused", len(result["problems"]), "", 0)
    yield Figure(
        f"{name}: stop to text, over the service's, p95", percentile(text, 0.95) - RECOGNITION, "ms", 100
    )
    first = percentile(sound, 0.95) - FIRST_BYTE
    yield Figure(f"{name}: read aloud to first sound, over the service's, p95", first, "ms", 150)
    yield Figure(f"{name}: end of speech to first sound, p50", TAIL + median(turns), "ms", 1400)
    yield Figure(f"{name}: end of speech to first sound, p95", TAIL + percentile(turns, 0.95), "ms", 1800)
    yield Figure(f"{name}: silence between sentences, p95", percentile(gaps, 0.95), "ms", 80)

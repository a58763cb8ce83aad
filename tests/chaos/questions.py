"""What people ask in a run, what the provider then does, and which text that should give."""

import random
import re
import secrets
from dataclasses import dataclass

from tests.support.scripted_forms import BROKEN, EXPECTED, FORMS
from tests.support.scripted_forms import TEXT as FORM_TEXT
from tests.support.scripted_scenarios import TEXT, numbered
from tests.support.scripted_slow import LATE, LATE_THOUGHT
from tests.support.scripted_wire import parse

# Words a second, of every reply that is made of numbered words
RATE = 20
CANARY = re.compile(rb"kn[0-9a-f]{12}")
WORD = re.compile(r"(kn[0-9a-f]{12}x\d+)-(\d+)")
MARKER = re.compile(r"\[\[scenario:([^\]]+)\]\]")
KEY = "sk-chaos-5f1d0c9be7"
# Seconds until the site, set so, gives up a provider that says nothing: before the first word, and later
SILENT, STALLED = 40, 20
LIMITS = {"PROVIDER_FIRST_TOKEN_TIMEOUT": str(SILENT), "PROVIDER_PAUSE_TIMEOUT": str(STALLED)}

PHASES = ("headers", "start", "first", "middle", "finish", "before_done")
STATUSES = (400, 401, 402, 403, 404, 429, 500, 502, 503, 529)
# Replies that go wrong, as often as each is listed
FAULTY = [
    "tagged end=reset",
    "tagged end=reset",
    "tagged end=fin",
    *["tagged end=length"] * 3,
    *[f"reset at={phase}" for phase in PHASES],
    *[f"fin at={phase}" for phase in PHASES],
    *[f'status code={code} message="Incorrect key {{key}}"' for code in STATUSES],
    "status code=429 retry_after=1",
    "status code=429 retry_after=3600",
    *["html200", "json200", "empty200", "done_only", "html_error", "error_midway", "close_delimited"],
    *["refuse_usage", "redirect", "drip pause=0.01", "one_chunk kilobytes=40"],
    *[f"malformed form={form}" for form in FORMS if form != "deep_json"],
    *[f"error_midway frame={frame}" for frame in ("event", "field", "bare")],
    *["tool_call", "tool_call text=ab", "reasoning answer= finish=length", "reasoning answer="],
    *["in_parts pause=0.5", "stream_packed", "stream_packed encoding=deflate size=7"],
    'plain size=99 text="First I think.</think>Then I answer."',
]
# Slow ones that are whole all the same: a wait beyond the limit of a pause before the first word, and a pause
SLOW_ONES = [
    "late first=25",
    "late sign=role first=25",
    "late sign=comment signs=20 first=25",
    "late sign=empty signs=5 first=22 thinks=true",
    "late pause=10",
    "in_parts pause=7",
    "kept_alive pause=1",
    "late sign=comment signs=20 pause=25",
]
# What scenarios say whatever they are told
ALWAYS = dict.fromkeys(("error_midway", "close_delimited", "kept_alive"), "ab")
ALWAYS |= dict.fromkeys(("refuse_usage", "drip", "in_parts", "stream_packed"), TEXT)
SILENT_ONES = ["hang", "hang at=start", "hang at=middle", "hang at=finish", "tagged end=hang"]


@dataclass(frozen=True, slots=True)
class Question:
    """`text` is what the person says; `seconds` the longest the provider's part may take."""

    text: str
    seconds: float


def new_canary() -> str:
    return f"kn{secrets.token_hex(6)}"


class Questions:
    """One person's. `longest` is the most words of a reply; `silence` whether some replies just hang."""

    def __init__(self, canary: str, chance: random.Random, longest: int, silence: bool) -> None:
        self.canary = canary
        self._chance = chance
        self._longest, self._silence = longest, silence
        self._count = 0

    def next(self) -> Question:
        self._count += 1
        tag = f"{self.canary}x{self._count}"
        tokens = self._chance.randint(10, self._longest)
        luck = self._chance.random()
        line = "tagged"
        if luck < 0.25:
            line = self._chance.choice(FAULTY)
        elif luck < 0.27 and self._silence:
            line = self._chance.choice(SILENT_ONES)
        elif luck < 0.29 and self._silence:
            line = self._chance.choice(SLOW_ONES)
        if line.startswith("tagged"):
            line += f" tag={tag} tokens={tokens} rate={RATE}"
        return Question(f"{tag} please [[scenario:{line}]]", seconds_of(line))


def seconds_of(line: str) -> float:
    scenario = parse(line)
    seconds = float(scenario.params.get("tokens", 0)) / RATE
    if line.startswith(("hang", "tagged")) and scenario.params.get("end", "hang") == "hang":
        at = scenario.params.get("at", "headers")
        seconds += STALLED if at == "middle" or scenario.name == "tagged" else SILENT
    seconds += float(scenario.params.get("first", 0)) + float(scenario.params.get("pause", 0))
    return seconds + {"drip": 6, "kept_alive": 10, "in_parts": 20}.get(scenario.name, 0)


def whole_text(question: str) -> str:
    """All that the provider has to say to this question: what a complete reply holds, byte for byte."""
    found = MARKER.search(question)
    assert found is not None, question
    scenario = parse(found[1])
    params = scenario.params
    match scenario.name:
        case "tagged":
            return "".join(numbered(params["tag"], params["tokens"]))
        case "malformed":
            return "ab" if params["form"] in BROKEN else EXPECTED.get(params["form"], FORM_TEXT)
        case "reset" | "fin":
            return {"first": "a", "headers": "", "start": ""}.get(params["at"], "ab")
        case "hang":
            return "ab" if params.get("at") in ("middle", "finish") else ""
        case "tool_call":
            return str(params.get("text", ""))
        case "plain":
            return str(params["text"]).rpartition("</think>")[2]
        case "late":
            return LATE_THOUGHT if params.get("thinks") else LATE
        case "one_chunk":
            return "x" * (params["kilobytes"] * 1024)
    return ALWAYS.get(scenario.name, "")

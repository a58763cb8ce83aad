"""What searching costs: many people's messages, one person with very many, and words of every frequency.

Input: {"messages", "people", "of_one"}: how many messages of how many people, and how many of those are one
person's. Output: {"index_share": its size by that of the texts, "fill_seconds", "add_ms": p95 of putting one more
message in, "searches": {name: p95 in ms}}. Texts are sentences of this repository's own papers and of its
Chinese catalogue, in chance order from a fixed seed.
"""

import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from random import Random

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.db.models import Q  # noqa: E402
from django.utils import timezone  # noqa: E402

from chat.management import catalogues  # noqa: E402
from chat.models import Conversation, Message, SearchEntry, User  # noqa: E402
from chat.search import find, index  # noqa: E402
from chat.search.query import parse  # noqa: E402
from tests.bench.figures import percentile  # noqa: E402
from tests.support.server import ROOT  # noqa: E402

A_CONVERSATION = 40
AT_ONCE = 5000
TIMES = 30
YEARS, A_MINUTE = timedelta(days=3 * 365), timedelta(minutes=1)
RARE = "xylophone"
SEARCHES = {
    "one word": "conversation ",
    "two Chinese characters": "模型",
    "one Chinese character": "的",
    "a phrase": '"the site"',
    "a rare word": f"{RARE} ",
    "a very frequent word": "the ",
    "a word that is being typed": "conversat",
    "two words": "reply model ",
    "a word that is nowhere": "zzzz ",
}


def sentences() -> tuple[list[str], list[str]]:
    papers = [
        ROOT / "README.md",
        ROOT / "ARCHITECTURE.md",
        ROOT / "CHANGELOG.md",
        *(ROOT / "docs").glob("*.md"),
    ]
    english = [part for path in papers for part in re.split(r"(?<=[.:])\s+", path.read_text("utf-8"))]
    chinese = [
        str(message.string) for message in catalogues.read("zh_Hans") if isinstance(message.string, str)
    ]
    return [part for part in english if len(part) > 20], [part for part in chinese if len(part) > 8]


def texts(count: int, random: Random) -> Iterator[str]:
    english, chinese = sentences()
    for number in range(count):
        of = chinese if random.random() < 0.3 else english
        text = " ".join(random.choices(of, k=random.randint(1, 4)))
        yield f"{text} {RARE}" if number % 20_000 == 7 else text


def fill(count: int, people: int, of_one: int) -> User:
    random = Random(16)
    users = User.objects.bulk_create(User(email=f"p{number}@example.org") for number in range(people))
    owners = [0] * (of_one // A_CONVERSATION)
    owners += [random.randrange(1, people) for _ in range((count - of_one) // A_CONVERSATION)]
    random.shuffle(owners)
    ends = [timezone.now() - random.random() * YEARS for _ in owners]
    talks = Conversation.objects.bulk_create(
        [
            Conversation(owner=users[owner], title=f"Talk {number}", last_activity_at=ends[number])
            for number, owner in enumerate(owners)
        ],
        AT_ONCE,
    )
    rows: list[Message] = []
    for number, text in enumerate(texts(len(talks) * A_CONVERSATION, random)):
        role = "assistant" if number % 2 else "user"
        talk = talks[number // A_CONVERSATION]
        written = talk.last_activity_at - (A_CONVERSATION - 1 - number % A_CONVERSATION) * A_MINUTE
        rows.append(Message(conversation=talk, role=role, text=text, created_at=written))
        if len(rows) == AT_ONCE:
            Message.objects.bulk_create(rows)
            rows = []
    Message.objects.bulk_create(rows)
    return users[0]


def size() -> int:
    """Bytes of the index: what is beside the texts to find them."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            names = "name LIKE 'chat_search%' OR name = 'findable_by_date'"
            cursor.execute(f"SELECT sum(pgsize) FROM dbstat WHERE {names}")
        else:
            cursor.execute("SELECT pg_total_relation_size(%s)", [SearchEntry._meta.db_table])
        return int(cursor.fetchone()[0])


def text_size() -> int:
    with connection.cursor() as cursor:
        length = "length(CAST(text AS BLOB))" if connection.vendor == "sqlite" else "octet_length(text)"
        cursor.execute(f"SELECT sum({length}) FROM chat_message")
        return int(cursor.fetchone()[0])


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def add_one(owner: User) -> float:
    """Milliseconds of putting a message in, in a transaction that has other work as well."""
    talk = Conversation.objects.filter(owner=owner).earliest("pk")
    with transaction.atomic():
        message = Message.objects.create(
            conversation=talk, role="assistant", text="What the site shows. " * 30
        )
        return timed(lambda: index.add_ended([message.pk]))


def main() -> None:
    spec = json.load(sys.stdin)
    call_command("migrate", verbosity=0)
    owner = fill(spec["messages"], spec["people"], spec["of_one"])
    began, below = time.perf_counter(), find.LAST
    while below := index.fill(below):
        pass
    seconds = time.perf_counter() - began
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")
    searches = {}
    for name, typed in SEARCHES.items():
        query = parse(typed)
        times = [timed(lambda q=query: find.messages(owner, q, Q(), None, 20)) for _ in range(TIMES)]
        searches[name] = percentile(times, 0.95)
    titles = [timed(lambda: find.conversations(owner, parse("talk 12"))) for _ in range(TIMES)]
    added = [add_one(owner) for _ in range(TIMES)]
    print(
        json.dumps(
            {
                "index_share": size() / text_size(),
                "fill_seconds": seconds,
                "add_ms": percentile(added, 0.95),
                "searches": searches | {"by title": percentile(titles, 0.95)},
            }
        )
    )


if __name__ == "__main__":
    main()

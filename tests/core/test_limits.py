"""Counters in the database: what they count, what pushes them out (nothing), and what people are told."""

import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils.crypto import salted_hmac

from chat.conversations import arranging
from chat.core import limits
from chat.core.limits import HOUR, Allowance, Exhausted, is_one_of, network_of, take
from chat.models import CacheEntry, Conversation, Counter, Message, Status, User
from chat.replies import actions
from chat.replies.errors import TooManyFromAddress, TooManyOnSite, TooManyReplies, TooManyRequests
from gptsite.addresses import networks

pytestmark = pytest.mark.django_db
TWICE = Allowance("test", "alice", 2, HOUR)


def ask(
    user: User, text: str = "Hello", conversation: Any = None, parent: Any = None, client_id: Any = None
) -> actions.ReplyRequest:
    asked = actions.send(
        user,
        client_id=client_id or uuid.uuid4(),
        words=text,
        conversation_uuid=conversation,
        parent_uuid=parent,
        worker_id="here",
    )
    Message.objects.filter(pk=asked.reply.pk).update(status=Status.COMPLETE, text="ok")
    return asked


# Counting


def test_as_many_as_allowed_and_the_time_until_it_begins_anew() -> None:
    assert [take(TWICE), take(TWICE)] == [None, None]
    refusal = take(TWICE)
    assert isinstance(refusal, Exhausted)
    assert refusal.allowance == TWICE
    assert HOUR - 60 < refusal.wait <= HOUR


def test_a_span_that_is_over_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    now = limits.time.time()
    for moment, allowed in [(0, True), (1, True), (2, False), (HOUR - 1, False), (HOUR, True), (HOUR, True)]:
        monkeypatch.setattr(limits.time, "time", lambda moment=moment: now + moment)
        assert (take(TWICE) is None) is allowed, moment


def test_people_and_things_are_counted_apart() -> None:
    for other in (Allowance("test", "bob", 1, HOUR), Allowance("else", "alice", 1, HOUR)):
        assert take(TWICE, other) is None
    assert Counter.objects.count() == 3


def test_of_several_that_are_used_up_the_longest_wait_is_told() -> None:
    short = Allowance("short", "alice", 1, 60)
    take(short, TWICE, count=2)
    refusal = take(short, TWICE)
    assert refusal is not None and refusal.allowance == TWICE


def test_what_is_given_back_may_be_taken_again_and_never_more_than_that() -> None:
    take(TWICE, count=2)
    limits.give_back(TWICE)
    assert take(TWICE) is None
    limits.give_back(TWICE, count=5)
    assert Counter.objects.get().count == 2


def test_zero_is_no_limit_and_costs_no_query(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert take(Allowance("test", "alice", 0, HOUR)) is None


def test_any_number_of_counters_costs_one_query(django_assert_num_queries: Any) -> None:
    many = [Allowance("test", str(number), 5, HOUR) for number in range(5)]
    with django_assert_num_queries(1):
        take(*many)


def test_a_database_without_returning_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection.features, "can_return_columns_from_insert", False)
    assert [take(TWICE), take(TWICE)] == [None, None]
    assert take(TWICE) is not None


def test_a_row_that_an_earlier_version_wrote_still_counts() -> None:
    key = salted_hmac("chat.limits", "log-ins:alice@example.org", algorithm="sha256").hexdigest()
    Counter.objects.create(key=key, count=5, ends_at=int(time.time()) + HOUR)
    assert take(Allowance("log-ins", "alice@example.org", 5, HOUR)) is not None


def test_what_is_counted_by_cannot_be_read_from_the_rows() -> None:
    take(Allowance("log-in tries", "alice@example.org", 1, HOUR), Allowance("home", "192.0.2.1", 1, HOUR))
    assert not any("alice" in row.key or "192.0" in row.key for row in Counter.objects.all())


def test_a_flood_of_others_pushes_nothing_out() -> None:
    take(TWICE, count=2)
    cache.set("kept", "value", 3600)
    for start in range(0, 1000, 100):
        take(*(Allowance("flood", str(number), 1, HOUR) for number in range(start, start + 100)))
        cache.set(f"flood-{start}", "x", 3600)
    CacheEntry.objects.bulk_create(
        CacheEntry(cache_key=f":1:flood-{n}", value="", expires="2099-01-01T00:00Z")
        for n in range(1000, 2000)
    )
    cache.set("one-more", "x", 3600)
    assert take(TWICE) is not None
    assert cache.get("kept") == "value"


@pytest.mark.django_db(transaction=True)
def test_of_thirty_at_once_none_slips_through() -> None:
    ready = threading.Barrier(30)

    def one(_: int) -> bool:
        ready.wait(30)
        try:
            return take(Allowance("test", "all", 7, HOUR)) is None
        finally:
            connection.close()

    with ThreadPoolExecutor(30) as threads:
        assert sum(threads.map(one, range(30))) == 7


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("", ""),
        ("unix", "unix"),
    ],
)
def test_an_address_is_a_household(address: str, network: str) -> None:
    assert network_of(address) == network


def test_trusted_proxies_are_found_in_both_spellings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUSTED_PROXIES", "127.0.0.1, 2001:db8::/32")
    trusted = networks("TRUSTED_PROXIES")
    assert [
        is_one_of(trusted, address)
        for address in ("127.0.0.1", "::ffff:127.0.0.1", "2001:db8::9", "127.0.0.2", "", "x")
    ] == [True, True, True, False, False, False]


# Requests to the model


def test_a_first_message_counts_twice_with_its_title_and_later_ones_once(alice: User, settings: Any) -> None:
    settings.MODEL_REQUESTS_PER_PERSON = 4
    first = ask(alice)
    second = ask(alice, "Again", first.conversation.uuid, first.reply.uuid)
    ask(alice, "And again", first.conversation.uuid, second.reply.uuid)
    with pytest.raises(TooManyRequests) as refused:
        ask(alice)
    assert 0 < refused.value.retry_after <= HOUR
    assert Conversation.objects.count() == 1
    assert Message.objects.count() == 6


@pytest.mark.parametrize("again", ["retry", "edit", "continue"])
def test_so_do_retries_edits_and_what_is_continued(alice: User, settings: Any, again: str) -> None:
    settings.MODEL_REQUESTS_PER_PERSON = 2
    asked = ask(alice)
    Message.objects.filter(pk=asked.reply.pk).update(status=Status.STOPPED)
    tip = asked.reply.uuid
    act: dict[str, Callable[[], Any]] = {
        "retry": lambda: actions.retry(
            alice, client_id=uuid.uuid4(), reply_uuid=tip, tip=tip, worker_id="here"
        ),
        "edit": lambda: actions.edit(
            alice,
            client_id=uuid.uuid4(),
            message_uuid=asked.message.uuid,
            words="Other",
            tip=tip,
            worker_id="here",
        ),
        "continue": lambda: actions.continue_reply(alice, reply_uuid=tip, worker_id="here"),
    }
    with pytest.raises(TooManyRequests):
        act[again]()
    assert Message.objects.get(pk=asked.reply.pk).status == Status.STOPPED


def test_many_accounts_at_one_address_share_its_limit(alice: User, bob: User, settings: Any) -> None:
    settings.MODEL_REQUESTS_PER_ADDRESS = 3
    token = limits.client_address.set("192.0.2.1")
    try:
        ask(alice)
        with pytest.raises(TooManyFromAddress):
            ask(bob)
        limits.client_address.set("192.0.2.2")
        ask(bob)
    finally:
        limits.client_address.reset(token)


def test_the_site_has_one_too(alice: User, bob: User, settings: Any) -> None:
    settings.MODEL_REQUESTS_PER_SITE = 3
    ask(alice)
    with pytest.raises(TooManyOnSite) as refused:
        ask(bob)
    assert "This site has reached its hourly limit. Try again in" in refused.value.user_text()


def test_what_is_refused_is_not_counted(alice: User, bob: User, settings: Any) -> None:
    settings.MODEL_REQUESTS_PER_PERSON = 2
    ask(alice)
    for _ in range(3):
        with pytest.raises(TooManyRequests):
            ask(alice)
    of_site = Allowance("model", "site", 1, HOUR).key
    assert Counter.objects.get(pk=of_site).count == 2


def test_the_same_message_again_is_no_further_request(alice: User, settings: Any) -> None:
    settings.MODEL_REQUESTS_PER_PERSON = 2
    client_id = uuid.uuid4()
    for _ in range(3):
        ask(alice, client_id=client_id)
    assert Message.objects.count() == 2


def test_deleting_conversations_makes_no_room(alice: User, settings: Any) -> None:
    settings.MODEL_REQUESTS_PER_PERSON = 2
    arranging.delete(alice, [ask(alice).conversation.uuid])
    Conversation.objects.all().delete()
    with pytest.raises(TooManyRequests):
        ask(alice)


@pytest.mark.parametrize(
    ("most", "said"),
    [
        (0, "You’ve reached the limit of replies at a time. Wait for one to finish."),
        (1, "You’ve reached the limit of one reply at a time. Wait for it to finish."),
        (3, "You’ve reached the limit of 3 replies at a time. Wait for one to finish."),
    ],
)
def test_the_limit_of_replies_is_named(most: int, said: str) -> None:
    assert TooManyReplies(most).user_text() == said

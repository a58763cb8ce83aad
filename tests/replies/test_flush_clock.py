"""How often a reply is shown: as soon as it comes while few are written, seldom enough for all while many are."""

import asyncio
from itertools import pairwise

import pytest

from chat.replies.flush_clock import Allowance, Interval
from tests.support.waiting import LIMIT


def frames(words):
    """How many frames they are shown in, when each word is shown that may be, and the rest at the end."""
    allowance, waiting, count = Allowance(), 0, 0
    for word in words:
        waiting += len(word)
        if allowance.covers(waiting):
            allowance.spend(waiting)
            waiting, count = 0, count + 1
    return count + bool(waiting)


def test_the_first_word_is_shown_at_once():
    assert Allowance().covers(1)


@pytest.mark.parametrize("word", ["I", "of ", "word ", "sentence ", "something longer "])
def test_few_characters_do_not_cost_many_bytes(word):
    words = [word] * 200
    characters = sum(map(len, words))
    spent = frames(words) * Allowance.FRAME - Allowance.FRAME  # beside the first
    assert spent <= Allowance.PER_CHARACTER * characters


def test_a_word_of_usual_length_is_as_a_rule_shown_by_itself():
    assert frames(["letters "] * 200) == 200
    assert frames(["word "] * 200) > 100


def test_what_was_saved_is_not_spent_on_a_burst_of_frames():
    allowance = Allowance()
    allowance.spend(100_000)
    assert (
        frames_of_one_character(allowance)
        <= Allowance.MOST // (Allowance.FRAME - Allowance.PER_CHARACTER) + 1
    )


def frames_of_one_character(allowance):
    count = 0
    while allowance.covers(1):
        allowance.spend(1)
        count += 1
    return count


def test_the_more_replies_are_written_the_seldomer_each_is_shown():
    interval, rests = Interval(), []
    for interval.running in range(500):
        rests.append(interval.after(0))
    assert all(one <= other for one, other in pairwise(rests))
    assert (rests[1], rests[-1]) == (Interval.SHORTEST, Interval.LONGEST)


def test_a_costly_flush_is_followed_by_a_longer_rest_within_limits():
    interval = Interval()
    assert interval.after(0.02) == 0.2
    assert interval.after(60) == Interval.PATIENCE


def test_the_rests_of_many_replies_end_together_and_none_gets_longer():
    interval = Interval()
    interval.running = Interval.BUSY_FROM
    ends = {interval.step(7 + number / 1000, 0) for number in range(200)}
    assert len(ends) <= 0.2 / Interval.STEP + 1
    for now in (7.001, 7.019, 7.02):
        assert 7 < interval.step(now, 0) * Interval.STEP <= now + interval.after(0)


async def test_all_who_rest_until_the_same_step_are_woken_but_for_those_who_left(monkeypatch):
    monkeypatch.setattr(Interval, "BUSY_FROM", 1)
    interval = Interval()
    interval.running = 1
    resting = [asyncio.create_task(interval.rest(0)) for _ in range(5)]
    await asyncio.sleep(0)
    resting[2].cancel()
    async with asyncio.timeout(LIMIT):
        outcomes = await asyncio.gather(*resting, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes].count(asyncio.CancelledError) == 1
    assert outcomes.count(None) == 4


def test_a_rest_that_is_shorter_than_a_step_is_still_one(monkeypatch):
    monkeypatch.setattr(Interval, "BUSY_FROM", 1)
    interval = Interval()
    interval.running = 1
    assert interval.step(7.001, 0) * Interval.STEP == pytest.approx(7.02)

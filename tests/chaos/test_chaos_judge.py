"""The judge of `make chaos` finds what should be found."""

from typing import Any

from tests.chaos.judge import CASES, GIVEN_UP, TALKS, TURNS, Evidence, judge, losses, total
from tests.chaos.ledger import Acknowledged, Ledger
from tests.chaos.page import Article, articles_in
from tests.chaos.questions import whole_text

ASKED = "kn00000000000ax1 please [[scenario:tagged tag=kn00000000000ax1 tokens=30 rate=20]]"


def row(uuid: str, **more: Any) -> dict[str, Any]:
    return {
        "uuid": uuid,
        "client_id": None,
        "parent__uuid": None,
        "parent__text": None,
        "text": "",
        "status": "complete",
        "conversation__uuid": "c",
        "conversation__owner__email": "bench3@example.org",
        **more,
    }


def shown(words: int, status: str = "complete") -> Article:
    return Article("r", "assistant", status, whole_text(ASKED).split()[:words])


def evidence(**changed: Any) -> Evidence:
    """One good exchange of person 3; `changed` are fields of its reply."""
    question = row("q", role="user", client_id="sent-1", text=ASKED)
    text = whole_text(ASKED)
    reply = row("r", role="assistant", parent__uuid="q", parent__text=ASKED, text=text) | changed
    ledger = Ledger(acknowledged=[Acknowledged(3, "sent-1", "r", "c", ASKED)], ends={"r": shown(30)})
    ledger.see("r", 30)
    return Evidence(
        ledger,
        [question, reply],
        pages={"q": Article("q", "user", "complete"), "r": Article("r", "assistant", "complete", [text])},
    )


def found(seen: Evidence) -> set[str]:
    return set(judge(seen).cases)


def test_a_good_exchange_has_nothing_against_it() -> None:
    assert found(evidence()) == set()


def test_an_acknowledged_message_that_is_not_there_is_found() -> None:
    seen = evidence()
    seen.ledger.acknowledged.append(Acknowledged(3, "sent-2", "r", "c", ASKED))
    assert found(seen) == {"acknowledged messages that are lost"}


def test_another_persons_row_is_not_taken_for_the_acknowledged_one() -> None:
    seen = evidence()
    seen.ledger.acknowledged.append(Acknowledged(4, "sent-1", "r", "c", ASKED))
    assert found(seen) == {"acknowledged messages that are lost"}


def test_a_second_reply_to_the_same_send_is_found() -> None:
    seen = evidence()
    again = seen.by_id["r"] | {"uuid": "r2"}
    twice = Evidence(seen.ledger, [*seen.messages, again], pages=seen.pages)
    assert found(twice) == {"messages or replies doubled"}


def test_a_retry_is_no_second_reply() -> None:
    seen = evidence()
    retry = seen.by_id["r"] | {"uuid": "r2", "client_id": "retry-1"}
    assert found(Evidence(seen.ledger, [*seen.messages, retry], pages=seen.pages)) == set()


def test_a_reply_that_still_runs_is_found() -> None:
    assert "replies not final 15 s after their deadline" in found(evidence(status="running"))


def test_a_complete_reply_with_one_character_less_is_found() -> None:
    text = whole_text(ASKED)
    assert "replies whose text is not the provider's" in found(evidence(text=text[:-1]))


def test_an_interrupted_reply_may_be_a_beginning_but_nothing_else() -> None:
    text = whole_text(ASKED)
    kind = "replies whose text is not the provider's"
    assert kind not in found(evidence(status="interrupted", text=text[:50]))
    assert kind in found(evidence(status="interrupted", text=text[1:50]))


def test_an_end_that_a_reader_saw_with_less_text_is_found_unless_it_was_no_whole_reply() -> None:
    kind = "ends a reader saw otherwise than stored"
    seen = evidence()
    seen.ledger.ends["r"] = shown(29, "complete")
    assert found(seen) == {kind}
    seen = evidence(status="interrupted")
    seen.ledger.ends["r"] = shown(29, "interrupted")
    assert kind not in found(seen)
    seen.ledger.ends["r"] = shown(30, "complete")
    assert kind in found(seen)


def test_what_a_page_shows_otherwise_is_found() -> None:
    seen = evidence()
    seen.pages["r"].become("interrupted")
    assert found(seen) == {"pages that differ from the database"}


def test_a_page_without_the_last_message_is_found() -> None:
    seen = evidence()
    del seen.pages["r"]
    assert found(seen) == {"pages that differ from the database"}


def test_text_that_was_seen_and_is_gone_is_measured_in_seconds() -> None:
    seen = evidence(status="interrupted", text=" ".join(whole_text(ASKED).split()[:5]))
    assert losses(seen)[0][0] == 25 / 20
    assert "text seen and gone" in found(seen)
    moment = evidence()
    moment.ledger.see("r", 9, settled=False)
    assert found(moment) == set()
    later = evidence()
    later.ledger.see("r", 9)
    assert losses(later)[0][0] == 21 / 20
    assert found(later) == {"text seen and gone"}


def test_others_words_and_insides_are_found_in_frames() -> None:
    seen = evidence()
    seen.ledger.scan("kn00000000000a", b'{"html": "kn00000000000b"}')
    seen.ledger.scan("kn00000000000a", b"Traceback (most recent call last)")
    assert found(seen) == {"foreign canaries", "tracebacks, keys or SQL in frames and pages"}


def test_words_of_people_in_the_logs_are_found() -> None:
    seen = evidence()
    seen.logs = b"a line with kn00000000000a in it"
    assert found(seen) == {"words of people in the logs"}


def test_an_import_that_is_not_whole_or_doubled_is_found() -> None:
    whole = {"status": "done", "error": "", "attempts": 2, "is_open": False, "conversations": TALKS}
    whole |= dict.fromkeys(("messages", "texts", "entries"), 2 * TALKS * TURNS)
    given_up = whole | dict.fromkeys(("conversations", "messages", "texts", "entries"), 1)
    given_up |= {"status": "running", "error": GIVEN_UP}
    seen = evidence()
    seen.imports = [whole, given_up]
    assert found(seen) == set()
    for changed in (
        {"status": "running"},
        {"messages": 7},
        {"texts": 7},
        {"entries": 7},
        {"conversations": 7},
    ):
        seen.imports = [whole | changed]
        assert found(seen) == {"imports not whole, or doubled"}


def test_words_out_of_order_are_seen() -> None:
    good = Article("r", "assistant", blocks=["<p>kn00000000000ax1-0 kn00000000000ax1-1</p>"])
    assert good.words == 2
    doubled = Article("r", "assistant", blocks=["<p>kn00000000000ax1-0 kn00000000000ax1-0</p>"])
    assert doubled.words == -1


def test_a_run_with_too_few_replies_misses_its_target() -> None:
    verdict = judge(evidence())
    assert [figure.verdict for figure in total([verdict, verdict], replies=3)][0] == "under"
    assert [figure.verdict for figure in total([verdict, verdict], replies=2)][0] == "ok"


def test_messages_are_read_from_a_page() -> None:
    page = (
        '<article class="message user" aria-label="You" data-role="user" '
        'data-message="7b6f0a52-0000-4000-8000-000000000001" data-status="complete">\n'
        '<div class="body" dir="auto">Hello</div>\n<p class="note waiting">…</p></article>'
    )
    [article] = articles_in(page)
    assert (article.role, article.status, article.blocks) == ("user", "complete", ["Hello"])


def test_every_kind_of_case_has_a_target_of_none() -> None:
    figures = judge(evidence()).figures
    assert all(figures[name].target == 0 for name in CASES)

"""No text costs much more than others of its length: none is given up as too costly."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat.markdown import LONG, IsolatedHtml, render
from tests.support.hostile_texts import KINDS, UNITS, repeated

# Each of ten thousand formulas and code blocks has its price; nobody means them
DENSE = {
    "`$$ \\(",
    "only '`$'",
    "only '$x$ '",
    "only '$$\\n'",
    "only '$|$|'",
    "only '\\\\[\\n'",
    "only '```py\\nx\\n```\\n'",
    "only '\\\\('",
}
PLAIN_UNITS = [unit for unit in UNITS if not set(unit) & set("$\\`")]
# Long enough that what grows with the square of its length does not end in time: brackets behind an address
# took 2.3 s, of the 1.5 s that a call may take
SIZE = 128 * 1024


@pytest.mark.parametrize("kind", KINDS)
def test_a_hostile_text_is_rendered_whole_in_the_time_that_others_get(kind, caplog):
    html = render(KINDS[kind](SIZE))
    assert "too costly" not in caplog.text or kind in DENSE
    assert html == "" or html.startswith("<")


def test_every_kind_that_may_be_given_up_is_one():
    assert KINDS.keys() >= DENSE


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(PLAIN_UNITS), max_size=3), st.lists(st.sampled_from(PLAIN_UNITS), max_size=3))
def test_so_is_one_made_of_others(caplog, beginning, units):
    caplog.clear()
    render("".join(beginning) + repeated("".join(units) or "a", SIZE))
    assert "too costly" not in caplog.text, (beginning, units)


@pytest.mark.parametrize("kind", ["www.a.b/ )", "only '|'", "code", "table"])
def test_so_is_one_that_is_written_in_pieces(kind, caplog):
    text, live = KINDS[kind](4 * LONG), IsolatedHtml()
    for start in range(0, len(text), LONG // 2):
        live.feed(text[start : start + LONG // 2])
    live.close()
    assert "too costly" not in caplog.text
    assert live.html == render(text)

"""The parameters of a request: what is taken, what is refused, and in what words."""

import json
from math import inf, nan

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chat.provider.errors import BadParameter
from chat.provider.parameters import EFFORTS, PARAMETERS, check, labels

TAKEN = {
    "temperature": [0, 0.7, 2, 2.0],
    "top_p": [0, 0.5, 1],
    "max_tokens": [1, 1_000_000],
    "seed": [-(2**63), 0, 2**63 - 1],
    "reasoning_effort": list(EFFORTS),
    "stop": [["###"], ["a", "b", "c", "d" * 100], ["\n\n"], ["{{7*7}}"], ["${SECRET_KEY}", "%(x)s"]],
}
REFUSED = {
    "temperature": [-0.01, 2.01, nan, inf, -inf, True, "1", None, [1]],
    "top_p": [-0.01, 1.01, nan, inf, False, "0.5"],
    "max_tokens": [0, -1, 1_000_001, 5.0, True, "5", nan, 10**400],
    "seed": [-(2**63) - 1, 2**63, 1.0, True, "7"],
    "reasoning_effort": ["", "hihg", "High", 3, None, True, "x" * 4000],
    "stop": [[], ["x"] * 5, ["x"] * 1000, [""], ["x" * 101], "###", [1], [None], ["a\0b"], ["\ud800"], {}],
}
WRITTEN_BADLY = {
    "temperature": ["1,0,0", "nan", "inf", "-inf", "1e999", "hot", "2.1", "0x1", "${SECRET_KEY}", "1" * 5000],
    "top_p": ["1.5", "NaN", "{{7*7}}"],
    "max_tokens": ["0", "1_000", "1.5", "1e3", "9" * 5000, "٣x"],
    "seed": ["9223372036854775808", "1_0", "--1", ""],
    "reasoning_effort": ["hihg", "%(x)s"],
    "stop": ["a\nb\nc\nd\ne", "x\n" * 1000, "y" * 101, "a\0"],
}


def cases(table):
    return [(name, value) for name, values in table.items() for value in values]


@pytest.mark.parametrize(("name", "value"), cases(TAKEN))
def test_a_value_in_its_range_is_taken_as_it_is_and_can_be_written_and_read_again(name, value):
    assert check({name: value}) == {name: value}
    assert PARAMETERS[name].read(PARAMETERS[name].written(value)) == value


@pytest.mark.parametrize("written", ["0.5", "0,5", " 0,50 "])
def test_a_comma_is_a_decimal_point(written):
    assert PARAMETERS["temperature"].read(written) == PARAMETERS["top_p"].read(written) == 0.5


@pytest.mark.parametrize(("name", "value"), cases(REFUSED))
def test_any_other_is_refused_with_a_sentence_that_names_it(name, value):
    with pytest.raises(BadParameter) as problem:
        check({name: value})
    assert problem.value.parameter == name
    assert problem.value.user_text().startswith(str(PARAMETERS[name].label))


@pytest.mark.parametrize(("name", "written"), cases(WRITTEN_BADLY))
def test_what_cannot_be_read_is_refused_in_the_same_way(name, written):
    with pytest.raises(BadParameter) as problem:
        PARAMETERS[name].read(written)
    assert len(problem.value.user_text()) < 200


def test_an_unknown_name_is_refused_and_not_repeated_at_length():
    with pytest.raises(BadParameter) as problem:
        check({"temperature": 1, "logit_bias" * 400: 1})
    assert "logit_bias" in problem.value.user_text()
    assert len(problem.value.user_text()) < 200


# In a fresh clone Hypothesis makes its table of all characters first, for seconds: here, not in an example
st.text().validate()
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=6),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*PARAMETERS, "other"]), anything))
def test_whatever_comes_is_refused_or_fit_for_json_and_in_range(values):
    try:
        taken = check(values)
    except BadParameter:
        return
    assert json.loads(json.dumps(taken, allow_nan=False)) == taken == values
    assert not any(isinstance(value, bool) for value in taken.values())


@given(st.sampled_from(list(PARAMETERS)), st.text())
@example("max_tokens", "3000\x1f")
def test_whatever_is_written_is_refused_or_gives_what_is_taken(name, written):
    try:
        value = PARAMETERS[name].read(written)
    except BadParameter:
        return
    assert check({name: value}) == {name: value}


def test_a_line_end_in_a_stop_sequence_is_written_with_two_characters():
    assert PARAMETERS["stop"].read("\\n\\n\n\n  \n### ") == ["\n\n", "### "]


def test_names_become_what_people_call_them():
    assert labels("temperature stop gone") == "Temperature, Stop sequences"

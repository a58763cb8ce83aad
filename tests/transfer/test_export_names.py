"""Names of files that are made of titles: safe on every system, unique, and theirs in the browser too."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.transfer.names import LONGEST_NAME, attachment, file_name


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("A day on Mars", "A day on Mars.md"),
        ("../../etc/passwd", "etc_passwd.md"),
        ("C:\\Windows\\system32", "C_Windows_system32.md"),
        ("what? *really*: <yes>|no", "what_ _really_ _yes_no.md"),
        ("con", "_con.md"),
        ("COM1.txt", "_COM1.txt.md"),
        ("console", "console.md"),
        (" . .hidden. ", "hidden.md"),
        ("two\nlines\tand\0more", "two lines andmore.md"),
        ("invoice\u202efdp.exe", "invoicefdp.exe.md"),
        ("一日のうち", "一日のうち.md"),
        ("مرحبا", "مرحبا.md"),
        ("👨\u200d👩\u200d👧 family", "👨\u200d👩\u200d👧 family.md"),
        ("🏳️‍🌈", "🏳️‍🌈.md"),
        ("Word1 Word2 Word3", "Word1 Word2 Word3.md"),
        ("", "conversation.md"),
        ("///", "conversation.md"),
        ("\u200b\u200b", "conversation.md"),
    ],
)
def test_a_title_becomes_a_name(title, name):
    assert file_name(title, ".md") == name


def test_names_in_one_folder_differ_also_where_case_does_not_count():
    taken: set[str] = set()
    names = [file_name(title, ".md", taken) for title in ("Plan", "plan", "PLAN", "Plan (2)", "Ｐlan")]
    assert names == ["Plan.md", "plan (2).md", "PLAN (3).md", "Plan (2) (2).md", "Ｐlan (4).md"]


def test_a_long_title_is_cut_at_a_whole_character_and_keeps_its_ending():
    taken: set[str] = set()
    for _ in range(12):
        name = file_name("漢字" * 60, ".md", taken)
        assert len(name.encode()) <= LONGEST_NAME
        assert name.startswith("漢字漢字")
        assert name.endswith(".md")
    assert len(taken) == 12


@given(st.text(max_size=200))
def test_any_title_makes_a_safe_name_and_a_header_that_may_be_sent(title):
    name = file_name(title, ".html")
    assert 5 < len(name.encode("utf-8", "surrogatepass")) <= LONGEST_NAME
    assert not set(name) & set('/\\:*?"<>|\0')
    assert name[0] not in ".- ~"
    assert not any(unicodedata.category(char) in {"Cc", "Zl", "Zp", "Cs"} for char in name)
    assert attachment(name).isascii()
    assert attachment(name).isprintable()


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("plan.md", "attachment; filename=\"plan.md\"; filename*=UTF-8''plan.md"),
        (
            "Café — 100%.md",
            "attachment; filename=\"Cafe  100.md\"; filename*=UTF-8''Caf%C3%A9%20%E2%80%94%20100%25.md",
        ),
        ("测试.md", "attachment; filename=\"export.md\"; filename*=UTF-8''%E6%B5%8B%E8%AF%95.md"),
    ],
)
def test_a_name_is_told_in_ascii_for_the_old_and_in_utf_8_for_all_others(name, header):
    assert attachment(name) == header

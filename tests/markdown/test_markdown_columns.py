"""How wide the columns of a table are."""

import re

import pytest

from chat.markdown import LiveHtml, render

LONG = "A sentence that is longer than anything that stands beside it"


def table(*rows: str) -> str:
    cells = rows[0].count("|") - 1
    return "\n".join([rows[0], "|" + "---|" * cells, *rows[1:]]) + "\n"


def shares(html: str) -> list[int]:
    return [int(share) for share in re.findall(r'<col width="(\d+)%">', html)]


@pytest.mark.parametrize(
    ("rows", "least", "most"),
    [
        (["| A | B |", f"| 1 | {LONG} |", "| 2 | x |", "| 3 | x |"], 10, 20),
        (["| A | B |", "| 1 | 1 |", "| 2 | 2 |", "| 3 | 3 |"], 50, 50),
        (["| A | B |", f"| {LONG} | {LONG} {LONG} |", "| 2 | 2 |", "| 3 | 3 |"], 50, 50),
        (
            [
                "| 项目 | 说明 |",
                "| 登录 | 使用邮箱和密码登录之后可以在设置中修改密码头像和语言 |",
                "| 1 | 2 |",
                "| 3 | 3 |",
            ],
            10,
            20,
        ),
        ([f"| **A** | [B](https://a.example/{'x' * 300}) |", "| 1 | 1 |", "| 2 | 2 |", "| 3 | 3 |"], 50, 50),
        (["| A | B |"], 50, 50),
    ],
)
def test_the_first_column_has_this_share_of_the_width(rows: list[str], least: int, most: int) -> None:
    first, second = shares(render(table(*rows)))
    assert least <= first <= most
    assert first + second == 100


def test_a_table_that_is_written_has_its_widths_with_the_third_row_and_ends_with_them() -> None:
    rows = ["| A | B |", f"| 1 | {LONG} |", f"| 2 | {LONG} |", f"| {LONG} | 3 |", f"| {LONG} {LONG} | 4 |"]
    live, seen = LiveHtml(), []
    for letter in table(*rows):
        live.feed(letter)
        found = shares(live.html)
        if found and found not in seen:
            seen.append(found)
    live.close()
    assert len(seen) <= 3
    assert shares(live.html) == seen[-1] == shares(render(table(*rows)))


def test_tables_of_one_column_and_of_very_many_are_left_to_the_browser() -> None:
    many = "|" + " a |" * 30
    assert shares(render(table(many, many))) == []
    alone = render(table("| A |", "| 1 |"))
    assert shares(alone) == []
    assert "<table>" in alone

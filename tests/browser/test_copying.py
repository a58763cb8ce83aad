"""What is on the clipboard after a part of an answer was selected and copied."""

from playwright.sync_api import expect

COPY = """([first, last]) => {
  const nodes = [document.querySelector(first), document.querySelector(last)];
  getSelection().setBaseAndExtent(nodes[0], 0, nodes[1], nodes[1].childNodes.length);
  const event = new ClipboardEvent("copy", { clipboardData: new DataTransfer(), bubbles: true, cancelable: true });
  nodes[0].dispatchEvent(event);
  return event.clipboardData.getData("text/plain");
}"""
ANSWER = r"""So $\frac{a}{b}$ is **half**:

$$
x = \unknown{y}
$$

| a | b |
|---|---|
| $x^2$ | two |

\[ y_1 \]
"""


def copied(chat, first, last):
    return chat.page.evaluate(COPY, [f".assistant {first}", f".assistant {last}"])


def test_a_formula_that_is_copied_is_its_latex(chat, model):
    model.says(ANSWER)
    chat.ask("Formulas")
    expect(chat.answer.locator("math")).to_have_count(3)
    text = copied(chat, ".body", ".body")
    assert text.split("\n")[0] == r"So $\frac{a}{b}$ is half:"
    assert r"$$x = \unknown{y}$$" in text
    assert "$x^2$\ttwo" in text
    assert text.rstrip().endswith("$$y_1$$")
    assert copied(chat, "mfrac mi", "mfrac mi") == r"$\frac{a}{b}$"
    assert copied(chat, "strong", "strong") == ""  # the browser's own way


TABLE = """| Name | Value |
|---|---|
| one | 1 |
| two | **2** |

```python
x = 1
y = 2
```
"""


def test_a_table_that_is_copied_is_cells_with_tabs_between_and_code_is_its_code(chat, model):
    model.says(TABLE)
    chat.ask("A table")
    expect(chat.answer.locator(".code-bar")).to_be_visible()
    assert copied(chat, "table", "table").strip() == "Name\tValue\none\t1\ntwo\t2"
    assert copied(chat, "tbody td", "tbody tr:last-child td:last-child").strip() == "one\t1\ntwo\t2"
    text = copied(chat, ".body", ".body")
    assert "two\t2" in text
    assert text.strip().endswith("x = 1\ny = 2")
    assert "Copy" not in text and "Python" not in text


ARABIC = """مرحبا `x = 1` عالم

- عنصر
- item

> اقتباس

| اسم | قيمة |
|---|---|
| a | b |

```python
x = "مرحبا"
```
"""


def test_blocks_of_arabic_run_from_right_to_left_and_code_does_not(chat, model):
    model.says(ARABIC)
    chat.ask("Arabic")
    expect(chat.answer.locator("table")).to_be_visible()
    way = "(node) => getComputedStyle(node).direction"
    for selector, direction in (
        ("p >> nth=0", "rtl"),
        ("li >> nth=0", "rtl"),
        ("li >> nth=1", "ltr"),
        ("blockquote", "rtl"),
        ("table", "rtl"),
        ("td >> nth=0", "ltr"),
        ("code >> nth=0", "ltr"),
        ("pre", "ltr"),
    ):
        assert chat.body.locator(selector).evaluate(way) == direction, selector


def test_columns_are_as_wide_as_the_first_rows_say_and_then_keep_their_places(chat, model):
    long = "a sentence that goes on for longer than the column beside it would ever need"
    rows = [f"| 1 | {long} |\n", f"| 2 | {long} |\n", "| words as many as that | 3 |\n", "| 4 | short |\n"]
    steps = model.says_in_steps("| No. | What |\n|--|--|\n", *rows)
    chat.say("A table")
    expect(chat.answer.locator("th")).to_have_count(2)
    widths = "(row) => [...row.cells].map((cell) => cell.getBoundingClientRect().width)"
    first = chat.answer.locator("tr").first
    seen = []
    for number in range(2, 6):
        steps.go_on()
        expect(chat.answer.locator("tr")).to_have_count(number)
        seen.append(first.evaluate(widths))
    steps.go_on()
    chat.ended()
    seen.append(first.evaluate(widths))
    chat.reload()
    seen.append(first.evaluate(widths))
    assert all(row == seen[2] for row in seen[2:])
    short, wide = seen[2]
    assert 4 * short < wide

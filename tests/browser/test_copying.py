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

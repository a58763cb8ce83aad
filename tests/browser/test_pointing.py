"""What shows on the message under the pointer alone."""

from playwright.sync_api import expect

ON = "[...document.querySelectorAll('[data-pointed]')].map((article) => article.dataset.role)"
# For how long nothing had scrolled whenever a mark came or went, in milliseconds
WATCH = """() => {
    window.rested = [];
    let scrolled = -Infinity;
    document.querySelector('#transcript').addEventListener('scroll', () => (scrolled = performance.now()));
    new MutationObserver(() => rested.push(performance.now() - scrolled)).observe(
        document.querySelector('#messages'), { attributes: true, attributeFilter: ['data-pointed'], subtree: true });
}"""


def test_the_buttons_of_a_message_show_when_the_pointer_is_on_it(chat):
    chat.ask("The first question")
    chat.ask("The second question")
    sign = chat.answers.first.locator(".action > .icon").first
    expect(sign).to_be_hidden()
    chat.answers.first.hover()
    expect(sign).to_be_visible()
    expect(chat.answers.first.locator("time")).not_to_have_css("color", "rgba(0, 0, 0, 0)")
    chat.mine.last.hover()
    expect(sign).to_be_hidden()
    chat.page.locator("#text").hover()
    chat.until(f"{ON}.length === 0")


def test_messages_that_go_by_below_a_mouse_that_rests_are_left_alone(chat, model):
    model.says("\n\n".join(f"Paragraph {number}." for number in range(8)))
    for number in range(6):
        chat.ask(f"Question {number}")
    chat.log.hover()
    chat.until(f"{ON}.length === 1")
    chat.page.evaluate(WATCH)
    for _ in range(30):
        chat.page.mouse.wheel(0, -60)
        chat.page.wait_for_timeout(40)
    chat.until(f"{ON}.length === 1 && document.querySelector('#messages > [data-pointed]:hover')")
    # Ten messages went by: each would be marked, and be left again
    rested = chat.page.evaluate("rested")
    assert rested
    assert min(rested) > 100

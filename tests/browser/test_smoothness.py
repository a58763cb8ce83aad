"""What the browser has to do for a change of the page, counted in elements, whose number no busy machine changes."""

import json
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.support.server import ROOT

TIMELINE = ["disabled-by-default-devtools.timeline", "devtools.timeline"]
# Elements that change beside those that are new: what holds them, and two rows of buttons with their signs
OTHERS = 80
ELEMENTS = "(element) => element.querySelectorAll('*').length + element.querySelectorAll('use').length * 3"


def styled(page: Page, change: Callable[[], object]) -> int:
    """Return of how many elements the browser works out the style for a change, until it is seen."""
    assert page.context.browser is not None
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.context.browser.start_tracing(page=page, categories=TIMELINE)
    change()
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    events = json.loads(page.context.browser.stop_tracing())["traceEvents"]
    return sum(
        event["args"].get("elementCount", 0) for event in events if event["name"] == "UpdateLayoutTree"
    )


def test_a_change_of_the_transcript_styles_what_changes_and_nothing_beside_it(chat, model):
    # Enough for their signs to be more than what may be styled beside what changes
    for number in range(8):
        chat.ask(f"Question {number}")
    # The browser's own rules for formulas come with the first one
    model.says("A formula:\n\n$$x^2$$\n\n" + "\n\n".join(f"Paragraph {number}." for number in range(60)))
    chat.ask("Write a lot")
    message = chat.answers.nth(1)
    size = message.evaluate(ELEMENTS)

    def twice(selector: str, index: int) -> Callable[[], object]:
        """Puts another one beside it, and takes away what was there."""
        script = """([selector, index]) => {
            const old = document.querySelectorAll(selector)[index];
            old.before(old.cloneNode(true));
            old.remove();
        }"""
        return lambda: chat.page.evaluate(script, [selector, index])

    for index in (0, 1):
        assert styled(chat.page, twice(".message.assistant", index)) <= size + OTHERS
    assert styled(chat.page, twice("#messages > :last-child > .body > p", 30)) <= OTHERS
    chat.answers.nth(1).hover()
    assert styled(chat.page, lambda: chat.answers.nth(2).hover()) <= OTHERS
    for state in ("closed", "open"):
        tells = f"document.body.dataset.connection = '{state}'"
        assert styled(chat.page, lambda tells=tells: chat.page.evaluate(tells)) <= OTHERS


# Makes each frame a long one, and notes in which of them a reply's text was changed
CHANGES = """() => {
  let frame = 0;
  window.changes = [];
  const slow = () => {
    frame += 1;
    const until = performance.now() + 50;
    while (performance.now() < until);
    requestAnimationFrame(slow);
  };
  requestAnimationFrame(slow);
  new MutationObserver((seen) => {
    if (seen.some(({ target }) => target.parentElement?.closest("[data-status=running] > .body"))) changes.push(frame);
  }).observe(document.querySelector("#messages"), { subtree: true, childList: true, characterData: true });
}"""


def test_what_comes_in_the_time_of_a_frame_changes_the_page_once(chat, model):
    chat.page.emulate_media(reduced_motion="reduce")
    chat.page.evaluate(CHANGES)
    text = "\n\n".join(f"Paragraph {number} of a reply that comes quickly." for number in range(30))
    model.plays("plain", text=text, rate=200, size=4)
    chat.ask("Quickly")
    frames = chat.page.evaluate("changes")
    # All there is at its beginning and at its end comes with the news of those
    assert len(frames) - len(set(frames)) <= 2
    assert len(frames) > 3


# How often was acted after each of so many frames, of which those in `keys` come behind a key
PACE = """async ([text, frames, keys]) => {
  const { Pace } = await import(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
  let times = 0;
  const pace = new Pace(() => (times += 1));
  const counts = [];
  for (let frame = 0; frame < frames; frame += 1) {
    if (keys.includes(frame)) dispatchEvent(new KeyboardEvent("keydown"));
    if (!frame) pace.ask();
    await new Promise(requestAnimationFrame);
    counts.push(times);
  }
  return counts;
}"""


def test_the_frame_of_a_key_is_left_to_it_but_not_that_of_the_next_key(blank):
    script = (ROOT / "chat/static/chat/js/thread/pace.js").read_text(encoding="utf-8")
    assert blank.evaluate(PACE, [script, 3, []]) == [1, 1, 1]
    assert blank.evaluate(PACE, [script, 3, [0]]) == [0, 1, 1]
    assert blank.evaluate(PACE, [script, 3, [0, 1]]) == [0, 1, 1]


# How often a costly frame was asked for and had by then, and for how long no key had been pressed, after each of so many
# frames from a key on
TYPED = """async ([text, frames]) => {
  const { Pace } = await import(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
  let times = 0;
  const pace = new Pace(() => {
    times += 1;
    for (const until = performance.now() + 12; performance.now() < until; );
  });
  const frame = async () => {
    pace.ask();
    await new Promise(requestAnimationFrame);
  };
  while (!pace.isBusy) await frame();
  const seen = [];
  dispatchEvent(new KeyboardEvent("keydown"));
  times = 0;
  for (const pressed = performance.now(); seen.length < frames; seen.push([times, performance.now() - pressed])) await frame();
  return seen;
}"""


def test_who_types_has_one_costly_frame_after_each_key_until_the_next_one_is_late(blank):
    script = (ROOT / "chat/static/chat/js/thread/pace.js").read_text(encoding="utf-8")
    seen = blank.evaluate(TYPED, [script, 60])
    assert all(times <= 1 for times, passed in seen if passed < 200)
    assert any(times > 1 for times, passed in seen)
    assert seen[0][0] == 0


def test_the_caret_of_a_reply_stands_still_where_nobody_sees_it(chat, model):
    states = (
        "document.getAnimations().filter((one) => one.animationName === 'blink').map((one) => one.playState)"
    )
    steps = model.says_in_steps("A beginning.", "\n\n" + "Many more words. " * 400, " The end.")
    chat.say("Write a lot")
    expect(chat.answer).to_contain_text("A beginning.")
    chat.until(f"JSON.stringify({states}) === '[\"running\"]'")
    steps.go_on()
    chat.until(f"JSON.stringify({states}) === '[\"paused\"]'")
    chat.page.get_by_role("button", name="Jump to latest").click()
    chat.until(f"JSON.stringify({states}) === '[\"running\"]'")
    steps.go_on(2)
    chat.ended()

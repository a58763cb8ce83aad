"""How the text of a burst is spread over the time until the next: the script by itself, on a clock of the test's."""

from pathlib import Path

SCRIPT = Path(__file__).parents[2] / "chat/static/chat/js/thread/spreading.js"
# Milliseconds of a frame
FRAME = 16
# Plays bursts, [milliseconds, HTML of the reply], and returns what a reader sees in each frame
PLAY = """async ([text, bursts, frames, length, reduced]) => {
  let now = 1000;
  let due = null;
  performance.now = () => now;
  globalThis.requestAnimationFrame = (act) => { due = act; return 1; };
  globalThis.cancelAnimationFrame = () => (due = null);
  globalThis.matchMedia = () => ({ matches: reduced });
  const { Spreading } = await import(`data:text/javascript,${encodeURIComponent(text)}`);
  const body = document.createElement("div");
  document.body.replaceChildren(body);
  body.innerHTML = "<p>It begins. </p>";
  const spreading = new Spreading((change) => change());
  const seen = [];
  for (let frame = 1; frame <= frames; frame += 1) {
    while (bursts.length && bursts[0][0] <= frame * length) {
      now = 1000 + bursts[0][0];
      const html = bursts.shift()[1];
      // As in a page, a text that goes on stays the same node
      spreading.more(body, () => {
        const fresh = document.createElement("div");
        fresh.innerHTML = html;
        [...fresh.children].forEach((block, index) => {
          const old = body.children[index];
          if (!old) body.append(block);
          else if (old.textContent !== block.textContent) old.replaceChildren(...block.childNodes);
        });
      });
    }
    now = 1000 + frame * length;
    const act = due;
    due = null;
    act?.(now);
    seen.push(body.innerText.trim());
  }
  spreading.finish();
  seen.push(body.innerText.trim());
  return seen;
}"""


def played(page, bursts, frames, length=FRAME, reduced=False):
    # A text of its own makes a module of its own, which asks anew
    text = f"{SCRIPT.read_text(encoding='utf-8')}// {reduced}"
    return page.evaluate(PLAY, [text, bursts, frames, length, reduced])


def paragraphs(*texts):
    return "".join(f"<p>{text}</p>" for text in texts)


def growing(count, pause, letters=40):
    """Return bursts of that many letters each, so many milliseconds apart."""
    whole = "It begins. " + "abcdefghij" * (count * letters // 10)
    return [
        [(place + 1) * pause, paragraphs(whole[: len("It begins. ") + (place + 1) * letters])]
        for place in range(count)
    ]


def steps(seen):
    """Return by how many letters more each frame shows."""
    return [len(after) - len(before) for before, after in zip(seen, seen[1:], strict=False)]


def test_bursts_are_shown_evenly_and_no_letter_is_late_or_lost(blank):
    bursts = growing(20, 80)
    seen = played(blank, [list(burst) for burst in bursts], 110)
    whole = bursts[-1][1].removeprefix("<p>").removesuffix("</p>")
    assert seen[-1] == whole
    assert all(whole.startswith(text) for text in seen)
    # Eight letters a frame are even; once it is known how long it is from one burst to the next
    settled = steps(seen)[40:100]
    assert max(settled) <= 16
    assert settled.count(0) <= len(settled) / 4
    for at, html in bursts:
        text = html.removeprefix("<p>").removesuffix("</p>")
        late = seen[min(len(seen) - 1, (at + 150) // FRAME + 1)]
        assert late.startswith(text)


def test_who_wishes_for_less_motion_or_has_a_busy_machine_sees_a_burst_at_once(blank):
    bursts = growing(6, 100)
    texts = {"It begins.", *(html.removeprefix("<p>").removesuffix("</p>") for _, html in bursts)}
    assert set(played(blank, [list(burst) for burst in bursts], 50, reduced=True)) <= texts
    # From the second one on: by the first it is seen that frames take long
    slow = played(blank, [list(burst) for burst in bursts], 12, length=60)
    assert set(slow[4:]) <= texts


def test_what_was_held_back_of_a_paragraph_is_there_when_the_next_one_begins(blank):
    first = "It begins. " + "abcdefghij" * 4
    bursts = [[20, paragraphs(first)], [40, paragraphs(first, "And goes on with more words.")]]
    seen = played(blank, bursts, 30)
    assert first in seen[2]
    assert seen[-1].split("\n")[0] == first
    assert seen[-1].endswith("more words.")


def test_a_sign_of_two_units_is_never_cut(blank):
    bursts = [[20, paragraphs("It begins. " + "\N{GRINNING FACE}" * 30)]]
    seen = played(blank, bursts, 30)
    assert not any(
        "\ufffd" in text or text.encode("utf-16", "surrogatepass") != text.encode("utf-16", "replace")
        for text in seen
    )
    assert seen[-1].count("\N{GRINNING FACE}") == 30

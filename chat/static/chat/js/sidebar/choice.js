// The boxes of a list of conversations, and how they are ticked: in the side bar, and on the pages of the list.

import { all, one } from "../core/dom.js";

export class Choice {
  #list;
  #bar;
  #last = null;
  #ended = new AbortController();

  // `bar` has the buttons, a `.choice-count`, and a `.choice-all` that ticks all.
  constructor(list, bar) {
    this.#list = list;
    this.#bar = bar;
    const { signal } = this.#ended;
    list.addEventListener("click", (event) => this.#click(event), { signal });
    list.addEventListener("keydown", (event) => this.#key(event), { signal });
    one(".choice-all", bar).addEventListener("change", ({ target }) => this.#all(target.checked), { signal });
  }

  end() {
    this.#ended.abort();
  }

  get ids() {
    return this.#boxes.filter((box) => box.checked).map((box) => box.value);
  }

  // Those in view: nothing in a folded section is chosen without being seen.
  get #boxes() {
    return all(".choice", this.#list).filter((box) => box.checked || box.checkVisibility());
  }

  set(box, isChosen) {
    box.checked = isChosen;
    this.chosen(box, false);
  }

  // This one was just ticked or not; `upTo` for all between it and the one before it, too.
  chosen(box, upTo) {
    const boxes = this.#boxes;
    const [from, to] = [boxes.indexOf(this.#last), boxes.indexOf(box)].sort((a, b) => a - b);
    if (upTo && from >= 0) boxes.slice(from, to + 1).forEach((each) => (each.checked = box.checked));
    this.#last = box;
    this.count();
  }

  count() {
    const boxes = this.#boxes;
    const { length } = boxes.filter((box) => box.checked);
    const text = this.#bar.dataset.words.replace("{count}", length);
    const line = one(".choice-count", this.#bar);
    if (line.textContent !== text) line.textContent = text;
    const whole = one(".choice-all", this.#bar);
    whole.checked = length > 0 && length === boxes.length;
    whole.indeterminate = length > 0 && length < boxes.length;
    all("button[name], button[data-leads]", this.#bar).forEach((button) => (button.disabled = !length));
    this.#bar.classList.toggle("empty", !length);
  }

  #all(isChosen) {
    this.#boxes.forEach((box) => (box.checked = isChosen));
    this.count();
  }

  #click({ target, shiftKey }) {
    if (target.matches(".choice")) this.chosen(target, shiftKey);
  }

  #key(event) {
    const { key, ctrlKey, metaKey, target } = event;
    if (!target.matches(".choice")) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (step) {
      const boxes = this.#boxes;
      boxes[boxes.indexOf(target) + step]?.focus();
    } else if ((ctrlKey || metaKey) && key.toLowerCase() === "a") this.#all(true);
    else return;
    event.preventDefault();
  }
}

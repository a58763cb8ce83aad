// What the message box and the editor of a message share: the limit and its counter, the height,
// and what Enter means.

import { one } from "../core/dom.js";

// The part of the limit from which the counter is shown
const SHOW_FROM = 0.9;

export class LimitedText {
  #area;
  #counter;
  #said = one("#composer").dataset;
  #limit = Number(this.#said.limit);

  constructor(area, counter) {
    this.#area = area;
    this.#counter = counter;
  }

  get text() {
    return this.#area.value;
  }

  get blank() {
    return !this.text.trim();
  }

  // The sentence for a text that is too long, else "".
  get problem() {
    return this.#count() > this.#limit ? this.#said.tooLong : "";
  }

  place(text) {
    this.#area.value = text;
    this.changed();
  }

  changed() {
    this.#showCount(this.#count());
    this.#fit();
  }

  // Characters as the server counts them, not UTF-16 units; only near the limit is that worth its time.
  #count() {
    const { text } = this;
    return text.length < this.#limit * SHOW_FROM ? text.length : [...text].length;
  }

  #showCount(count) {
    const isNear = count >= this.#limit * SHOW_FROM;
    this.#counter.hidden = !isNear;
    this.#counter.classList.toggle("over", count > this.#limit);
    this.#counter.textContent = isNear ? this.#left(this.#limit - count) : "";
  }

  #left(count) {
    const number = new Intl.NumberFormat(document.documentElement.lang).format(Math.abs(count));
    return (count < 0 ? this.#said.over : this.#said.left).replace("{count}", number);
  }

  // The style sheet does this where the browser knows field-sizing
  #fit() {
    if (CSS.supports("field-sizing", "content")) return;
    this.#area.style.height = "auto";
    this.#area.style.height = `${this.#area.scrollHeight}px`;
  }
}

// Whether this key sends: Enter, or with Ctrl or Command alone for those who chose that. Enter that ends a word being
// composed never does (229 is what some browsers call it), nor does Enter by itself on a phone, which has no other way to
// a new line.
export function sends(event) {
  const { key, shiftKey, ctrlKey, metaKey, isComposing, keyCode } = event;
  if (key !== "Enter" || shiftKey || isComposing || keyCode === 229) return false;
  if (ctrlKey || metaKey) return true;
  return document.body.dataset.sendKey !== "ctrl-enter" && !matchMedia("(pointer: coarse)").matches;
}

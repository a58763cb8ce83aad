// A bar above the messages while a reply is read whose own buttons are out of view: pause, speed, where it is, stop.

import { clone, one } from "../core/dom.js";
import { nameButton, said, settings } from "./parts.js";

// Milliseconds after which it comes or goes: a change of the layout ends a scrolling by key that is under way
const WAIT = 300;

export class ReadingBar {
  #acts;
  #bar = null;
  #button = null;
  #isPaused = false;
  #timer = 0;
  #watcher = new IntersectionObserver((seen) => this.#wait(seen.at(-1).isIntersecting), { root: one("#transcript") });

  // `acts` has what `press`, `show`, `stop` and `speed(value)` do.
  constructor(acts) {
    this.#acts = acts;
  }

  get hasFocus() {
    return Boolean(this.#bar?.contains(document.activeElement));
  }

  // A reply is read whose button this is.
  watch(button, isPaused) {
    this.#isPaused = isPaused;
    if (this.#bar) this.#show();
    if (button === this.#button) return;
    this.#watcher.disconnect();
    this.#watcher.observe(button);
    this.#button = button;
  }

  end() {
    this.#watcher.disconnect();
    clearTimeout(this.#timer);
    this.#button = null;
    this.#remove();
  }

  #wait(isSeen) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (isSeen ? this.#remove() : this.#place()), WAIT);
  }

  // Who is on it keeps it
  #remove() {
    if (this.#button && this.hasFocus) return;
    this.#bar?.remove();
    this.#bar = null;
  }

  #place() {
    if (this.#bar) return;
    this.#bar = clone("t-reading");
    this.#bar.addEventListener("click", ({ target }) => this.#press(target.closest("[data-reading-bar]")));
    const speed = one("select", this.#bar);
    speed.value = String(settings().speed);
    speed.addEventListener("change", () => this.#acts.speed(Number(speed.value)));
    one(".stage").before(this.#bar);
    this.#show();
  }

  #press(button) {
    if (button) this.#acts[button.dataset.readingBar]();
  }

  #show() {
    const button = one("[data-reading-bar=press]", this.#bar);
    if (this.#isPaused) nameButton(button, said("resume"), "speaker");
    else nameButton(button, said("pause"), "pause");
  }
}

// How long a reply has brought nothing: said below it after a while, and counted.

import { one } from "../core/dom.js";

// Milliseconds between two looks
const BEAT = 1000;
// Milliseconds of silence from which it is said
const A_WHILE = 10000;

export class Silence {
  // When something last came, by the articles
  #since = new Map();
  #shown = new Set();
  #timer = 0;
  #around;

  // `around(change)` keeps the reader's place while something is changed.
  constructor(around) {
    this.#around = around;
  }

  // Something came, so many milliseconds ago.
  broken(article, ago = 0) {
    this.#since.set(article, performance.now() - ago);
    if (this.#shown.has(article)) this.#say(article, "");
    if (ago >= A_WHILE) this.#look();
    this.#timer ||= setInterval(() => this.#look(), BEAT);
  }

  // Nothing more is waited for.
  over(article) {
    if (this.#shown.has(article)) this.#say(article, "");
    this.#since.delete(article);
    if (this.#since.size) return;
    clearInterval(this.#timer);
    this.#timer = 0;
  }

  forget() {
    [...this.#since.keys()].forEach((article) => this.over(article));
  }

  #look() {
    for (const [article, since] of this.#since) {
      const time = performance.now() - since;
      if (!article.isConnected) this.over(article);
      else if (time >= A_WHILE) this.#say(article, Math.round(time / 1000));
    }
  }

  #say(article, seconds) {
    const line = one(".quiet-for", article);
    const text = seconds && line ? line.dataset.words.replace("{}", seconds) : "";
    if (seconds) this.#shown.add(article);
    else this.#shown.delete(article);
    if (line && line.textContent !== text) this.#around(() => (line.textContent = text));
  }
}

// The blocks of a reply as HTML, and which of them the page does not show yet as they are.

import { parse } from "../core/dom.js";
import { morph } from "../core/morph.js";
import { enhance } from "./blocks.js";

export class GrowingBlocks {
  #html = [];
  #due = new Set();
  // From which one on what is shown is gone
  #gone = Infinity;

  get isEmpty() {
    return this.#html.length === 0;
  }

  get isDue() {
    return this.#due.size > 0 || this.#gone < Infinity;
  }

  // A block is its first `keep` units and this from now on; where `keep` is below 0, it and all after it are gone.
  change(block, keep, html) {
    if (keep < 0) {
      this.#cut(block);
      return;
    }
    this.#html[block] = (this.#html[block] ?? "").slice(0, keep) + html;
    this.#due.add(block);
  }

  // A part of the list takes the place of all after the first `keep` units of block `first`.
  join(first, keep, blocks) {
    const begun = (this.#html[first] ?? "").slice(0, keep);
    this.#html.length = Math.min(this.#html.length, first);
    blocks.forEach((html, index) => this.change(first + index, 0, (index ? "" : begun) + html));
  }

  #cut(block) {
    this.#html.length = block;
    this.#gone = Math.min(this.#gone, block);
    this.#due.forEach((index) => index >= block && this.#due.delete(index));
  }

  // Shows in `body` what it does not show yet; without the last one, where that is not whole.
  show(body, isPart = false) {
    const end = this.#html.length - (isPart ? 1 : 0);
    remove(body, this.#gone);
    for (const index of [...this.#due].sort((one, other) => one - other)) {
      if (index < end) place(body, index, this.#html[index]);
    }
    remove(body, end);
    this.#due.clear();
    this.#gone = Infinity;
  }
}

const remove = (body, from) => [...body.children].slice(from).forEach((element) => element.remove());

function place(body, index, html) {
  const fresh = parse(html).firstElementChild;
  const old = body.children[index];
  if (!fresh) return;
  if (old) enhance(morph(old, fresh));
  else enhance(body.appendChild(fresh));
}

// Words that are selected in a reply, as the beginning of a question: a button beside them, and a shortcut.

import { clone, one } from "../core/dom.js";
import { putBeside } from "../core/floating.js";
import { wordsIn } from "./copying.js";

// Milliseconds; a selection that is still being made has no button
const STILL = 250;
// Pixels below the words on a phone, whose own menu stands above them and whose handles hang below
const HANDLES = 36;
const isTouched = matchMedia("(pointer: coarse)");

export function register(page) {
  const quoting = new Quoting(page);
  page.clicks.on("quote", () => quoting.quote());
  page.shortcuts.on("quote", () => quoting.quote());
  page.keys.on("Tab", (event) => quoting.takeFocus() && event.preventDefault());
}

class Quoting {
  #composer;
  #button = null;
  #range = null;
  #timer = 0;

  constructor({ composer, column }) {
    this.#composer = composer;
    document.addEventListener("selectionchange", () => this.#changed(column));
    const everywhere = { capture: true, passive: true };
    for (const kind of ["scroll", "resize"]) addEventListener(kind, () => this.#place(), everywhere);
  }

  // Gives whether there was something to quote.
  quote() {
    // As it is by now: the button may have come for the first of these words
    const range = this.#range && selected();
    if (!range) return false;
    const lines = wordsIn(range).trim().replace(/\n{3,}/g, "\n\n").split("\n");
    this.#hide();
    getSelection().removeAllRanges();
    this.#composer.put(`${lines.map((line) => `> ${line}`.trimEnd()).join("\n")}\n\n`);
    return true;
  }

  // Tab leads from the words to the button: browsers go on from where was pressed last. Gives whether it did.
  takeFocus() {
    const isShown = this.#range && this.#button.isConnected;
    if (!isShown || !document.activeElement.contains(this.#button)) return false;
    this.#button.focus();
    return true;
  }

  #changed(column) {
    clearTimeout(this.#timer);
    const range = selected();
    if (!range || !column.contains(range.commonAncestorContainer)) this.#hide();
    else this.#timer = setTimeout(() => this.#show(range), STILL);
  }

  #show(range) {
    this.#range = range;
    this.#button ??= clone("t-quote");
    const body = bodyOf(range);
    // To put it where it is already would take the focus from it
    if (body.nextElementSibling !== this.#button) body.after(this.#button);
    this.#button.showPopover();
    this.#place();
  }

  #place() {
    if (!this.#range) return;
    const rows = [...this.#range.getClientRects()].filter(({ width }) => width);
    const [first, last] = [rows[0], rows.at(-1)];
    if (!first) return;
    const below = { ...last.toJSON(), bottom: last.bottom + HANDLES };
    const isSeen = isTouched.matches ? putBeside(this.#button, below) : putBeside(this.#button, first, true);
    this.#button.classList.toggle("away", !isSeen);
  }

  #hide() {
    if (!this.#range) return;
    this.#range = null;
    if (this.#button.isConnected) this.#button.hidePopover();
    this.#button.remove();
  }
}

// What is selected within one reply, null if there is nothing.
function selected() {
  const selection = getSelection();
  if (selection.isCollapsed || !selection.rangeCount) return null;
  const range = selection.getRangeAt(0);
  return bodyOf(range) && selection.toString().trim() ? range : null;
}

function bodyOf({ commonAncestorContainer: node }) {
  const element = node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
  return element.closest(".message.assistant > .body");
}

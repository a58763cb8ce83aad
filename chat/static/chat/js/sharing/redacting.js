// Words to be removed from what is shared: selected in the messages of the form, they go into its field; and those in the
// field are covered in the messages, where they are found as they stand. The server takes them out.

import { all } from "../core/dom.js";
import { putBeside } from "../core/floating.js";

const NAME = "removed";
// Milliseconds; a selection that is still being made has no button
const STILL = 250;

export class Redacting {
  #form;
  #field;
  #button = document.createElement("button");
  #timer = 0;
  #listened = new AbortController();

  constructor(form) {
    const { signal } = this.#listened;
    this.#form = form;
    this.#field = form.elements.namedItem("words");
    this.#button.type = "button";
    this.#button.className = "button remove-words";
    this.#button.popover = "manual";
    this.#button.textContent = form.dataset.removeWords;
    // The press must not take the selection away
    this.#button.addEventListener("pointerdown", (event) => event.preventDefault());
    this.#button.addEventListener("click", () => this.#take());
    form.append(this.#button);
    this.#field.addEventListener("input", () => this.#cover());
    document.addEventListener("selectionchange", () => this.#changed(), { signal });
    this.#cover();
  }

  end() {
    clearTimeout(this.#timer);
    this.#listened.abort();
    CSS.highlights?.delete(NAME);
  }

  #changed() {
    clearTimeout(this.#timer);
    if (!this.#selected) this.#hide();
    else this.#timer = setTimeout(() => this.#show(), STILL);
  }

  // What is selected within one message, null if there is nothing.
  get #selected() {
    const selection = getSelection();
    if (selection.isCollapsed || !selection.toString().trim()) return null;
    const range = selection.getRangeAt(0);
    const { commonAncestorContainer: node } = range;
    const element = node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement;
    const body = element.closest(".share-body");
    return body && this.#form.contains(body) ? range : null;
  }

  #show() {
    const range = this.#selected;
    if (!range || !this.#button.isConnected) return;
    this.#button.showPopover();
    putBeside(this.#button, range.getBoundingClientRect());
  }

  #hide() {
    if (this.#button.matches(":popover-open")) this.#button.hidePopover();
  }

  // A row each: what goes over several lines is found line by line.
  #take() {
    const lines = getSelection().toString().split(/\s*\n\s*/).filter(Boolean);
    const known = this.#phrases;
    const added = lines.map((line) => line.trim()).filter((line) => !known.includes(line));
    this.#field.value = [...known, ...added].join("\n");
    getSelection().removeAllRanges();
    this.#hide();
    this.#cover();
  }

  get #phrases() {
    return this.#field.value.split("\n").map((line) => line.trim()).filter(Boolean);
  }

  #cover() {
    if (!CSS.highlights) return;
    const phrases = this.#phrases.map((phrase) => phrase.toLowerCase());
    const ranges = all(".share-body", this.#form).flatMap((body) => phrases.flatMap((phrase) => found(body, phrase)));
    CSS.highlights.set(NAME, new Highlight(...ranges));
  }
}

// Where a phrase stands in what is seen of a message, also over the edges of its elements.
function found(body, phrase) {
  const nodes = textNodes(body);
  const text = nodes.map(({ data }) => data).join("").toLowerCase();
  const ranges = [];
  for (let at = text.indexOf(phrase); at >= 0; at = text.indexOf(phrase, at + phrase.length)) {
    const range = new Range();
    range.setStart(...placeIn(nodes, at));
    range.setEnd(...placeIn(nodes, at + phrase.length));
    ranges.push(range);
  }
  return ranges;
}

function textNodes(root) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const nodes = [];
  while (walker.nextNode()) nodes.push(walker.currentNode);
  return nodes;
}

function placeIn(nodes, offset) {
  let left = offset;
  for (const node of nodes) {
    if (left <= node.length) return [node, left];
    left -= node.length;
  }
  return [nodes.at(-1), nodes.at(-1).length];
}

// Marks the sentence that is being read, and keeps it in view for those who wish.

import { one } from "../core/dom.js";

const NAME = "spoken";
// Pixels that a sentence that was scrolled to is away from the edge
const ROOM = 96;

export class Marking {
  #box = one("#transcript");
  #scroll;
  #body;
  #sentence = null;
  #block = null;
  #range = null;
  #wasInView = true;
  #watcher = new MutationObserver(() => this.#mark());

  // In the words of this article; `scroll` scrolls the transcript.
  constructor(article, scroll) {
    this.#scroll = scroll;
    this.#body = one(".body", article);
    this.#watcher.observe(this.#body, { childList: true, characterData: true, subtree: true });
  }

  // `follow` scrolls to it, unless its reader has scrolled away from the one before.
  show(sentence, follow) {
    const isFollowed = this.#wasInView || this.#isInView;
    this.#sentence = sentence;
    this.#mark();
    this.#wasInView = follow && isFollowed ? this.#reveal() : this.#isInView;
  }

  // Brings it into view, or this article where it is not known; from then on it is followed again.
  scrollTo(article) {
    if (this.#place) this.#reveal();
    else article?.scrollIntoView({ block: "center" });
    this.#wasInView = true;
  }

  end() {
    this.#watcher.disconnect();
    this.#clear();
  }

  // A block that is written on, or has ended, has other nodes
  #mark() {
    this.#clear();
    const block = this.#body.children[this.#sentence?.block];
    if (!block) return;
    this.#range = rangeIn(block, this.#sentence.start, this.#sentence.end);
    if (this.#range && window.Highlight) CSS.highlights.set(NAME, new Highlight(this.#range));
    else block.classList.add(NAME);
    this.#block = block;
    // What this changed itself is no news
    this.#watcher.takeRecords();
  }

  #clear() {
    window.CSS.highlights?.delete(NAME);
    this.#block?.classList.remove(NAME);
    this.#block = this.#range = null;
  }

  get #place() {
    return (this.#range ?? this.#block)?.getBoundingClientRect();
  }

  get #isInView() {
    const place = this.#place;
    const box = this.#box.getBoundingClientRect();
    return !place || (place.bottom > box.top && place.top < box.bottom);
  }

  #reveal() {
    const place = this.#place;
    if (!place) return true;
    const box = this.#box.getBoundingClientRect();
    if (place.top >= box.top && place.bottom <= box.bottom) return true;
    const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
    this.#scroll.by(place.top - box.top - ROOM, behavior);
    return true;
  }
}

// What is between two places of the block's own text, in UTF-16 units; null for words that are not the block's.
function rangeIn(block, start, end) {
  if (start === null || end === null || start === undefined) return null;
  const texts = document.createTreeWalker(block, NodeFilter.SHOW_TEXT, (node) =>
    node.parentElement.closest("[data-added]") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
  );
  const range = document.createRange();
  let place = 0;
  let isBegun = false;
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    if (!isBegun && start < place + node.length) {
      range.setStart(node, start - place);
      isBegun = true;
    }
    if (isBegun && end <= place + node.length) {
      range.setEnd(node, end - place);
      return range;
    }
    place += node.length;
  }
  return null;
}

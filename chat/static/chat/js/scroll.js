// The transcript's scrolling: it stays at the end only for a reader who is there, and fetches
// earlier messages as the reader nears the top. Reversed flow: 0 is the end, above it is negative.

import { all, fetchText, one, parse } from "./dom.js";
import { enhance } from "./live.js";

const NEAR = 48;

export class Scroll {
  #box;
  #column;
  #jump;
  #observer;
  #loaded;
  #anchors = CSS.supports("overflow-anchor", "auto");

  // `loaded` is called when there are earlier messages on the page
  constructor(box, column, jump, loaded) {
    this.#loaded = loaded;
    this.#box = box;
    this.#column = column;
    this.#jump = jump;
    this.#observer = new IntersectionObserver((seen) => this.#nearTop(seen), { root: box, rootMargin: "400px 0px 0px" });
    box.addEventListener("scroll", () => this.#show(), { passive: true });
    jump.addEventListener("click", () => {
      this.toEnd();
      box.focus({ preventScroll: true });
    });
    column.addEventListener("click", (event) => this.#askForOlder(event));
    this.watchOlder();
  }

  get atEnd() {
    return this.#box.scrollTop > -NEAR;
  }

  toEnd() {
    this.#box.scrollTop = 0;
    this.#show();
  }

  // Changes the transcript; what a reader above the end looks at stays where it is.
  around(change) {
    const stay = this.atEnd;
    const before = this.#column.offsetHeight;
    change();
    if (stay) this.#box.scrollTop = 0;
    else if (!this.#anchors) this.#box.scrollTop -= this.#column.offsetHeight - before;
    this.#show();
  }

  // Changes the transcript so that what `after` gives then appears where what `before` gives is now.
  pinned(before, after, change) {
    const from = before()?.getBoundingClientRect().top;
    // The browser's own anchoring would move it once more
    this.#box.style.overflowAnchor = "none";
    change();
    const to = after()?.getBoundingClientRect().top;
    if (from !== undefined && to !== undefined) this.#box.scrollTop += to - from;
    requestAnimationFrame(() => requestAnimationFrame(() => (this.#box.style.overflowAnchor = "")));
    this.#show();
  }

  focus() {
    this.#box.focus({ preventScroll: true });
  }

  watchOlder() {
    this.#observer.disconnect();
    const link = one(".older", this.#column);
    if (link) this.#observer.observe(link);
  }

  #show() {
    this.#jump.hidden = this.atEnd;
  }

  #nearTop(seen) {
    if (seen.some((entry) => entry.isIntersecting)) this.#load(one(".older", this.#column));
  }

  #askForOlder(event) {
    const link = event.target.closest(".older");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.#load(link);
  }

  async #load(link) {
    if (!link || link.dataset.loading) return;
    link.dataset.loading = "true";
    try {
      const fragment = parse(await fetchText(link.dataset.url));
      all(".message", fragment).forEach(enhance);
      if (link.isConnected) this.#prepend(link, fragment);
    } catch {
      this.#observer.unobserve(link);
      delete link.dataset.loading;
    }
  }

  // Nothing below moves in reversed flow, except by the browser's own anchoring: so it is put right
  #prepend(link, fragment) {
    const focused = document.activeElement === link;
    const from = this.#box.scrollTop;
    link.replaceWith(fragment);
    this.#loaded();
    this.#box.scrollTop = from;
    if (focused) this.#box.focus({ preventScroll: true });
    this.watchOlder();
  }
}

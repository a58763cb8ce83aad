// The messages before the first one on the page are fetched as their reader nears the top, and let go of again when the
// reader is back at the end.

import { address, all, clone, one, parse } from "../core/dom.js";
import { fetchText } from "../core/requests.js";
import { enhance } from "./blocks.js";
import { isHeld } from "./put_away.js";

// The messages on the page, oldest first, without those that are put away. It is not looked into
// them: in a long conversation that is a lot.
export const messagesIn = (column) => [...column.children].filter((child) => child.classList.contains("message"));

// More than MOST_AT_END messages are too many for a reader at the end; the last KEPT_AT_END of them stay, as many as a
// page begins with
const MOST_AT_END = 150;
const KEPT_AT_END = 30;

export class EarlierMessages {
  #box;
  #column;
  #away;
  #changed;
  #isAtEnd;
  #pinned;
  #observer;

  // `away` has those that are put away; `changed()` is called when there are more of them on the page, or fewer;
  // `isAtEnd()` says whether the reader is at the end, and `pinned(change)` leaves what they look at where it is.
  constructor(box, column, { away, changed, isAtEnd, pinned }) {
    this.#box = box;
    this.#column = column;
    this.#away = away;
    this.#changed = changed;
    this.#isAtEnd = isAtEnd;
    this.#pinned = pinned;
    const from = { root: box, rootMargin: "400px 0px 0px" };
    this.#observer = new IntersectionObserver((seen) => this.#nearTop(seen), from);
    column.addEventListener("click", (event) => this.#asked(event));
  }

  // The link that leads to them may be another one now.
  watch() {
    this.#observer.disconnect();
    const link = this.#link;
    if (link) this.#observer.observe(link);
  }

  // Fetches page after page until there is no earlier one, or `most` messages are on the page.
  async load(most) {
    while (this.#link && this.#count < most) {
      const link = this.#link;
      if (!(await this.#load(link)) && link === this.#link) return;
    }
  }

  // Lets go of what is far above who reads the end, or is about to. What somebody has selected, or writes in, stays.
  letGo() {
    if (this.#count <= MOST_AT_END || !this.#isAtEnd() || matchMedia("print").matches) return;
    const [first] = this.#away.last(KEPT_AT_END);
    const children = [...this.#column.children];
    const gone = children.slice(0, children.indexOf(first));
    if (!first.dataset.message || gone.some((child) => isHeld(child) || one(".editor", child))) return;
    this.#pinned(() => {
      gone.forEach((child) => child.remove());
      this.#column.prepend(this.#linkTo(first.dataset.message));
    });
    this.#changed();
    this.watch();
  }

  get #count() {
    return messagesIn(this.#column).length + this.#away.size;
  }

  get #link() {
    return one(".older", this.#column);
  }

  #linkTo(message) {
    const link = clone("t-older");
    const { conversation } = document.body.dataset;
    link.href = `${address("conversation", conversation)}?before=${message}`;
    link.dataset.url = `${address("older", conversation)}?before=${message}`;
    return link;
  }

  #nearTop(seen) {
    if (seen.some((entry) => entry.isIntersecting)) this.#load(this.#link);
  }

  #asked(event) {
    const link = event.target.closest(".older");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.#load(link);
  }

  // Gives whether they are there.
  async #load(link) {
    if (!link || link.dataset.loading) return false;
    link.dataset.loading = "true";
    try {
      const fragment = parse(await fetchText(link.dataset.url));
      all(".message", fragment).forEach(enhance);
      if (link.isConnected) this.#prepend(link, fragment);
      return true;
    } catch {
      this.#observer.unobserve(link);
      delete link.dataset.loading;
      return false;
    }
  }

  #prepend(link, fragment) {
    const focused = document.activeElement === link;
    this.#pinned(() => {
      link.replaceWith(fragment);
      this.#changed();
    });
    if (focused) this.#box.focus({ preventScroll: true });
    this.watch();
  }
}

// The messages before the first one on the page are fetched as their reader nears the top, and let go of again when the
// reader is back at the end. A page that leads to a message far above has a gap between that and the latest: a second
// link, which is filled as the first is, until it meets what is there.

import { address, clone, one, opensElsewhere, parse } from "../core/dom.js";
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
  #brought;
  #isAtEnd;
  #pinned;
  #observer;
  // What a link leads to, in parts, the first to come last; asked for once. As HTML, since what waits would be nodes, too
  #asked = { link: null, parts: null };
  #isNear = false;
  #isBringing = false;

  // `away` has those that are put away; `changed()` is called when all that were asked for are on the page, or fewer than
  // before; `brought(articles)` with each part of them, before its place is seen; `isAtEnd()` says whether the reader is
  // at the end, and `pinned(change)` leaves what they look at where it is.
  constructor(box, column, { away, changed, brought, isAtEnd, pinned }) {
    this.#box = box;
    this.#column = column;
    this.#away = away;
    this.#changed = changed;
    this.#brought = brought;
    this.#isAtEnd = isAtEnd;
    this.#pinned = pinned;
    const from = { root: box, rootMargin: "800px 0px 0px" };
    this.#observer = new IntersectionObserver((seen) => this.#nearTop(seen.at(-1).isIntersecting), from);
    column.addEventListener("click", (event) => this.#pressed(event));
  }

  // The link that leads to them may be another one now.
  watch() {
    this.#observer.disconnect();
    const link = this.#link;
    if (link) this.#observer.observe(link);
  }

  // Fetches page after page until there is no earlier one, or `most` messages are on the page.
  async load(most) {
    for (let link = this.#link; link && this.#count < most; link = this.#link) {
      const parts = await this.#partsOf(link);
      while (parts?.length && link.isConnected) this.#place(link, parts);
      if (link === this.#link) return;
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

  #nearTop(isNear) {
    this.#isNear = isNear;
    if (isNear) this.#bring();
  }

  #pressed(event) {
    const link = event.target.closest(".older");
    if (!link || opensElsewhere(event)) return;
    event.preventDefault();
    this.#bring(link, true);
  }

  // One part a frame: the thirty messages of a page are 1,600 elements, which take a slow machine half a second. What is
  // far above would be put away at once.
  async #bring(link = this.#link, isPressed = false) {
    if (this.#isBringing) return;
    this.#isBringing = true;
    const parts = link && (await this.#partsOf(link));
    while (parts?.length && link.isConnected && (isPressed || this.#isNear)) {
      await new Promise(requestAnimationFrame);
      if (parts.length && link.isConnected) this.#place(link, parts);
    }
    this.#isBringing = false;
  }

  // Null if they do not come: then they are asked for anew when the reader comes near again, or presses the link.
  async #partsOf(link) {
    if (this.#asked.link !== link) this.#asked = { link, parts: fetchText(link.dataset.url).then((html) => this.#partsIn(html)) };
    try {
      return await this.#asked.parts;
    } catch {
      this.#asked = { link: null, parts: null };
      return null;
    }
  }

  // Each begins with a question, but for the first one; without what is on the page already, and then without a link to more.
  #partsIn(html) {
    const children = [...parse(html).children];
    const fresh = children.filter(({ dataset }) => !dataset.message || !this.#away.has(dataset.message));
    const meets = fresh.length < children.length;
    const parts = [""];
    for (const child of fresh) {
      if (meets && !child.dataset.message) continue;
      if (child.dataset.role === "user") parts.push("");
      parts[parts.length - 1] += child.outerHTML;
    }
    return parts;
  }

  // The last one of the parts, below the link; the first one, which begins with the next link, takes its place.
  #place(link, parts) {
    const part = [...parse(parts.pop()).children];
    const focused = document.activeElement === link;
    const articles = part.filter((child) => child.matches(".message"));
    articles.forEach(enhance);
    this.#pinned(() => {
      if (parts.length) link.after(...part);
      else link.replaceWith(...part);
      this.#brought(articles);
      if (!parts.length) this.#changed();
    });
    if (parts.length) return;
    if (focused) this.#box.focus({ preventScroll: true });
    this.watch();
  }
}

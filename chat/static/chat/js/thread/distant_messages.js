// What is far from the reader of a long conversation. The messages before the first one on the page are fetched as
// their reader nears the top, and let go of again when the reader is back at the end, so that a page does not grow for
// as long as it is open. Those far below a reader who has scrolled a long way up are put away in one box of the height
// that they had, which costs no style, no layout and no paint. They stay in the page, so that what is written in them
// goes on and the browser finds words there, and come out again as the reader comes back down.

import { address, all, clone, one, parse } from "../core/dom.js";
import { fetchText } from "../core/requests.js";
import { enhance } from "./blocks.js";

// The messages of a conversation, oldest first, also those put away. It is not looked into
// them: in a long conversation that is a lot.
export function messagesIn(column) {
  const children = [...column.children].flatMap((child) => (child.matches(".later") ? [...child.children] : child));
  return children.filter((child) => child.classList.contains("message"));
}

// More than MOST_AT_END messages are too many for a reader at the end; the last KEPT_AT_END of them stay
const MOST_AT_END = 150;
const KEPT_AT_END = 60;

export class EarlierMessages {
  #box;
  #column;
  #changed;
  #loaded;
  #isAtEnd;
  #pinned;
  #observer;

  // `changed()` is called when there are more of them on the page, or fewer, and `loaded()` once they stand where they
  // are to stay; `isAtEnd()` says whether the reader is at the end, and `pinned(change)` leaves what they look at where
  // it is.
  constructor(box, column, { changed, loaded, isAtEnd, pinned }) {
    this.#box = box;
    this.#column = column;
    this.#changed = changed;
    this.#loaded = loaded;
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
    while (this.#link && messagesIn(this.#column).length < most) {
      const link = this.#link;
      if (!(await this.#load(link)) && link === this.#link) return;
    }
  }

  // Lets go of what is far above who reads the end, or is about to. What somebody has selected, or writes in, stays.
  letGo() {
    const messages = messagesIn(this.#column);
    const first = messages.at(-KEPT_AT_END);
    if (messages.length <= MOST_AT_END || !this.#isAtEnd() || !first.dataset.message) return;
    const gone = messages.slice(0, -KEPT_AT_END);
    if (gone.some((article) => isHeld(article) || one(".editor", article))) return;
    this.#pinned(() => {
      gone.forEach((article) => article.remove());
      this.#link?.remove();
      this.#column.prepend(this.#linkTo(first.dataset.message));
    });
    this.#changed();
    this.watch();
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
    this.#loaded();
    if (focused) this.#box.focus({ preventScroll: true });
    this.watch();
  }
}

// Of more than MOST messages outside of the box the first KEPT stay there; CHUNK come out at a time
const MOST = 180;
const KEPT = 120;
const CHUNK = 60;
// From where it is watched that a reader comes near
const NEAR = "0px 0px 1500px";

export class LaterMessages {
  #box;
  #column;
  #pinned;
  #observer;
  #holder = null;
  #height = 0;

  // `pinned(change)` changes the transcript and leaves what its reader looks at where it is
  constructor(box, column, pinned) {
    this.#box = box;
    this.#column = column;
    this.#pinned = pinned;
    this.#observer = new IntersectionObserver((seen) => this.#near(seen), { root: box, rootMargin: NEAR });
  }

  // Where a message that comes last goes.
  get end() {
    return this.#holder ?? this.#column;
  }

  // Puts away what is far below those who read near the top.
  fold() {
    const outside = [...this.#column.children].filter((child) => child !== this.#holder);
    if (outside.length <= MOST || this.#isNear(outside[KEPT])) return;
    // A question and its answer stay beside each other
    const from = outside.findIndex((child, index) => index >= KEPT && child.dataset.role === "user");
    const far = from < 0 ? [] : outside.slice(from);
    if (!far.length || far.some(isHeld)) return;
    this.#pinned(() => {
      const height = this.#column.offsetHeight;
      this.#holder ??= this.#made();
      this.#holder.prepend(...far);
      this.#resize(0);
      this.#resize(height - this.#column.offsetHeight);
    });
  }

  // All of them out again.
  unfold() {
    if (!this.#holder) return;
    this.#observer.disconnect();
    this.#holder.replaceWith(...this.#holder.children);
    this.#holder = null;
  }

  #near(seen) {
    if (!this.#holder || !seen.some((entry) => entry.isIntersecting)) return;
    if (this.#holder.children.length <= CHUNK || this.#isInView(this.#holder)) this.#pinned(() => this.unfold());
    else this.#pinned(() => this.#unfoldSome());
  }

  #unfoldSome() {
    const height = this.#column.offsetHeight;
    this.#holder.before(...[...this.#holder.children].slice(0, CHUNK));
    this.#resize(Math.max(0, this.#height - (this.#column.offsetHeight - height)));
    // It may still be near
    this.#observer.unobserve(this.#holder);
    this.#observer.observe(this.#holder);
  }

  #made() {
    const holder = document.createElement("div");
    holder.className = "later";
    this.#column.append(holder);
    this.#observer.observe(holder);
    return holder;
  }

  #resize(height) {
    this.#height = height;
    this.#holder.style.containIntrinsicBlockSize = `${height}px`;
  }

  #isNear(child) {
    return child.getBoundingClientRect().top < this.#box.getBoundingClientRect().bottom + this.#box.clientHeight;
  }

  #isInView(child) {
    return child.getBoundingClientRect().top < this.#box.getBoundingClientRect().bottom;
  }
}

// Whether somebody has selected something in it, or writes there: moving it would take that away.
function isHeld(element) {
  if (element.contains(document.activeElement)) return true;
  const selection = getSelection();
  return !selection.isCollapsed && selection.containsNode(element, true);
}

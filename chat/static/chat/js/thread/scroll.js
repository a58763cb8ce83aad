// The transcript's scrolling: it stays at the end for a reader who is there, and nowhere else for anybody else.
// In reversed flow 0 is the end and what is above it is negative, so the browser itself keeps a reader at the end.

import { one } from "../core/dom.js";
import { EarlierMessages, LaterMessages } from "./distant_messages.js";

// Pixels from the end within which nothing is said of it
const NEAR = 48;
// Messages that are printed at most; above them it is said that there are earlier ones
const MOST_ON_PAPER = 2000;
// Milliseconds after its last sign that a scrolling is over, and for which changes are held up at most
const OVER = 150;
const LONGEST = 500;
const KEYS = new Set(["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End", " "]);

export class Scroll {
  #box = one("#transcript");
  #column;
  #jump = one("#jump");
  #stillness;
  #earlier;
  #later;
  #anchors = CSS.supports("overflow-anchor", "auto");

  // Tells of "page:messages" when there are earlier messages on the page, or fewer.
  constructor({ events, column }) {
    this.#column = column;
    this.#stillness = new Stillness(this.#box);
    this.#later = new LaterMessages(this.#box, column, (change) => this.#steady(change));
    this.#earlier = new EarlierMessages(this.#box, column, {
      changed: () => events.tell("page:messages"),
      loaded: () => this.#later.fold(),
      isAtEnd: () => this.#isAtEnd,
    });
    this.#box.addEventListener("scroll", () => this.#show(), { passive: true });
    this.#jump.addEventListener("click", () => {
      this.toEnd();
      this.focus();
    });
    this.#earlier.watch();
  }

  // The messages changed: there may be some to fetch, or to let go of.
  mind() {
    this.#earlier.watch();
    this.#earlier.letGo();
  }

  // Brings all of the conversation onto the page, if it is not out of all measure.
  async whole() {
    await this.#earlier.load(MOST_ON_PAPER);
    this.unfold();
  }

  // Puts what was put away back into its place.
  unfold() {
    this.#later.unfold();
  }

  // Adds a message below all others.
  append(article) {
    this.#later.end.append(article);
  }

  // Does it now, or as soon as the reader is not scrolling.
  whenStill(act) {
    this.#stillness.whenStill(act);
  }

  get #isAtEnd() {
    return this.#box.scrollTop > -NEAR;
  }

  toEnd() {
    this.#box.scrollTop = 0;
    // Before what was put away comes out again: most of that is far above now
    this.#earlier.letGo();
    this.unfold();
    this.#show();
  }

  // An answer begins: who was all but at the end goes on with it.
  lean() {
    if (this.#isAtEnd) this.toEnd();
  }

  // Changes the transcript; what a reader above the end looks at stays where it is. However little they have
  // scrolled up, they are not taken back.
  around(change) {
    const from = this.#box.scrollTop;
    const before = this.#anchors ? 0 : this.#column.offsetHeight;
    change();
    if (from > -1) this.#keep(from);
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

  // Changes what is out of view.
  #steady(change) {
    const { left, top, width } = this.#box.getBoundingClientRect();
    const seen = document.elementsFromPoint(left + width / 2, top + 1).find((element) => element.matches(".message"));
    this.pinned(() => seen, () => seen, change);
  }

  // Setting it where it is would end a scrolling that has just begun
  #keep(place) {
    if (this.#box.scrollTop !== place) this.#box.scrollTop = place;
  }

  #show() {
    const away = String(!this.#isAtEnd);
    if (this.#jump.dataset.away !== away) this.#jump.dataset.away = away;
  }
}

// Lets a scrolling come to its end before the page changes below it: in reversed flow every change of the layout makes
// the browser stop where it is on its way, and a reader who wants away from the end never gets there.
class Stillness {
  #timer = 0;
  #limit = 0;
  #held = [];

  constructor(box) {
    for (const kind of ["wheel", "touchmove", "scroll"]) {
      box.addEventListener(kind, () => this.#moves(), { passive: true });
    }
    box.addEventListener("keydown", ({ key }) => KEYS.has(key) && this.#moves());
    box.addEventListener("scrollend", () => this.#over());
  }

  // Does it now, or when the scrolling is over; one thing after the other.
  whenStill(act) {
    if (!this.#timer) {
      act();
      return;
    }
    this.#held.push(act);
    this.#limit ||= setTimeout(() => this.#release(), LONGEST);
  }

  #moves() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#over(), OVER);
  }

  #over() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#release();
  }

  #release() {
    clearTimeout(this.#limit);
    this.#limit = 0;
    this.#held.splice(0).forEach((act) => act());
  }
}

// The transcript's scrolling. A question that is sent goes to the top of the view. Its reply grows below it, and the
// page stands still. Who scrolls to the end goes on with the text from there, until they move up again by however little.

import { all, one } from "../core/dom.js";
import { EarlierMessages } from "./distant_messages.js";
import { PutAway } from "./put_away.js";
import { Room } from "./room.js";

// Pixels from the end of the text within which nothing is said of it
const NEAR = 48;
// Pixels, less than a line, from which somebody who moves down has come to the end: it may move away meanwhile
const AT_END = 24;
// Milliseconds after a change until it is looked at where the end is: within a frame that would be one more layout
const SOON = 50;
// Messages that are printed at most; above them it is said that there are earlier ones
const MOST_ON_PAPER = 2000;
// Messages that are in view at most, nearly always
const IN_VIEW = 12;
// Milliseconds after a turn of the wheel up within which a scrolling that had begun before may still end
const LEFT = 150;
// Milliseconds without a move after which the reader's scrolling is over. An end that is told within them after a key or the
// wheel may be an earlier one's, for the view moves 36 to 110 after those; and of some no end is told
const STILL = 500;
const UP = new Set(["ArrowUp", "PageUp", "Home"]);

export class Scroll {
  #box = one("#transcript");
  #column;
  #jump = one("#jump");
  #room;
  #earlier;
  #away;
  #anchors = CSS.supports("overflow-anchor", "auto");
  // Whether the reader goes on with the text at the end; not while a finger is on it
  #follows = true;
  #isTouched = false;
  // Whether it was up that they moved last
  #wentUp = false;
  // When they last moved, and until when nothing but the wheel brings them back to the end, which they have left by it
  #movedAt = 0;
  #leftUntil = 0;
  // Whether the end may have moved by something else than what the reader unfolded
  #isDue = true;
  // Whether the page itself scrolls, and whether its reader does; neither where the browser goes to what it has found
  #isOwn = false;
  #isTheirs = false;
  // The place and the height that were seen last
  #top = 0;
  #height = 0;
  // Less than a pixel that it could not move by: browsers scroll by whole ones, and thirty messages in parts add up to five
  #owed = 0;
  #timer = 0;
  #resting = 0;

  // Tells of "page:messages" when there are earlier messages on the page, or fewer; of "page:brought" with some that came.
  constructor({ events, column }) {
    this.#column = column;
    this.#room = new Room(column);
    this.#away = new PutAway(this.#box, column, this);
    this.#earlier = new EarlierMessages(this.#box, column, {
      away: this.#away,
      changed: () => events.tell("page:messages"),
      brought: (articles) => events.tell("page:brought", articles),
      isAtEnd: () => this.isAtEnd,
      // A browser holds a place by whole pixels (ten exchanges made two), none at the very top; but it lays out once, not thrice
      pinned: (change) => (this.#isTheirs && this.#box.scrollTop > 0 ? this.around(change) : this.#steady(change)),
    });
    this.#turnForward();
    this.#listen();
    this.#earlier.watch();
  }

  #listen() {
    const box = this.#box;
    box.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    box.addEventListener("scrollend", () => this.#rests(this.#movedAt + STILL - performance.now()));
    box.addEventListener("wheel", (event) => this.#turned(event), { passive: true });
    box.addEventListener("keydown", (event) => event.target === box && this.#key(event));
    box.addEventListener("touchstart", () => this.#touch(true), { passive: true });
    // The scrollbar
    box.addEventListener("pointerdown", ({ target }) => target === box && (this.#isTheirs = true));
    for (const kind of ["touchend", "touchcancel"]) box.addEventListener(kind, () => this.#touch(false));
    this.#jump.addEventListener("click", () => {
      this.toEnd();
      this.focus();
    });
    // The column is in the box, and is told of after it
    new ResizeObserver(() => this.#resized()).observe(box);
    new ResizeObserver(() => this.#grown()).observe(this.#column);
  }

  // Reversed, a conversation opens at its end also without a script. With one it is turned round: there all that comes
  // below moves what is above, and makes the browser stop a scrolling on its way.
  #turnForward() {
    const fromEnd = this.#box.scrollTop;
    this.#box.classList.add("forward");
    this.#go(this.#end + fromEnd);
    this.#follows = fromEnd > -1;
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

  // Takes out all that is put away, or those boxes of it that are wanted.
  unfold(isWanted) {
    this.#away.takeAllOut(isWanted);
  }

  // The message of this id, and the one before one; both may have been put away.
  find(id) {
    return this.#away.find(id);
  }

  before(article) {
    const before = this.#away.before(article);
    return before?.matches(".message") ? before : null;
  }

  // Whether the reader is at the end of the text, or goes on with it.
  get isAtEnd() {
    return this.#follows || this.#rest <= NEAR;
  }

  // Whether it was the browser that went where the view is, to something it has found.
  get isLed() {
    return !this.#isOwn && !this.#isTheirs && !this.#follows;
  }

  toEnd() {
    this.#follows = true;
    this.#wentUp = false;
    this.#go(this.#end);
    this.#earlier.letGo();
    // What is in view then must not be seen coming
    this.#away.last(IN_VIEW);
    this.#go(this.#end);
    this.#show();
  }

  // A question goes to the top of the view, with the space below it that this takes; not for those who follow the text.
  raise(question) {
    const { follow } = document.body.dataset;
    this.#keepRoom(question);
    this.toEnd();
    this.#anchorAnew();
    this.#follows = Boolean(follow) || this.#isFull;
  }

  // Another conversation is in view: at this place if it is there, else at its end, or at the question being answered.
  begin(question, place) {
    const article = place && this.find(place.message);
    if (article) {
      this.#keepRoom(question);
      this.#follows = false;
      this.#goOwn(this.#box.scrollTop + this.#below(article) - place.below);
      this.#show();
    } else {
      this.raise(question);
    }
    this.#earlier.watch();
  }

  // Where the reader is: the first message in view, and how many pixels below the upper edge it begins. Null at the end.
  get place() {
    const article = this.#first(".message[data-message]");
    return article && !this.isAtEnd ? { message: article.dataset.message, below: this.#below(article) } : null;
  }

  // A message that waits below a reply is shown, and the reply may be read on meanwhile.
  queue() {
    this.#room.measure();
    this.toEnd();
    this.#follows = Boolean(document.body.dataset.follow);
  }

  // A reply is written on: who was all but at its end goes on with it.
  lean() {
    if (!this.isAtEnd) return;
    const { follow } = document.body.dataset;
    const goesOn = this.#follows || this.#isFull;
    this.toEnd();
    this.#follows = Boolean(follow) || goesOn;
  }

  // A reply ends with the change: who has the end of its text in view sees what may be done with it, but for those who
  // have just moved up from there.
  end(article, change) {
    const bottom = (element) => element?.getBoundingClientRect().bottom ?? Infinity;
    const isSeen = !this.#isTouched && !this.#wentUp && bottom(one(".body", article)) <= bottom(this.#box);
    change();
    const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
    if (isSeen && !this.#follows && this.#rest >= 1) this.by(this.#rest, behavior);
  }

  // Changes the transcript; what its reader looks at stays where it is, or at the end for who goes on with that.
  around(change) {
    this.#isDue = true;
    const isAnchored = this.#anchors && !this.#box.style.overflowAnchor;
    if (isAnchored || this.#follows) change();
    else this.#steady(change);
    this.#room.mend();
    this.#timer ||= setTimeout(() => {
      this.#timer = 0;
      this.#show();
    }, SOON);
  }

  // Changes the transcript so that what `after` gives then appears where what `before` gives is now.
  pinned(before, after, change) {
    const from = before()?.getBoundingClientRect().top;
    // The browser's own anchoring would move it once more
    this.#box.style.overflowAnchor = "none";
    change();
    this.#room.mend();
    const to = after()?.getBoundingClientRect().top;
    if (from !== undefined && to !== undefined && from !== to) this.#goOwn(this.#box.scrollTop + to - from + this.#owed);
    if (this.#box.scrollTop < this.#end - 1) this.#follows = false;
    requestAnimationFrame(() => requestAnimationFrame(() => (this.#box.style.overflowAnchor = "")));
    this.#show();
  }

  // The same for an element that stays where it is, or makes way for something of its height: then nothing moves.
  hold(element, change) {
    this.pinned(() => element, () => (element?.isConnected ? element : null), change);
  }

  // Scrolls by so many pixels as the page's own doing: whoever is at the end then has not gone there.
  by(top, behavior) {
    this.#isOwn = true;
    this.#box.scrollBy({ top, behavior });
  }

  focus() {
    this.#box.focus({ preventScroll: true });
  }

  // What the browser holds in place may be below the reply by now, where it was put when there was less to scroll: it would
  // scroll along with the text. It lets go of that only when it is told to scroll, by however little.
  #anchorAnew() {
    const { scrollTop } = this.#box;
    this.#box.scrollTop = scrollTop - 1;
    this.#box.scrollTop = scrollTop;
  }

  // Changes what is out of view.
  #steady(change) {
    const first = this.#first(".message, .shelf");
    this.hold(first?.matches(".shelf") ? this.#firstOf(first.children) : first, change);
  }

  #keepRoom(question) {
    this.#room.keep(document.body.dataset.follow ? null : question);
  }

  // The first of these in view, or below it.
  #first(selector) {
    return this.#firstOf(all(`:scope > :is(${selector})`, this.#column));
  }

  #firstOf(children) {
    const { top } = this.#box.getBoundingClientRect();
    return [...children].find((child) => child.getBoundingClientRect().bottom > top);
  }

  #below(child) {
    return child.getBoundingClientRect().top - this.#box.getBoundingClientRect().top;
  }

  // The last place to scroll to; an empty chat is read from its beginning.
  get #end() {
    const { scrollHeight, clientHeight } = this.#box;
    return this.#isEmpty ? 0 : scrollHeight - clientHeight;
  }

  // Asked of the children alone: where there is none, all of the messages would be looked through for it
  get #isEmpty() {
    return [...this.#column.children].some(({ classList }) => classList.contains("welcome"));
  }

  // How many pixels of text are below the view.
  get #rest() {
    return this.#end - this.#box.scrollTop - (this.#room.isLast ? this.#room.left : 0);
  }

  // Whether the reply has filled its space.
  get #isFull() {
    return this.#room.left < 1;
  }

  #go(top) {
    // Setting it where it is would end a scrolling that has just begun
    if (Math.abs(this.#box.scrollTop - top) >= 1) this.#box.scrollTop = top;
    this.#see();
  }

  #goOwn(top) {
    const before = this.#box.scrollTop;
    this.#go(top);
    // Of what does not move no end is told
    if (this.#box.scrollTop !== before) this.#isOwn = true;
    const owed = top - this.#box.scrollTop;
    this.#owed = Math.abs(owed) < 1 ? owed : 0;
  }

  #see() {
    this.#top = this.#box.scrollTop;
    this.#height = this.#box.scrollHeight;
  }

  #resized() {
    this.#room.measure();
    this.#isDue = true;
    this.#grown();
  }

  // What its reader unfolds stays in place; all else moves on for who is at the end.
  #grown() {
    if (this.#isTouched) return;
    if (this.#follows && (this.#isDue || document.readyState !== "complete")) this.#go(this.#end);
    this.#isDue = false;
    this.#show();
  }

  // A page that became shorter has moved by itself
  #scrolled() {
    const { scrollTop: top, scrollHeight: height } = this.#box;
    if (top > this.#top && height === this.#height && this.#isPulledBack(top)) this.#box.scrollTop = this.#top;
    else if (top < this.#top && height >= this.#height) this.#leave();
    else if (top > this.#top && !this.#isOwn && this.#end - top < AT_END && this.#isFull) this.#follows = true;
    if (top !== this.#top) this.#rests();
    this.#see();
    this.#show();
  }

  #rests(after = STILL) {
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => this.#rested(), after);
  }

  // A finger that rests may go on. Where the page itself has moved, what it fetched for that is still wanted
  #rested() {
    if (this.#isTouched) return;
    if (!this.#isOwn) this.#earlier.letGo();
    this.#isOwn = this.#isTheirs = false;
  }

  #turned({ deltaY, ctrlKey }) {
    const isUp = deltaY < 0 && !ctrlKey;
    if (!isUp) this.#leftUntil = 0;
    else if (this.#follows) this.#leftUntil = performance.now() + LEFT;
    this.#moved(isUp);
  }

  // Chromium's smooth scrolling by a key, which the page ended when it went on to the end, may go there once more
  #isPulledBack(top) {
    return !this.#isOwn && performance.now() < this.#leftUntil && this.#end - top < 1;
  }

  // Before the page hears of it by its place: nothing may pull it back meanwhile
  #moved(isUp) {
    this.#rests();
    this.#movedAt = performance.now();
    this.#isOwn = false;
    this.#isTheirs = true;
    this.#wentUp = false;
    if (isUp && this.#box.scrollTop > 0) this.#leave();
  }

  #leave() {
    this.#follows = false;
    this.#wentUp ||= this.#isTheirs;
  }

  #key({ key, shiftKey }) {
    this.#moved(UP.has(key) || (key === " " && shiftKey));
    if (key === "End" && this.#isFull) this.#follows = true;
  }

  #touch(isTouched) {
    this.#rests();
    this.#isOwn = false;
    this.#isTheirs = true;
    this.#isTouched = isTouched;
    if (!isTouched) this.#grown();
  }

  #show() {
    const away = String(this.#rest > NEAR);
    if (this.#jump.dataset.away !== away) this.#jump.dataset.away = this.#column.dataset.away = away;
  }
}

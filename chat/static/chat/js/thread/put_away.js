// Messages far from view are put away: one box of the height that they had holds their words, for the browser to find
// and for those who listen to the page, and their HTML is kept beside it. They are taken out again as their reader
// comes near, or as soon as something is told of one of them. So a page stays small for as long as it is open. Boxes that
// are next to each other stand on a shelf: what a frame costs grows with what is in the column, and with what is watched.

import { all, one, parse } from "../core/dom.js";
import { foundAgain, foundIn, wordsOf } from "./found.js";

// How far from view they are taken out, and from where on they are put away
const NEAR = "500px 0px";
const FAR = "1000px 0px";
// Pixels that a box is high at least: few boxes cost little, and in a low one what is found is near its place
const HEIGHT = 600;
// Boxes on a shelf at most: of 2,000 messages there are some 700
const BOXES = 16;
// More than a page of them are on the page before the first is put away; the last ones never are
const MOST = 36;
const LAST = 4;
// What is printed is far from view for the most part
const PAPER = matchMedia("print");

export class PutAway {
  #box;
  #column;
  #scroll;
  // The boxes by the ids of their messages, and the HTML of a box
  #boxes = new Map();
  #html = new WeakMap();
  #far = new Set();
  #near = new Set();
  // Watches boxes, those of the shelves that are near alone
  #out;
  #nearShelves = new Set();
  #frame = 0;

  // `scroll` changes the transcript, and what its reader looks at stays where it is.
  constructor(box, column, scroll) {
    this.#box = box;
    this.#column = column;
    this.#scroll = scroll;
    const observer = (rootMargin, act) =>
      new IntersectionObserver((seen) => this.#seen(seen, act), { root: box, rootMargin });
    this.#out = observer(NEAR, (holder, isNear) => (isNear ? this.#near.add(holder) : this.#near.delete(holder)));
    const shelves = observer(NEAR, (shelf, isNear) => this.#reach(shelf, isNear));
    const away = observer(FAR, (article, isNear) => (isNear ? this.#far.delete(article) : this.#far.add(article)));
    const watch = (child) => child.matches(".message, .shelf") && (isShelf(child) ? shelves : away).observe(child);
    const leave = (child) => {
      [shelves, away].forEach((each) => each.unobserve(child));
      this.#far.delete(child);
      this.#nearShelves.delete(child);
      if (isShelf(child)) [...child.children].forEach((holder) => this.#forget(holder));
    };
    const changed = ({ addedNodes, removedNodes }) => {
      elements(removedNodes).filter((child) => child.parentElement !== column).forEach(leave);
      elements(addedNodes).filter((child) => child.parentElement === column).forEach(watch);
    };
    new MutationObserver((changes) => changes.forEach(changed)).observe(column, { childList: true });
    elements(column.children).forEach(watch);
  }

  // How many they are.
  get size() {
    return this.#boxes.size;
  }

  // Whether the message of this id is on the page, put away or not.
  has(id) {
    return this.#boxes.has(id) || document.getElementById(`m-${id}`) !== null;
  }

  // The message of this id, out again if it was put away.
  find(id) {
    const holder = this.#boxes.get(id);
    if (holder) this.#takeOut(holder);
    return document.getElementById(`m-${id}`);
  }

  // The child before this one, out again.
  before(child) {
    const { previousElementSibling: before } = child;
    if (!isShelf(before)) return before;
    this.#takeOut(before.lastElementChild);
    return child.previousElementSibling;
  }

  // So many of the last messages, out again: those that there are.
  last(count) {
    const found = [];
    for (let child = this.#lastChild; child && found.length < count; child = this.before(child)) {
      if (child.matches(".message")) found.unshift(child);
    }
    return found;
  }

  // All that are, or those whose box is wanted.
  takeAllOut(isWanted = () => true) {
    all(".away", this.#column).filter(isWanted).forEach((holder) => this.#takeOut(holder));
  }

  get #lastChild() {
    const child = this.#column.lastElementChild;
    if (!isShelf(child)) return child;
    this.#takeOut(child.lastElementChild);
    return this.#column.lastElementChild;
  }

  #seen(seen, act) {
    seen.forEach(({ target, isIntersecting }) => target.isConnected && act(target, isIntersecting));
    this.#plan();
  }

  #reach(shelf, isNear) {
    if (isNear) this.#nearShelves.add(shelf);
    else this.#nearShelves.delete(shelf);
    for (const holder of shelf.children) {
      if (isNear) this.#out.observe(holder);
      else this.#leave(holder);
    }
  }

  #leave(holder) {
    this.#out.unobserve(holder);
    this.#near.delete(holder);
  }

  #plan() {
    if (this.#near.size || this.#far.size) this.#frame ||= requestAnimationFrame(() => this.#step());
  }

  // One box a frame: what comes into view goes before what has left it
  #step() {
    this.#frame = 0;
    const [holder] = this.#near;
    const run = holder ? null : this.#next();
    if (holder) this.#takeOut(this.#nearest(), this.#scroll.isLed);
    else if (run) this.#put(run);
    if (holder || run) this.#plan();
  }

  #nearest() {
    const { top, height } = this.#box.getBoundingClientRect();
    const distance = (holder) => {
      const place = holder.getBoundingClientRect();
      return Math.max(place.top - top - height, top - place.bottom);
    };
    return [...this.#near].reduce((best, holder) => (distance(holder) < distance(best) ? holder : best));
  }

  // The next ones to put away: from a question to before another one, or before a shelf.
  #next() {
    const children = [...this.#column.children];
    if ((!this.size && children.length <= MOST) || PAPER.matches) return null;
    let run = [];
    for (const child of children.slice(0, -LAST)) {
      const begins = child.dataset.role === "user";
      if (run.length && (isShelf(child) || (begins && heightOf(run) >= HEIGHT))) return run;
      if (!this.#far.has(child) || isKept(child)) run = [];
      else if (begins || run.length) run.push(child);
    }
    return null;
  }

  #put(run) {
    const holder = document.createElement("div");
    holder.className = "away";
    holder.dir = "auto";
    holder.style.blockSize = `${marginOf(run[0]) + heightOf(run)}px`;
    holder.textContent = wordsOf(run);
    // Who answers from there on (thread/markers.js)
    const answer = run.findLast(({ dataset }) => dataset.role === "assistant");
    if (answer) holder.dataset.persona = answer.dataset.persona ?? "";
    this.#html.set(holder, run.map((article) => article.outerHTML).join(""));
    run.forEach(({ dataset }) => this.#boxes.set(dataset.message, holder));
    this.#shelve(holder, run);
    run.forEach((article) => article.remove());
  }

  // Where the messages are that it stands for; shelves that come to stand next to each other are made one.
  #shelve(holder, run) {
    const [above, below] = [run[0].previousElementSibling, run.at(-1).nextElementSibling];
    const shelf = [above, below].find(hasSpace) ?? shelfOf([]);
    if (shelf === above) shelf.append(holder);
    else shelf.prepend(holder);
    if (shelf === above && fits(below, shelf)) {
      shelf.append(...below.children);
      below.remove();
    }
    if (!shelf.isConnected) run[0].before(shelf);
    fit(shelf);
    if (this.#nearShelves.has(shelf)) [...shelf.children].forEach((each) => this.#out.observe(each));
  }

  // `isFound` if something that is in view may have been found there.
  #takeOut(holder, isFound = false) {
    const fragment = parse(this.#html.get(holder));
    const articles = [...fragment.children];
    // Asked of each of hundreds that are printed or copied, the view would be a layout for each
    const view = () => this.#box.getBoundingClientRect();
    const found = foundIn(holder, isFound ? view() : null);
    this.#forget(holder);
    const change = () => exchange(holder, fragment);
    if (!found) {
      this.#scroll.around(change);
      return;
    }
    let again;
    const changeFound = () => {
      change();
      again = foundAgain(found, articles);
    };
    this.#scroll.pinned(() => seenIn(view(), found.range), () => again, changeFound);
  }

  #forget(holder) {
    this.#leave(holder);
    for (const [id, its] of this.#boxes) if (its === holder) this.#boxes.delete(id);
  }
}

const isShelf = (child) => Boolean(child?.matches(".shelf"));
const hasSpace = (child) => isShelf(child) && child.childElementCount < BOXES;

// Whether all of its boxes may go to this shelf. What is moved is not selected any more.
const fits = (child, shelf) =>
  isShelf(child) && child.childElementCount + shelf.childElementCount <= BOXES && !isHeld(child);

function shelfOf(holders) {
  const shelf = document.createElement("div");
  shelf.className = "shelf";
  shelf.append(...holders);
  fit(shelf);
  return shelf;
}

// As high as its boxes: far from view, the browser does not look into it.
function fit(shelf) {
  const height = [...shelf.children].reduce((sum, { style }) => sum + parseFloat(style.blockSize), 0);
  shelf.style.blockSize = `${height}px`;
}

// The messages take the place of their box: before its shelf or after it, or between two where it stood among others.
function exchange(holder, messages) {
  const shelf = holder.parentElement;
  const children = [...shelf.children];
  const place = children.indexOf(holder);
  const later = children.slice(place + 1);
  if (!place) shelf.before(messages);
  else if (later.length) shelf.after(messages, shelfOf(later));
  else shelf.after(messages);
  holder.remove();
  if (shelf.childElementCount) fit(shelf);
  else shelf.remove();
}

const elements = (nodes) => [...nodes].filter((node) => node.nodeType === Node.ELEMENT_NODE);

// Where a range is, or the middle of the view if it is out of that.
function seenIn({ top, bottom }, range) {
  const place = range.getBoundingClientRect();
  const isSeen = place.top >= top && place.bottom <= bottom;
  return { getBoundingClientRect: () => (isSeen ? place : new DOMRect(0, (top + bottom - place.height) / 2)) };
}

// A box has the space above its messages in it.
const marginOf = (article) => parseFloat(getComputedStyle(article).marginBlockStart);

// From the top of the first to the end of the last.
function heightOf(run) {
  return run.at(-1).getBoundingClientRect().bottom - run[0].getBoundingClientRect().top;
}

// What is not saved, is written on, pointed at or read aloud, has the line above which nothing is sent, or shows what only
// this page has, stays where it is.
function isKept(article) {
  const { message, status, pointed, reading, room } = article.dataset;
  const isAtWork = !message || status === "running" || [pointed, reading, room].some((mark) => mark !== undefined);
  return isAtWork || Boolean(one(".editor, .memory, .body img, .done", article)) || isHeld(article);
}

// Whether somebody has selected something in it, or writes there: moving it would take that away.
export function isHeld(element) {
  if (element.contains(document.activeElement)) return true;
  const selection = getSelection();
  return !selection.isCollapsed && selection.containsNode(element, true);
}

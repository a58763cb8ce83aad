// Messages far from view are put away: one box of the height that they had holds their words, for the browser to find
// and for those who listen to the page, and their HTML is kept beside it. They are taken out again as their reader
// comes near, or as soon as something is told of one of them. So a page stays small for as long as it is open.

import { all, one, parse } from "../core/dom.js";
import { foundAgain, foundIn, wordsOf } from "./found.js";

// How far from view they are taken out, and from where on they are put away
const NEAR = "500px 0px";
const FAR = "1000px 0px";
// Pixels that a box is high at least: few boxes cost little, and in a low one what is found is near its place
const HEIGHT = 600;
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
  #frame = 0;

  // `scroll` changes the transcript, and what its reader looks at stays where it is.
  constructor(box, column, scroll) {
    this.#box = box;
    this.#column = column;
    this.#scroll = scroll;
    const observer = (rootMargin, act) =>
      new IntersectionObserver((seen) => this.#seen(seen, act), { root: box, rootMargin });
    const out = observer(NEAR, (holder, isNear) => (isNear ? this.#near.add(holder) : this.#near.delete(holder)));
    const away = observer(FAR, (article, isNear) => (isNear ? this.#far.delete(article) : this.#far.add(article)));
    const watch = (child) => child.matches(".message, .away") && (isBox(child) ? out : away).observe(child);
    const leave = (child) => {
      [out, away].forEach((each) => each.unobserve(child));
      [this.#near, this.#far].forEach((each) => each.delete(child));
      if (isBox(child)) this.#forget(child);
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
    if (!isBox(before)) return before;
    this.#takeOut(before);
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

  takeAllOut() {
    all(".away", this.#column).forEach((holder) => this.#takeOut(holder));
  }

  get #lastChild() {
    const child = this.#column.lastElementChild;
    if (!isBox(child)) return child;
    this.#takeOut(child);
    return this.#column.lastElementChild;
  }

  #seen(seen, act) {
    seen.forEach(({ target, isIntersecting }) => target.isConnected && act(target, isIntersecting));
    this.#plan();
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

  // The next ones to put away: from a question to before another one, or before a box.
  #next() {
    const children = [...this.#column.children];
    if ((!this.size && children.length <= MOST) || PAPER.matches) return null;
    let run = [];
    for (const child of children.slice(0, -LAST)) {
      const begins = child.dataset.role === "user";
      if (run.length && (isBox(child) || (begins && heightOf(run) >= HEIGHT))) return run;
      if (!this.#far.has(child) || isKept(child)) run = [];
      else if (begins || run.length) run.push(child);
    }
    return null;
  }

  #put(run) {
    const holder = document.createElement("div");
    holder.className = "away";
    holder.dir = "auto";
    holder.style.blockSize = `${heightOf(run)}px`;
    holder.textContent = wordsOf(run);
    // Who answers from there on (thread/markers.js)
    const answer = run.findLast(({ dataset }) => dataset.role === "assistant");
    if (answer) holder.dataset.persona = answer.dataset.persona ?? "";
    this.#html.set(holder, run.map((article) => article.outerHTML).join(""));
    run.forEach(({ dataset }) => this.#boxes.set(dataset.message, holder));
    run[0].before(holder);
    run.forEach((article) => article.remove());
  }

  // `isFound` if something that is in view may have been found there.
  #takeOut(holder, isFound = false) {
    const fragment = parse(this.#html.get(holder));
    const articles = [...fragment.children];
    const view = this.#box.getBoundingClientRect();
    const found = foundIn(holder, view, isFound);
    this.#forget(holder);
    this.#near.delete(holder);
    const change = () => holder.replaceWith(fragment);
    if (!found) {
      this.#scroll.around(change);
      return;
    }
    let again;
    const changeFound = () => {
      change();
      again = foundAgain(found, articles);
    };
    this.#scroll.pinned(() => seenIn(view, found.range), () => again, changeFound);
  }

  #forget(holder) {
    for (const [id, its] of this.#boxes) if (its === holder) this.#boxes.delete(id);
  }
}

const isBox = (child) => Boolean(child?.matches(".away"));
const elements = (nodes) => [...nodes].filter((node) => node.nodeType === Node.ELEMENT_NODE);

// Where a range is, or the middle of the view if it is out of that.
function seenIn({ top, bottom }, range) {
  const place = range.getBoundingClientRect();
  const isSeen = place.top >= top && place.bottom <= bottom;
  return { getBoundingClientRect: () => (isSeen ? place : new DOMRect(0, (top + bottom - place.height) / 2)) };
}

// From the top of the first to the end of the last.
function heightOf(run) {
  return run.at(-1).getBoundingClientRect().bottom - run[0].getBoundingClientRect().top;
}

// What is not saved, is written on, pointed at or read aloud, has the line above which nothing is sent, or shows what only
// this page has, stays where it is.
function isKept(article) {
  const { message, status, pointed, reading, room } = article.dataset;
  const isAtWork = !message || status === "running" || [pointed, reading, room].some((mark) => mark !== undefined);
  return isAtWork || Boolean(one(".editor, .memory, .body img", article)) || isHeld(article);
}

// Whether somebody has selected something in it, or writes there: moving it would take that away.
export function isHeld(element) {
  if (element.contains(document.activeElement)) return true;
  const selection = getSelection();
  return !selection.isCollapsed && selection.containsNode(element, true);
}

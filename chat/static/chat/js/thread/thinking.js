// The thinking, folded away: its words, and a label that counts until the answer begins.

import { one } from "../core/dom.js";

// Milliseconds between two counts
const BEAT = 1000;
// The beginnings of those that are being counted, by their boxes
const clocks = new Map();
let timer = 0;

// `before` is how long it has been going on, in milliseconds; null when it has not.
export function showThinking(article, isThere, before, over) {
  const box = one(".thinking", article);
  stop(box);
  box.hidden = !isThere;
  if (before === null) return;
  if (over) say(box, "thought", before);
  else count(box, before);
}

// More of it comes, which has been going on for so long.
export function beginThinking(article, before) {
  const box = one(".thinking", article);
  box.hidden = false;
  if (!clocks.has(box)) count(box, before);
}

// The answer has begun, or will not.
export function endThinking(article) {
  const box = one(".thinking", article);
  if (!box || !clocks.has(box)) return;
  say(box, "thought", performance.now() - clocks.get(box));
  stop(box);
}

function count(box, before) {
  clocks.set(box, performance.now() - before);
  say(box, "thinking", before);
  timer ||= setInterval(tick, BEAT);
}

function stop(box) {
  clocks.delete(box);
  if (clocks.size) return;
  clearInterval(timer);
  timer = 0;
}

function tick() {
  for (const [box, since] of clocks) {
    if (box.isConnected) say(box, "thinking", performance.now() - since);
    else stop(box);
  }
}

function say(box, state, milliseconds) {
  const seconds = Math.max(1, Math.round(milliseconds / 1000));
  one(".thinking-label", box).textContent = box.dataset[state].replace("{}", seconds);
}

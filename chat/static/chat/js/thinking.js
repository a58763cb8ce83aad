// The thinking of an answer, folded away: its words, and a label that counts until the answer begins.

import { one } from "./dom.js";

// Milliseconds
const BEAT = 1000;

// The beginnings of those that are being counted, by their boxes
const clocks = new Map();
let timer = 0;

// Shows all of it. `before` is how long it has been going on, in milliseconds; null when it has not.
export function show(article, text, before, over) {
  const box = one(".thinking", article);
  stop(box);
  place(box, text);
  if (before === null) return;
  if (over) say(box, "thought", before);
  else count(box, before);
}

// More of it came.
export function add(article, text) {
  const box = one(".thinking", article);
  place(box, one(".thinking-text", box).textContent + text);
  if (!clocks.has(box)) count(box, 0);
}

// The answer has begun, or will not.
export function end(article) {
  const box = one(".thinking", article);
  if (!box || !clocks.has(box)) return;
  say(box, "thought", performance.now() - clocks.get(box));
  stop(box);
}

function place(box, text) {
  const holder = one(".thinking-text", box);
  if (text.startsWith(holder.textContent)) holder.append(text.slice(holder.textContent.length));
  else holder.textContent = text;
  holder.normalize();
  box.hidden = !text;
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

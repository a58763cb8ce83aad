// Sentences over the page, which go away by themselves; those that stay longer can be put away.

import { all, clone, one } from "./dom.js";

// Milliseconds that a sentence stays, and that what was taken away can be had back
const SHORT = 5000;
export const UNDO_FOR = 15000;

// A sentence with at most one action, whose button it gives; it waits while the reader is on it.
// One that is not `isSeen` is only heard.
export function toast(text, { label = "", run = null, time = SHORT, isSeen = true } = {}) {
  const holder = one("#toasts");
  const item = clone("t-toast");
  const button = one(".toast-action", item);
  const reasons = new Set();
  let timer = 0;
  const close = () => item.remove();
  const hold = (reason) => {
    reasons.add(reason);
    clearTimeout(timer);
  };
  const letGo = (reason) => {
    reasons.delete(reason);
    clearTimeout(timer);
    if (!reasons.size) timer = setTimeout(close, time);
  };
  item.classList.toggle("sr-only", !isSeen);
  one(".toast-text", item).textContent = text;
  button.textContent = label;
  button.hidden = !run;
  const closer = one(".toast-close", item);
  closer.hidden = time <= SHORT;
  closer.addEventListener("click", ({ detail }) => {
    close();
    if (!detail) one("#text")?.focus(); // by keyboard
  });
  button.addEventListener("click", () => {
    close();
    run();
  });
  item.addEventListener("pointerenter", () => hold("pointer"));
  item.addEventListener("pointerleave", () => letGo("pointer"));
  item.addEventListener("focusin", () => hold("focus"));
  item.addEventListener("focusout", () => letGo("focus"));
  // The same sentence again takes the place of the first; one with an action is about a thing of its own
  if (!run) all(".toast", holder).filter((other) => says(other, text)).forEach((other) => other.remove());
  holder.append(item);
  letGo("");
  return button;
}

const says = (item, text) => one(".toast-action", item).hidden && one(".toast-text", item).textContent === text;

// When a message was sent: shown to who is on it, or always where nothing can be, in words as short as the day allows.

import { all, one } from "../core/dom.js";
import { whenIdle } from "../core/idle.js";
import { moment } from "./clock.js";
import { markPointed } from "./pointed.js";

// Milliseconds
const LATEST = 500;
const { lang } = document.documentElement;

export function register({ column, events }) {
  markPointed(column, momentOf);
  column.addEventListener("focusin", ({ target }) => momentOf(target.closest(".message")));
  // Where there is no pointer to be over it, what a person said always shows its time (chat/message_row.css). The first
  // takes 16 ms: the page has it from the server, only longer
  if (matchMedia("(hover: none)").matches) {
    let idle = 0;
    const shorten = () => {
      idle = 0;
      all(".message.user", column).forEach(momentOf);
    };
    events.on("page:changed", () => (idle ||= whenIdle(shorten, LATEST)));
  }
}

// What is said just now.
export function stamp(article) {
  const time = one("time", article);
  if (time) time.dateTime = new Date().toISOString();
  momentOf(article);
}

// The moment of a message, which is shown at it; "" for one that is hidden.
export function momentOf(article) {
  const time = article && one("time", article);
  if (!time?.dateTime) return "";
  const text = moment(lang, new Date(time.dateTime), new Date());
  if (time.textContent !== text) time.textContent = text;
  return text;
}

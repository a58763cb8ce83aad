// The quiet lines between the messages, which follow from all of them: where the model's view begins, and who
// answers from here on.

import { all, clone, one, parse } from "../core/dom.js";
import { messagesIn } from "./distant_messages.js";

export function register({ events, column, scroll }) {
  const markers = new Markers(column, scroll);
  events.on("page:changed", (running) => running || markers.show());
  events.on("page:reply", () => markers.introduce());
  events.on("page:context", ({ exchanges, memory }) => markers.renew(exchanges, memory));
}

class Markers {
  #column;
  #scroll;

  constructor(column, scroll) {
    this.#column = column;
    this.#scroll = scroll;
  }

  // The model sees another number of exchanges from now on, and `line` says so; they are shown with the next change.
  renew(exchanges, line) {
    this.#column.dataset.exchanges = exchanges;
    one("#t-memory").content.replaceChildren(parse(line));
    all(".memory", this.#column).forEach((old) => old.remove());
  }

  show() {
    this.introduce();
    const [place, kind, side] = this.#memory();
    const lines = all(".memory", this.#column);
    const isShort = lines[0]?.classList.contains("short");
    const stands = lines[0]?.parentElement === place && isShort === (kind === "t-memory-short");
    if (place ? lines.length === 1 && stands : !lines.length) return;
    this.#scroll.around(() => {
      lines.forEach((line) => line.remove());
      place?.[side](clone(kind));
    });
  }

  // A line shows who answers from here on, above the question that they answered first; the same rule
  // as in chat/personas/actions.py.
  introduce() {
    const wanted = switches(this.#column);
    const lines = all(".switch", this.#column);
    if (lines.length === wanted.size && lines.every((line) => wanted.has(line.parentElement))) return;
    this.#scroll.around(() => {
      lines.forEach((line) => line.remove());
      wanted.forEach((persona, question) => question.prepend(line(persona)));
    });
  }

  // Above the first exchange that goes with the next message, or below all where none does. While the latest
  // answer is one for which more did not fit, it is where its view began.
  #memory() {
    const tip = messagesIn(this.#column).findLast((article) => article.dataset.message) ?? null;
    const began = tip?.dataset.began;
    if (began) return [document.getElementById(`m-${began}`), "t-memory-short", "prepend"];
    if (this.#column.dataset.exchanges === "0") return [tip, "t-memory", "append"];
    return [contextStart(this.#column), "t-memory", "prepend"];
  }
}

// The question of that exchange, if anything above it is not sent; the same rule as in chat/conversations/context.py.
function contextStart(column) {
  const count = Number(column.dataset.exchanges);
  const saved = messagesIn(column).filter((article) => article.dataset.message);
  let found = 0;
  for (let place = saved.length - 1; place > 0 && count > 0; place -= 1) {
    if (!answers(saved[place], saved[place - 1])) continue;
    found += 1;
    place -= 1;
    if (found === count) return place > 0 || one(".older", column) ? saved[place] : null;
  }
  return null;
}

// Questions that another persona answers than the one before, with its name.
function switches(column) {
  const found = new Map();
  let before = null;
  for (const answer of messagesIn(column)) {
    if (answer.dataset.role !== "assistant") continue;
    const { persona = "" } = answer.dataset;
    const question = answer.previousElementSibling;
    if (before !== null && persona !== before && question?.matches(".message")) found.set(question, persona);
    before = persona;
  }
  return found;
}

function line(persona) {
  const made = clone("t-switch");
  made.textContent = persona ? made.textContent.replace("{name}", () => persona) : made.dataset.none;
  return made;
}

function answers(answer, question) {
  if (answer.dataset.role !== "assistant" || question.dataset.role !== "user") return false;
  return answer.dataset.status !== "running" && Boolean(one(".body", question) && one(".body > *", answer));
}

// The quiet lines between the messages, which follow from all of them: where the model's view begins, and who
// answers from here on.

import { all, clone, one, parse } from "../core/dom.js";
import { messagesIn } from "./distant_messages.js";

export function register({ events, column, scroll }) {
  const markers = new Markers(column, scroll);
  events.on("page:changed", (running) => running || markers.show());
  events.on("page:reply", () => markers.introduce());
  events.on("page:context", ({ exchanges, memory }) => markers.renew(exchanges, memory));
  events.on("page:model", (answer) => markers.step(answer));
}

class Markers {
  #column;
  #scroll;
  // What the line was shown for, if far from all of it some messages are put away
  #shown = "";

  constructor(column, scroll) {
    this.#column = column;
    this.#scroll = scroll;
  }

  // The model sees another number of exchanges from now on, and `line` says so; they are shown with the next change.
  renew(exchanges, line) {
    this.#column.dataset.exchanges = exchanges;
    one("#t-memory").content.replaceChildren(parse(line));
    all(".memory", this.#column).forEach((old) => old.remove());
    this.#shown = "";
  }

  // Another model answers from now on, whose context moves on in steps, or does not; so many messages lead to `tip`.
  step({ steps, tip, depth }) {
    this.#column.dataset.steps = steps ? "1" : "";
    const article = steps && this.#scroll.find(tip);
    if (article) article.dataset.depth = depth;
    this.#shown = "";
    if (this.#tip?.dataset.status !== "running") this.show();
  }

  show() {
    this.introduce();
    this.#count();
    if (this.#isShown()) return;
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

  // Whether nothing has changed since, so that what is put away may stay there.
  #isShown() {
    const { message, status, began } = this.#tip?.dataset ?? {};
    const before = this.#shown;
    const { exchanges, steps } = this.#column.dataset;
    this.#shown = [message, status, began, exchanges, steps].join(" ");
    return before === this.#shown && Boolean(one(".away", this.#column));
  }

  get #tip() {
    return messagesIn(this.#column).findLast((article) => article.dataset.message) ?? null;
  }

  // Above the first exchange that goes with the next message, or below all where none does. While the latest
  // answer is one for which more did not fit, it is where its view began.
  #memory() {
    const tip = this.#tip;
    const began = tip?.dataset.began;
    if (began) return [this.#scroll.find(began), "t-memory-short", "prepend"];
    if (this.#column.dataset.exchanges === "0") return [tip, "t-memory", "append"];
    return [this.#contextStart(tip), "t-memory", "prepend"];
  }

  // How many messages lead to the tip, where that is asked: the server tells it of what was the tip when the page was
  // made, and from there on it is counted.
  #count() {
    const tip = this.#tip;
    if (!tip || !this.#column.dataset.steps) return;
    let article = tip;
    let below = 0;
    while (article.dataset.depth === undefined) {
      const before = this.#scroll.before(article);
      if (!before && one(".older", this.#column)) return;
      if (!before) article.dataset.depth = 0;
      else [article, below] = [before, below + 1];
    }
    tip.dataset.depth = Number(article.dataset.depth) + below;
  }

  // The question of that exchange, if anything above it is not sent. Where the context moves on in steps it is the first
  // one of the step that the latest exchanges reach into. The same rules are in chat/conversations/context.py.
  #contextStart(tip) {
    const { exchanges, steps } = this.#column.dataset;
    const count = Number(exchanges);
    const step = steps ? 2 * (Math.floor(count / 2) + 1) : 1;
    let depth = steps ? Number(tip?.dataset.depth) : 0;
    if (Number.isNaN(depth)) return null;
    let [first, found, begin] = [null, 0, null];
    let below = null;
    for (let article = tip; article; article = this.#scroll.before(article)) {
      if (begin !== null && depth < begin) return first;
      if (below && answers(below, article)) {
        found += 1;
        if (found >= count) first = article;
        if (found === count) begin = depth - (depth % step);
      }
      [below, depth] = [article, depth - 1];
    }
    if (one(".older", this.#column)) return depth + 1 === begin ? first : null;
    return first === below ? null : first;
  }
}

// Questions that another persona answers than the one before, with its name.
function switches(column) {
  const found = new Map();
  let before = null;
  for (const answer of column.children) {
    if (answer.matches(".shelf")) before = lastPersona(answer) ?? before;
    if (answer.dataset.role !== "assistant") continue;
    const { persona = "" } = answer.dataset;
    const question = answer.previousElementSibling;
    if (before !== null && persona !== before && question?.matches(".message")) found.set(question, persona);
    before = persona;
  }
  return found;
}

// Who answers last of those that are put away there; undefined if nobody does.
const lastPersona = (shelf) =>
  [...shelf.children].findLast(({ dataset }) => dataset.persona !== undefined)?.dataset.persona;

function line(persona) {
  const made = clone("t-switch");
  made.textContent = persona ? made.textContent.replace("{name}", () => persona) : made.dataset.none;
  return made;
}

function answers(answer, question) {
  if (answer.dataset.role !== "assistant" || question.dataset.role !== "user") return false;
  return answer.dataset.status !== "running" && Boolean(one(".body", question) && one(".body > *", answer));
}

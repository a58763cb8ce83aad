// The words of replies, put where a screen reader says what is added: each sentence once it has ended, or the whole text
// once the reply is there. It comes for those who have chosen that in their settings.

import { all, one, word } from "../core/dom.js";

const page = document.body.dataset;

// Milliseconds between two looks at a reply that is being written
const EVERY = 400;
// What was said long ago is taken away again, which nothing says
const KEPT = 50;
const LINES = "p, li, h1, h2, h3, h4, h5, h6, tr, dt, dd, summary, br";
const UNSAID = "[data-added], svg, input";

export function register({ events, thread }) {
  const announcer = new Announcer(thread);
  for (const kind of ["page:changed", "page:grown"]) events.on(kind, (running) => announcer.follow(running));
  events.on("page:ended", () => announcer.end());
  events.on("page:left", () => announcer.forget());
}

class Announcer {
  #thread;
  #place = document.createElement("div");
  // The id of the reply that is followed, and of each of its blocks how many sentences need not be said any more
  #reply = null;
  #heard = [];
  #timer = 0;

  constructor(thread) {
    this.#thread = thread;
    this.#place.className = "sr-only";
    this.#place.id = "announced";
    this.#place.setAttribute("aria-live", "polite");
    one("#main").append(this.#place);
  }

  // What a reply says already when it comes into view, or is continued, can be read there.
  follow(running) {
    if (!running) return;
    if (running.dataset.message !== this.#reply) this.#begin(running);
    if (page.announce === "sentences") this.#timer ||= setTimeout(() => this.#look(), EVERY);
  }

  end() {
    if (page.announce !== "complete") this.#look(true);
    this.forget();
  }

  forget() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#reply = null;
  }

  #begin(article) {
    this.forget();
    this.#reply = article.dataset.message;
    this.#heard = blocksOf(article).map((block) => sentencesOf(block).length);
  }

  // The last sentence may be half of one.
  #look(isOver = false) {
    this.#timer = 0;
    const blocks = blocksOf(this.#thread.find(this.#reply));
    blocks.forEach((block, index) => {
      const isOpen = !isOver && index === blocks.length - 1;
      // A block that is closed does not change; most were said to their end
      if (!isOpen && this.#heard[index] === Infinity) return;
      const sentences = sentencesOf(block);
      const ended = isOpen ? sentences.slice(0, -1) : sentences;
      ended.slice(this.#heard[index] ?? 0).forEach((sentence) => this.#say(sentence, block));
      this.#heard[index] = isOpen ? Math.max(this.#heard[index] ?? 0, ended.length) : Infinity;
    });
  }

  #say(sentence, block) {
    const line = document.createElement("p");
    line.lang = block.closest("[lang]").lang;
    line.textContent = sentence;
    this.#place.append(line);
    all("p", this.#place).slice(0, -KEPT).forEach((old) => old.remove());
  }
}

const blocksOf = (article) => (article ? all(".body > *", article) : []);

function sentencesOf(block) {
  const { lang } = block.closest("[lang]");
  const pieces = new Intl.Segmenter(lang, { granularity: "sentence" }).segment(wordsOf(block));
  return [...pieces].map(({ segment }) => segment.trim()).filter(Boolean);
}

// Code is named, as when a reply is read aloud; formulas are said as they are written.
function wordsOf(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (node.nodeType !== Node.ELEMENT_NODE || node.matches(UNSAID)) return "";
  if (node.matches(".code")) return [word("Code"), node.dataset.name].filter(Boolean).join(": ");
  if (node.dataset.latex) return node.dataset.latex;
  const words = [...node.childNodes].map(wordsOf).join(node.matches("tr") ? " " : "");
  return node.matches(LINES) ? `${words}\n` : words;
}

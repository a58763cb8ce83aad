// What is chosen over the message box, before anybody has: a model, a persona, and what @ and / in the box offer. The
// rest of it comes when somebody is about to choose.

import { opensElsewhere } from "../core/dom.js";
import { later } from "../core/later.js";
import { toast } from "../core/toast.js";

const OPENERS = "[data-action=choose-model], [data-action=choose-persona], [data-action=retry-with]";
const PROMPTS = /^[/／]([^\n]*)$/;
const PERSONAS = /^[@＠]([^\n]*)$/;

// What the text of the box asks for, and by which words; null for nothing. A slash is the whole text, as in a path, while
// an @ may stand before what has been written already.
export function askedIn({ value, selectionStart }) {
  const [, prompt] = PROMPTS.exec(value) ?? [];
  if (prompt !== undefined) return { kind: "prompts", words: prompt };
  const [, persona] = PERSONAS.exec(value.slice(0, selectionStart)) ?? [];
  return persona === undefined ? null : { kind: "personas", words: persona };
}

export class Choosing {
  // Brings the rest. Throws an Error whose message is the sentence for the person
  load;

  constructor(page) {
    this.load = later(document.body.dataset.choosersScript, page);
    page.clicks.on("choose-model", (link, article, event) => this.#open(event, (it) => it.openModels(link)));
    page.clicks.on("choose-persona", (link, article, event) => this.#open(event, (it) => it.openPersonas(link)));
    for (const kind of ["pointerover", "focusin"]) document.addEventListener(kind, (event) => this.#prepare(event));
  }

  async #open(event, act) {
    if (opensElsewhere(event)) return;
    event.preventDefault();
    try {
      await act(await this.load());
    } catch (problem) {
      toast(problem.message);
    }
  }

  // What goes wrong is said after the press
  #prepare({ target }) {
    const opener = target.closest?.(OPENERS);
    if (!opener) return;
    this.load()
      .then((it) => it.bring(opener.dataset.action === "choose-persona" ? "personas" : "models"))
      .catch(() => {});
  }
}

// What can be chosen over the message box, each brought when it is first asked for. This comes with the first of them.

import { one, parse } from "../core/dom.js";
import { fetchText } from "../core/requests.js";
import { askedIn } from "./choosing.js";
import { makeModels } from "./models.js";
import { makePersonas } from "./personas.js";
import { makePrompts } from "./prompts.js";

const MAKERS = { models: makeModels, personas: makePersonas, prompts: makePrompts };

export function open(page) {
  return new Choosers(page);
}

class Choosers {
  #page;
  #box = one("#text");
  #made = {};
  #coming = {};

  constructor(page) {
    this.#page = page;
    const holder = this.#box.closest(".box");
    holder.addEventListener("keydown", (event) => event.target === this.#box && this.#key(event), true);
    page.events.on("page:left", () => Object.values(this.#made).forEach((chooser) => chooser.close()));
    this.#box.addEventListener("blur", () => this.#offered.forEach((chooser) => chooser.close()));
  }

  // Throws what `fetchText` throws.
  bring(kind) {
    this.#coming[kind] ??= this.#make(kind).catch((problem) => {
      delete this.#coming[kind];
      throw problem;
    });
    return this.#coming[kind];
  }

  has(kind) {
    return kind in this.#made;
  }

  get isOffering() {
    return this.#offered.length > 0;
  }

  // Shows what fits the text in the box, or nothing.
  offer() {
    const asked = askedIn(this.#box);
    for (const kind of ["prompts", "personas"]) {
      this.#made[kind]?.offer(this.#box, asked?.kind === kind ? asked.words : null);
    }
  }

  async openModels(link) {
    await this.#toggle("models", link, link.closest(".box"), link.dataset.value);
  }

  async openPersonas(link) {
    const place = link.closest(".topbar") ?? this.#box.closest(".box");
    await this.#toggle("personas", link, place, one("#persona").dataset.value);
  }

  async #toggle(kind, link, place, current) {
    const isOpen = link.getAttribute("aria-expanded") === "true";
    const chooser = await this.bring(kind);
    if (isOpen) {
      chooser.close();
      return;
    }
    chooser.choices.mark(current);
    chooser.openAt(place, link);
  }

  async #make(kind) {
    const holder = parse(await fetchText(document.body.dataset[`${kind}Url`])).firstElementChild;
    const forget = () => this.#forget(kind);
    this.#made[kind] = MAKERS[kind](this.#page, holder, forget);
    return this.#made[kind];
  }

  // What was brought is not as the server has it any more: it comes anew the next time.
  #forget(kind) {
    delete this.#made[kind];
    delete this.#coming[kind];
  }

  get #offered() {
    return Object.values(this.#made).filter((chooser) => chooser.isOffered);
  }

  #key(event) {
    this.#offered.forEach((chooser) => chooser.offeredKey(event));
  }
}

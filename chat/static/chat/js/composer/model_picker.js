// The model that answers in this conversation, chosen beside the message box.

import { address, one, parse } from "../core/dom.js";
import { fetchText, post } from "../core/requests.js";
import { toast } from "../core/toast.js";
import { conversationOf } from "./conversation.js";

export class ModelPicker {
  // Null where there is nothing to choose from
  #select = null;
  #thread;
  #picked;
  #filling = null;
  #choosing = null;

  constructor({ events, thread }) {
    this.#thread = thread;
    this.#take();
    events.on("page:equipped", () => this.#take());
    events.on("page:left", () => (this.#choosing = null));
    events.on("page:emptied", () => this.#select && this.#pick(this.#select.dataset.default));
  }

  #take() {
    this.#select = one("#model");
    if (!this.#select) return;
    this.#filling = null;
    this.#picked = this.#select.value;
    this.#select.addEventListener("change", () => (this.#choosing = this.#choose(this.#choosing)));
    for (const kind of ["pointerenter", "focus", "mousedown"]) {
      this.#select.addEventListener(kind, (event) => this.#fill(event));
    }
  }

  // While a choice is being kept, a promise of whether it is; until then nothing is sent.
  get choosing() {
    return this.#choosing;
  }

  // Where there are many models most of them come when somebody is about to choose; a press waits for them.
  async #fill(event) {
    if (!this.#select.dataset.more) return;
    const isPressed = event.type === "mousedown";
    if (isPressed) event.preventDefault();
    try {
      await (this.#filling ??= fill(this.#select));
      if (isPressed) this.#select.focus();
      if (isPressed) this.#select.showPicker?.();
    } catch (problem) {
      this.#filling = null;
      if (isPressed) toast(problem.message);
    }
  }

  async #choose(before) {
    const { view } = this.#thread;
    const isInView = () => view === this.#thread.view;
    const { value } = this.#select;
    await before;
    try {
      const conversation = await conversationOf(this.#thread);
      await post(address("model", conversation), { model: value });
      if (isInView()) this.#pick(value);
    } catch (problem) {
      toast(problem.message);
      if (isInView()) this.#pick(this.#picked);
      return false;
    } finally {
      if (isInView()) this.#choosing = null;
    }
    return true;
  }

  #pick(value) {
    this.#select.value = this.#picked = value;
    const [chosen] = this.#select.selectedOptions;
    if (!chosen || chosen.disabled) return;
    const { line } = (chosen.closest("optgroup") ?? this.#select).dataset;
    one(".provider").textContent = line.replace("{}", () => chosen.label);
  }
}

// Puts all that may be chosen into a picker that has only what is in use. Throws what `fetchText` throws.
async function fill(select) {
  const options = parse(await fetchText(select.dataset.more));
  const { value } = select;
  delete select.dataset.more;
  select.replaceChildren(options);
  if (value && [...select.options].some((option) => option.value === value)) select.value = value;
}

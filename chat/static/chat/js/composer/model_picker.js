// The model that answers in this conversation, beside the message box.

import { all, one } from "../core/dom.js";

export class ModelPicker {
  #events;
  #keeper;
  #thread;
  #kept;

  // Tells of "page:model" with what the server says of the one that answers from now on.
  constructor({ events, keeper, thread }) {
    this.#events = events;
    this.#keeper = keeper;
    this.#thread = thread;
    this.#take();
    events.on("page:equipped", () => this.#take());
  }

  #take() {
    const { value, choice } = this.#button?.dataset ?? {};
    this.#kept = { value, choice, name: this.#name };
  }

  // Null where there is nothing to choose from
  get #button() {
    return one("#model");
  }

  get #name() {
    return this.#button && one(".model-name", this.#button).textContent.trim();
  }

  // Gives a promise of whether it is kept; if not, what was chosen before is shown again.
  async choose(value, name) {
    const chosen = { value, name };
    const { view } = this.#thread;
    this.#show(chosen);
    const use = async (response) => {
      const answer = await response.json();
      if (view === this.#thread.view) this.#events.tell("page:model", answer);
    };
    const isKept = Boolean(await this.#keeper.keep("model", { model: value }, use));
    if (view === this.#thread.view) this.#pick(isKept ? chosen : this.#kept);
    if (isKept) all(".missed-model").forEach((line) => line.remove());
    return isKept;
  }

  #pick(choice) {
    this.#kept = choice;
    this.#show(choice);
  }

  #show({ value, name, choice = value }) {
    if (!this.#button) return;
    Object.assign(this.#button.dataset, { value, choice });
    one(".model-name", this.#button).textContent = name;
  }
}

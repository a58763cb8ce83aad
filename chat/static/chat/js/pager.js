// "2 / 3": walking between the versions of a message, in place.

import { one, post } from "./dom.js";
import { toast } from "./widgets.js";

const TARGET = /[0-9a-f-]{36}(?=\/show\/$)/;
const KEYS = { ArrowLeft: ".before", ArrowRight: ".after" };

export class Pager {
  #tell;
  #swap = null;

  // `tell` has: find(id), refresh() which gives a promise of whether the page is up to date, lost(),
  // say(words),
  // unseen() when the version is not on the page, version (a sentence)
  constructor(column, tell) {
    this.#tell = tell;
    column.addEventListener("submit", (event) => {
      if (!event.target.matches(".siblings")) return;
      event.preventDefault();
      this.#turn(event.target, event.submitter);
    });
    column.addEventListener("keydown", (event) => this.#key(event));
  }

  // The ids of the version that is going and of the one that is coming, while that is under way.
  get swap() {
    return this.#swap;
  }

  #key(event) {
    const form = event.target.closest(".siblings");
    if (!form || !(event.key in KEYS) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    one(`${KEYS[event.key]}:not(:disabled)`, form)?.click();
  }

  async #turn(form, button) {
    if (this.#swap) return;
    const url = button.getAttribute("formaction") ?? form.getAttribute("action");
    const [to] = TARGET.exec(url);
    this.#swap = { from: form.closest(".message").dataset.message, to };
    try {
      await post(url);
      if (await this.#tell.refresh()) this.#arrive(to, button.className);
    } catch (problem) {
      toast(problem.message);
      this.#tell.lost();
    } finally {
      this.#swap = null;
    }
  }

  // The focus stays on the same arrow, or goes to the other one at the first and the last version
  #arrive(to, kind) {
    const form = one(".siblings", this.#tell.find(to) ?? document.createElement("div"));
    if (!form) {
      this.#tell.unseen();
      return;
    }
    const same = [...form.elements].find((button) => button.className === kind && !button.disabled);
    (same ?? one("button:not(:disabled)", form)).focus({ preventScroll: true });
    const [number, count] = one(".place", form).textContent.split("/").map((part) => part.trim());
    this.#tell.say(this.#tell.version.replace("{number}", number).replace("{count}", count));
  }
}

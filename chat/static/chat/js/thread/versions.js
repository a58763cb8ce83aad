// "2 / 3": walking between the versions of a message, in place.

import { one, word } from "../core/dom.js";
import { post } from "../core/requests.js";
import { toast } from "../core/toast.js";

const TARGET = /[0-9a-f-]{36}(?=\/show\/$)/;
const TURNED = document.documentElement.dir === "rtl";
const KEYS = { ArrowLeft: TURNED ? ".after" : ".before", ArrowRight: TURNED ? ".before" : ".after" };

export class VersionSwitcher {
  #thread;
  #scroll;
  #status;
  #refresher;
  #updates;

  constructor({ column, thread, scroll, status, refresher, updates }) {
    this.#thread = thread;
    this.#scroll = scroll;
    this.#status = status;
    this.#refresher = refresher;
    this.#updates = updates;
    column.addEventListener("submit", (event) => {
      if (!event.target.matches(".siblings")) return;
      event.preventDefault();
      this.#turn(event.target, event.submitter);
    });
    column.addEventListener("keydown", (event) => this.#key(event));
  }

  #key(event) {
    const form = event.target.closest(".siblings");
    if (!form || !(event.key in KEYS) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    one(`${KEYS[event.key]}:not(:disabled)`, form)?.click();
  }

  #turn(form, button) {
    const url = button.getAttribute("formaction") ?? form.getAttribute("action");
    return this.turnTo(url, form.closest(".message").dataset.message, button.className);
  }

  // The version that `url` shows comes into the place of `from`; the focus goes to an arrow of its, of that class.
  async turnTo(url, from, kind) {
    const [to] = TARGET.exec(url);
    if (this.#refresher.swap || to === from) return;
    const { view } = this.#thread;
    this.#refresher.swap = { from, to };
    try {
      await post(url);
      if (view !== this.#thread.view) return;
      this.#refresher.touched();
      if (await this.#updates.refresh()) this.#arrive(to, kind);
    } catch (problem) {
      toast(problem.message);
      this.#updates.watch();
    } finally {
      if (view === this.#thread.view) this.#refresher.swap = null;
    }
  }

  // The focus stays on the same arrow, or goes to the other one at the first and the last version
  #arrive(to, kind) {
    const form = one(".siblings", this.#thread.find(to) ?? document.createElement("div"));
    if (!form) {
      this.#scroll.focus();
      return;
    }
    const same = [...form.elements].find((button) => button.className === kind && !button.disabled);
    (same ?? one("button:not(:disabled)", form)).focus({ preventScroll: true });
    const [number, count] = one(".place", form).textContent.split("/").map((part) => part.trim());
    this.#status.say(word("Version").replace("{number}", number).replace("{count}", count));
  }
}

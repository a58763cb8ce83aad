// Another version of the conversation in view: fetching the page of it, and the arrows of "2 / 3".

import { address, fetchPage, one, post } from "../core/dom.js";
import { toast } from "../core/widgets.js";

// Milliseconds until a fetch that failed is tried again
const AGAIN = 2000;
const GONE = Symbol("gone");
const TARGET = /[0-9a-f-]{36}(?=\/show\/$)/;
const KEYS = { ArrowLeft: ".before", ArrowRight: ".after" };

// Brings the conversation in view up to date from a page fetched meanwhile, one fetch at a time. A page
// that was made before something else happened here is thrown away and fetched again.
export class Refresher {
  #tell;
  #course = null;
  #epoch = 0;

  // `tell` has: conversation(), from() which gives the id of the first message that is wanted in any case or
  // null, place(page)
  constructor(tell) {
    this.#tell = tell;
  }

  get busy() {
    return this.#course !== null;
  }

  // Something happened to the conversation that a page being fetched may not know.
  touched() {
    this.#epoch += 1;
  }

  // Gives a promise of whether the page is up to date; false when its reader has left.
  refresh() {
    this.#course ??= this.#fetch().finally(() => (this.#course = null));
    return this.#course;
  }

  async #fetch() {
    const conversation = this.#tell.conversation();
    while (conversation && conversation === this.#tell.conversation()) {
      const epoch = this.#epoch;
      const page = await this.#page(conversation);
      if (page === GONE || conversation !== this.#tell.conversation()) break;
      if (page && epoch === this.#epoch) {
        this.#course = null;
        this.#tell.place(page);
        return true;
      }
    }
    return false;
  }

  // Null after a fault that may pass, and a while.
  async #page(conversation) {
    const from = this.#tell.from();
    try {
      return await fetchPage(address("conversation", conversation) + (from ? `?from=${from}` : ""));
    } catch (problem) {
      if (problem.status === 404) return GONE;
      await new Promise((done) => setTimeout(done, AGAIN));
      return null;
    }
  }
}

// "2 / 3": walking between the versions of a message, in place.
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

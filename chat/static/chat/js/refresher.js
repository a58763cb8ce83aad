// Brings the conversation in view up to date from a page fetched meanwhile, one fetch at a time. A page
// that was made before something else happened here is thrown away and fetched again.

import { address, fetchPage } from "./dom.js";

// Milliseconds until a fetch that failed is tried again
const AGAIN = 2000;
const GONE = Symbol("gone");

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

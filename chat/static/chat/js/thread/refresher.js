// Fetching the conversation in view anew.

import { address } from "../core/dom.js";
import { fetchPart } from "../core/requests.js";

// Milliseconds until a fetch that failed is tried again
const AGAIN = 2000;
const GONE = Symbol("gone");

// Brings the conversation in view up to date from a page fetched meanwhile, one fetch at a time. A page
// that was made before something else happened here is thrown away and fetched again.
export class Refresher {
  // The ids of the version of a message that is going and of the one that is coming, while that is under way
  swap = null;
  #thread;
  #events;
  #course = null;
  // The view that it is under way for
  #view = 0;
  #epoch = 0;

  // Tells of "page:fetched" with the page.
  constructor({ thread, events }) {
    this.#thread = thread;
    this.#events = events;
  }

  get busy() {
    return this.#course !== null && this.#view === this.#thread.view;
  }

  // Something happened to the conversation that a page being fetched may not know.
  touched() {
    this.#epoch += 1;
  }

  // Gives a promise of whether the page is up to date; false when its reader has left.
  refresh() {
    const { view } = this.#thread;
    if (!this.busy) this.#course = this.#fetch(view).finally(() => view === this.#view && (this.#course = null));
    this.#view = view;
    return this.#course;
  }

  async #fetch(view) {
    const { conversation } = this.#thread;
    while (conversation && view === this.#thread.view) {
      const epoch = this.#epoch;
      const page = await this.#page(conversation);
      if (page === GONE || view !== this.#thread.view) break;
      if (page && epoch === this.#epoch) {
        this.#course = null;
        this.#events.tell("page:fetched", page);
        return true;
      }
    }
    return false;
  }

  // The first message that is wanted in any case, or null.
  get #from() {
    return this.#thread.before(this.swap?.from) ?? this.swap?.to ?? null;
  }

  // Null after a fault that may pass, and a while.
  async #page(conversation) {
    const from = this.#from;
    try {
      return await fetchPart(address("conversation", conversation) + (from ? `?from=${from}` : ""));
    } catch (problem) {
      if (problem.status === 404) return GONE;
      await new Promise((done) => setTimeout(done, AGAIN));
      return null;
    }
  }
}

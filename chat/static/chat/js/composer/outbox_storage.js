// Where unsent messages are kept, so that they outlive their page.

import { uuid } from "../core/dom.js";
import { keys, recall, remember, stored, store } from "../core/storage.js";

const PREFIX = "outbox:";
// Milliseconds within which a lock is had that nobody holds, and which a page may take to load anew
const SOON = 500;
const RELOADING = 2500;

// They are in the browser's own storage, a box for each open page. The page holds
// a lock of its box's name for as long as it lives. Whoever gets that lock knows that the page is gone,
// and takes its box over: so a message outlives its tab, and never has two pages that send it.
export class OutboxStorage {
  #name = `${PREFIX}${uuid()}`;
  #followed = new Set([this.#name]);
  #take;

  // `take(items)` gets what another page has left behind, and saves it before it returns.
  constructor(take) {
    this.#take = take;
  }

  start() {
    // Without locks (plain http) a message outlives a reload, not its tab
    if (!navigator.locks) {
      this.#take(parsed(recall(PREFIX)));
      return;
    }
    navigator.locks.request(lock(this.#name), () => new Promise(() => {}));
    this.#followAll();
    addEventListener("storage", ({ key: name }) => name?.includes(PREFIX) && this.#followAll());
  }

  save(items) {
    const text = items.length ? JSON.stringify(items) : null;
    if (navigator.locks) store(this.#name, text);
    else remember(PREFIX, text);
  }

  #followAll() {
    for (const name of keys(PREFIX)) {
      if (this.#followed.has(name)) continue;
      this.#followed.add(name);
      this.#follow(name);
    }
  }

  // A page that lived until now may only be loading anew: what it wrote is to come back there, not elsewhere.
  async #follow(name) {
    const asked = performance.now();
    const isNew = await navigator.locks.request(lock(name), () => {
      const atOnce = performance.now() - asked < SOON;
      if (atOnce) this.#inherit(name);
      return atOnce;
    });
    if (isNew) return;
    await new Promise((done) => setTimeout(done, RELOADING));
    navigator.locks.request(lock(name), () => this.#inherit(name));
  }

  // Saved here first, then gone there: what is saved twice is still sent once, by its client_id
  #inherit(name) {
    this.#followed.delete(name);
    const items = parsed(stored(name));
    if (items.length) this.#take(items);
    store(name, null);
  }
}

// All that waits, whichever page has it.
export const waiting = () => keys(PREFIX).flatMap((name) => parsed(stored(name)));

const lock = (name) => `${document.body.dataset.user}:${name}`;

function parsed(text) {
  try {
    return JSON.parse(text ?? "[]");
  } catch {
    return [];
  }
}

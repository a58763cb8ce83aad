// What is being written, for each conversation and for the new chat of a project: in the storage of the tab, so that two
// tabs write two texts, and beside it in that of the browser, where the tab that comes after finds what a closed one left.

import { uuid } from "../core/dom.js";
import { keys, recall, remember, store, stored } from "../core/storage.js";

const PREFIX = "draft:";
const NEW = "new";
// Of what is kept beyond its tab: drafts, characters of all together, and milliseconds
const MOST = 50;
const MOST_CHARACTERS = 500000;
const KEPT_FOR = 30 * 24 * 3600 * 1000;

export class Drafts {
  #tab = recall("tab") ?? uuid();
  #thread;

  constructor({ thread }) {
    this.#thread = thread;
    remember("tab", this.#tab);
    // Held for as long as the page lives. A tab that is duplicated has the same name
    navigator.locks?.request(lock(this.#tab), { mode: "shared" }, () => new Promise(() => {}));
  }

  // Null where this tab has none. `id` is the conversation's or the project's, null of any other new chat.
  of(id) {
    return recall(PREFIX + (id || NEW));
  }

  // Without locks (plain http) a draft outlives a reload, not its tab; what is temporary does so in any case.
  keep(id, text) {
    const name = PREFIX + (id || NEW);
    remember(name, text);
    const staysHere = this.#thread.isTemporary || !navigator.locks || text.length > MOST_CHARACTERS;
    store(`${name}:${this.#tab}`, text && !staysHere ? JSON.stringify({ text, at: Date.now() }) : null);
  }

  // Gives what this tab has of it, and keeps that no longer.
  take(id) {
    const text = this.of(id);
    this.keep(id, "");
    return text;
  }

  // Gives the latest one that a closed tab has left of it, for `forget`.
  async left(id) {
    if (!navigator.locks || this.#thread.isTemporary) return null;
    const { held } = await navigator.locks.query();
    const open = new Set(held.map(({ name }) => name));
    const wanted = PREFIX + (id || NEW);
    return tidied().find(({ name, tab }) => name === wanted && !open.has(lock(tab))) ?? null;
  }

  // It is another tab's now.
  forget({ key }) {
    store(key, null);
  }
}

const lock = (tab) => `${document.body.dataset.user}:tab:${tab}`;

// All of this person's, the latest first, once those that are too old or too many are gone.
function tidied() {
  const all = keys(PREFIX).map(read).sort((one, other) => other.at - one.at);
  let room = MOST_CHARACTERS;
  return all.filter(({ key, text, at }, place) => {
    room -= text.length;
    const stays = text && place < MOST && room >= 0 && Date.now() - at < KEPT_FOR;
    if (!stays) store(key, null);
    return stays;
  });
}

function read(key) {
  const end = key.lastIndexOf(":");
  const place = { key, name: key.slice(0, end), tab: key.slice(end + 1) };
  try {
    const { text, at } = JSON.parse(stored(key));
    return { ...place, text: String(text), at: Number(at) || 0 };
  } catch {
    return { ...place, text: "", at: 0 };
  }
}

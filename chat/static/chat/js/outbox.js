// What waits to be sent. A message stays here until the server says it is saved; the same
// client_id goes out again after a broken connection, so that it is saved once.

import { recall, remember, uuid } from "./dom.js";

const NAME = "outbox";

export class Outbox {
  #items = [];
  #inFlight = null;
  #tell;

  // `tell` has: send(command), held(item), state(item), busy(item)
  constructor(tell) {
    this.#tell = tell;
    this.#items = JSON.parse(recall(NAME) ?? "[]");
  }

  of(conversation) {
    return this.#items.filter((item) => item.type === "send" && item.conversation === conversation);
  }

  get waits() {
    return this.#items.some((item) => item.state !== "refused");
  }

  add(conversation, parent, text) {
    const item = { type: "send", client_id: uuid(), conversation, parent, text, state: "sending" };
    this.#items.push(item);
    this.#save();
    return item;
  }

  retry(conversation, reply) {
    if (this.#items.some((item) => item.reply === reply)) return;
    this.#items.push({ type: "retry", client_id: uuid(), conversation, reply, state: "sending" });
    this.pump();
  }

  // Sends the first that may go; one at a time, each after the ack of the one before.
  pump() {
    for (const item of this.#items) {
      if (item.state === "refused") continue;
      const busy = this.#inFlight !== null || this.#tell.busy(item);
      if (!busy && this.#tell.send(command(item))) {
        this.#inFlight = item.client_id;
        this.#mark(item, "sending");
      } else if (item.client_id !== this.#inFlight) {
        this.#mark(item, this.#tell.online() ? "queued" : "waiting");
      }
    }
  }

  // Nothing on the way arrives any more; all of it goes out again.
  broken() {
    this.#inFlight = null;
    this.#items.filter((item) => item.state !== "refused").forEach((item) => this.#mark(item, "waiting"));
  }

  sent(client, conversation) {
    const item = this.take(client);
    if (!item) return null;
    if (!item.conversation) this.#adopt(conversation);
    return item;
  }

  refused(client, text) {
    const item = this.#items.find((one) => one.client_id === client);
    if (!item) return null;
    if (this.#inFlight === client) this.#inFlight = null;
    if (item.type === "retry") return this.take(client);
    item.error = text;
    this.#mark(item, "refused");
    return item;
  }

  // Out of the box, given back to whoever asks.
  take(client) {
    const item = this.#items.find((one) => one.client_id === client);
    if (this.#inFlight === client) this.#inFlight = null;
    this.#items = this.#items.filter((one) => one !== item);
    this.#save();
    return item ?? null;
  }

  // The rest of a conversation that has just got its address.
  #adopt(conversation) {
    this.#items.filter((item) => !item.conversation).forEach((item) => (item.conversation = conversation));
    this.#save();
  }

  #mark(item, state) {
    if (item.state === state) return;
    item.state = state;
    if (state !== "refused") item.error = "";
    this.#save();
    this.#tell.state(item);
  }

  #save() {
    const kept = this.#items.filter((item) => item.type === "send");
    remember(NAME, kept.length ? JSON.stringify(kept) : null);
  }
}

function command({ type, client_id, conversation, parent, text, reply }) {
  return type === "send" ? { type, client_id, conversation, parent, text } : { type, client_id, reply };
}

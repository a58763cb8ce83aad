// What waits to be sent. A message stays here until the server says it is saved; the same
// client_id goes out again after a broken connection, so that it is saved once.

import { uuid } from "../core/dom.js";
import { OutboxStorage } from "./outbox_storage.js";

// Milliseconds until a conversation that is not in view, so that nothing is heard of it, is tried again
const LATER = 3000;
// Milliseconds for an answer to what was sent; a database that is locked makes the server wait 20 s
const PATIENCE = 30000;

export class Outbox {
  #items = [];
  #inFlight = null;
  #timer = 0;
  #later = new Set();
  #events;
  #socket;
  #thread;
  #refresher;
  #storage = new OutboxStorage((items) => this.#inherit(items));

  // Tells of "page:item" when something stands in another way, and of "page:found" with what an earlier page left.
  constructor({ events, socket, thread, refresher }) {
    this.#events = events;
    this.#socket = socket;
    this.#thread = thread;
    this.#refresher = refresher;
    events.on("page:connection", (state) => state === "open" || this.#broken());
    events.on("page:settled", (conversation) => this.#adopt(conversation));
  }

  // Who hears nothing of what it sent asks for another connection, and sends it again.
  set #flying(client) {
    clearTimeout(this.#timer);
    this.#inFlight = client;
    if (client !== null) this.#timer = setTimeout(() => this.#socket.renew(), PATIENCE);
  }

  // Finds what earlier pages left behind.
  start() {
    this.#storage.start();
  }

  // Those of a conversation, or of the new chat in view.
  of(conversation) {
    return this.#items.filter((item) => (conversation ? item.conversation === conversation : this.#thread.isOf(item)));
  }

  get sending() {
    return this.#inFlight !== null;
  }

  // A message after `parent`: an id, or the client_id of one that waits. `branch` wants it there in any case. `model` is
  // what a chat shows that has no conversation yet, and `temporary` whether it is one that does not stay.
  add(conversation, parent, text, { branch = false, model, temporary } = {}) {
    return this.#put({ type: "send", conversation, parent, text: wellFormed(text), branch, model, temporary });
  }

  // Another wording of `message`, on a page whose last message is `tip`.
  edit(conversation, message, tip, text) {
    return this.#put({ type: "edit", conversation, message, tip, text: wellFormed(text) });
  }

  // Another reply in place of this one, by `model` if that is given, the id of one.
  retry(conversation, reply, tip, model = null) {
    const fields = { type: "retry", conversation, reply, tip, model };
    if (!this.#items.some((item) => item.reply === reply)) this.#put(fields);
    this.pump();
  }

  // Sends the first that may go; one at a time, each after the ack of the one before.
  pump() {
    for (const item of [...this.#items]) {
      if (item.state === "refused" || item.client_id === this.#inFlight) continue;
      const free = this.#inFlight === null && !this.#mustWait(item);
      if (free && this.#socket.send(command(item))) {
        this.#flying = item.client_id;
        item.tried = true;
        this.#mark(item, "sending");
      } else {
        this.#mark(item, this.#socket.ready ? "queued" : "waiting");
      }
    }
  }

  // Nothing on the way arrives any more; all of it goes out again.
  #broken() {
    this.#flying = null;
    this.#items.filter((item) => item.state !== "refused").forEach((item) => this.#mark(item, "waiting"));
  }

  // The server closed the connection because of what was on its way: that must not go out again.
  refuseInFlight(text) {
    return this.#inFlight === null ? null : this.refused(this.#inFlight, "frame_too_large", text);
  }

  sent(client, conversation) {
    const item = this.#remove(client);
    if (item && !item.conversation) this.#settle(client, conversation);
    return item;
  }

  refused(client, code, text) {
    const item = this.#find(client);
    if (!item) return null;
    if (this.#inFlight === client) this.#flying = null;
    if (item.type === "retry") return this.take(client);
    if (code === "reply_running" && !this.#thread.isOf(item)) {
      this.#postpone(item);
      return null;
    }
    item.code = code;
    item.error = text;
    this.#mark(item, "refused");
    if (isOut(item)) this.#followers(item).forEach((next) => (next.parent = item.parent));
    this.#save();
    return item;
  }

  // Its person has seen what is newer: it may be sent again after that.
  informed(client) {
    const item = this.#find(client);
    item.code = item.error = "";
    this.#save();
    this.#events.tell("page:item", item);
  }

  // Out of the box, given back to whoever asks; what came after it follows what it followed,
  // or `heir`, which takes its place.
  take(client, heir = null) {
    const item = this.#remove(client);
    if (!item) return null;
    this.#followers(item).forEach((next) => (next.parent = heir ?? item.parent));
    this.#save();
    return item;
  }

  // What was refused in the new chat that is this conversation now belongs to it.
  #adopt(conversation) {
    const refused = this.#items.filter((item) => !item.conversation && isOut(item) && this.#isOfKind(item));
    refused.forEach((item) => (item.conversation = conversation));
    this.#save();
  }

  // `take`, unless it may have arrived: what is saved must not be written a second time.
  withdraw(client) {
    const item = this.#find(client);
    return item && (item.state === "refused" || !item.tried) ? this.take(client) : null;
  }

  // All that was still to go out to a conversation and cannot have arrived; gives it, oldest first.
  holdBack(conversation) {
    const waits = this.of(conversation).filter(({ type, state }) => type !== "retry" && state !== "refused");
    return waits.flatMap(({ client_id: client }) => this.withdraw(client) ?? []);
  }

  // Gives up all that waits for a conversation that is gone; gives the words of it.
  abandon(conversation) {
    const items = this.of(conversation);
    items.forEach((item) => this.take(item.client_id));
    return items.flatMap((item) => item.text ?? []).join("\n\n");
  }

  #followers({ client_id: client }) {
    return this.#items.filter((other) => other.parent === client);
  }

  #find(client) {
    return this.#items.find((item) => item.client_id === client);
  }

  #put(fields) {
    const item = { client_id: uuid(), state: "sending", code: "", error: "", ...fields };
    this.#items.push(item);
    this.#save();
    return item;
  }

  #remove(client) {
    const item = this.#find(client);
    if (this.#inFlight === client) this.#flying = null;
    if (!item) return null;
    this.#items = this.#items.filter((other) => other !== item);
    this.#save();
    return item;
  }

  #mustWait(item) {
    if (this.#later.has(item.client_id) || this.#find(item.parent) || this.#isBusy(item)) return true;
    // A temporary chat begins where its page is: nothing else would lead to it
    return Boolean(item.temporary) && !item.conversation && !this.#thread.isOf(item);
  }

  #isOfKind({ temporary = false }) {
    return temporary === this.#thread.isTemporary;
  }

  #isBusy(item) {
    return this.#thread.isOf(item) && (Boolean(this.#thread.running) || this.#refresher.busy);
  }

  #postpone(item) {
    this.#later.add(item.client_id);
    this.#mark(item, "queued");
    setTimeout(() => {
      this.#later.delete(item.client_id);
      this.pump();
    }, LATER);
  }

  // The chat has got its address: what follows its first message belongs there too.
  #settle(client, conversation) {
    const chain = new Set([client]);
    for (const item of this.#items) {
      if (item.conversation || !chain.has(item.parent)) continue;
      item.conversation = conversation;
      chain.add(item.client_id);
    }
    this.#save();
  }

  #inherit(items) {
    const fresh = items.filter((item) => !this.#find(item.client_id));
    for (const item of fresh) if (item.state !== "refused") item.state = "waiting";
    this.#items.push(...fresh);
    this.#save();
    fresh.forEach((item) => this.#events.tell("page:found", item));
    this.pump();
  }

  #mark(item, state) {
    if (item.state === state) return;
    item.state = state;
    if (state !== "refused") item.code = item.error = "";
    this.#save();
    this.#events.tell("page:item", item);
  }

  #save() {
    this.#storage.save(this.#items.filter((item) => item.type !== "retry"));
  }
}

// Whether it needs nothing but its conversation, or a message of its writer's in it.
export const belongs = (item) => item?.conversation && item.type !== "retry" && !item.branch;
// Whether it was refused for good: what comes after it does not wait for it. Where only the place is in question,
// which its writer is asked for, it does.
export const isOut = ({ state, code }) => state === "refused" && code !== "newer_messages";
// Whether its writer has still to decide after what it goes, or it is about to go out.
export const undecided = ({ type, state, code }) =>
  type === "send" && (state !== "refused" || code === "newer_messages");

function command({ type, client_id, conversation, parent, text, branch, message, tip, reply, model, temporary }) {
  if (type === "edit") return { type, client_id, message, text, tip };
  if (type === "retry") return { type, client_id, reply, tip, model };
  return { type, client_id, conversation, parent, text, branch, model: model ?? undefined, temporary };
}

// Half of a character, as cutting a text by its length leaves it, has no encoding: the server could not read it
function wellFormed(text) {
  return text.toWellFormed?.() ?? text.replace(/\p{Surrogate}/gu, "\ufffd");
}

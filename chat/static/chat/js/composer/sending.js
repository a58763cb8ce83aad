// What its reader sends, asks for again, continues and stops, and what the server says to it.

import { one, word } from "../core/dom.js";
import { toast } from "../core/toast.js";
import { shownModel } from "./conversation.js";
import { belongs } from "./outbox.js";

// Milliseconds until the server is asked again that could not look at a conversation
const AGAIN = 3000;

export function register(page) {
  const sending = new Sending(page);
  const { events, clicks, shortcuts } = page;
  events.on("page:open", () => sending.opened());
  events.on("page:left", () => sending.left());
  events.on("page:submit", (text) => sending.say(text));
  events.on("page:interrupt", (text) => sending.interrupt(text));
  events.on("page:stop", () => sending.stop());
  events.on("page:ended", (status) => sending.ended(status));
  events.on("page:deleted", ({ conversation, isNews }) => sending.deleted(conversation, isNews));
  events.on("sent", (event) => sending.sent(event));
  events.on("error", (event) => sending.refused(event));
  shortcuts.on("focus", () => page.composer.focus());
  shortcuts.on("stop", stopByKey);
  clicks.on("starter", (button) => page.composer.start(button.textContent));
  clicks.on("retry", (button, article) => sending.retry(article.dataset.message));
  clicks.on("continue", (button, article) => sending.continue(article.dataset.message));
}

// Gives false when there is nothing to stop.
function stopByKey() {
  const button = one("#stop");
  if (button.hidden || button.disabled) return false;
  button.click();
  return true;
}

class Sending {
  #socket;
  #scroll;
  #thread;
  #refresher;
  #outbox;
  #composer;
  #updates;
  #pending;
  #stopWanted = false;
  // The client_id of what was said last to interrupt
  #interrupting = null;

  constructor({ socket, scroll, thread, refresher, outbox, composer, updates, pending }) {
    this.#socket = socket;
    this.#scroll = scroll;
    this.#thread = thread;
    this.#refresher = refresher;
    this.#outbox = outbox;
    this.#composer = composer;
    this.#updates = updates;
    this.#pending = pending;
  }

  say(text) {
    const { conversation, last } = this.#thread;
    const shown = conversation ? undefined : shownModel();
    const temporary = (!conversation && this.#thread.isTemporary) || undefined;
    const item = this.#outbox.add(conversation, last, text, { model: shown && Number(shown), temporary });
    // What it waits for is known then, and stands below it when it is scrolled to
    this.#outbox.pump();
    this.#thread.addMine(item);
    this.#thread.changed();
    return item.client_id;
  }

  // Goes out as soon as it may, in its turn and with all before it: what is being written is stopped for it. It is in the
  // outbox at once, so that neither a slow stop nor a page that is closed loses it.
  interrupt(text) {
    this.#interrupting = this.say(text);
    this.#makeWay();
  }

  get #interrupts() {
    const waiting = this.#outbox.of(this.#thread.conversation).filter(({ state }) => state !== "refused");
    return waiting.some(({ client_id: client }) => client === this.#interrupting);
  }

  #makeWay() {
    const reply = this.#thread.running?.dataset.message;
    if (reply && this.#interrupts) this.#socket.send({ type: "stop", reply });
  }

  retry(reply) {
    this.#outbox.retry(this.#thread.conversation, reply, this.#thread.tip);
  }

  continue(reply) {
    if (this.#socket.send({ type: "continue", reply })) this.#composer.takeFocus();
    else toast(word("Away"));
  }

  stop() {
    this.#interrupting = null;
    this.#pending.holdBack();
    const reply = this.#thread.running?.dataset.message;
    this.#stopWanted = !(reply && this.#socket.send({ type: "stop", reply }));
  }

  opened() {
    if (this.#stopWanted) this.stop();
    else this.#makeWay();
  }

  // What was to be stopped is not what is in view now
  left() {
    this.#stopWanted = false;
  }

  sent(event) {
    const { client_id: client, conversation } = event;
    const mine = this.#outbox.sent(client, conversation);
    if (mine?.conversation === null && this.#thread.isOf(mine)) this.#thread.settle(conversation);
    if (conversation !== this.#thread.conversation) {
      this.#thread.drop(client);
    } else {
      this.#refresher.touched();
      const branched = event.branched || (mine && (mine.type !== "send" || mine.branch));
      if (branched) this.#branched(event, mine);
      // What others say belongs below what the page does not show yet; it comes with that
      else if (mine || !(this.#updates.held || this.#refresher.busy)) this.#next(event, mine);
    }
    this.#outbox.pump();
  }

  // The old branch stays in view until the new one can take its place
  #branched({ client_id: client, conversation, message, reply }, mine) {
    if (!mine) {
      this.#updates.stale(conversation);
      return;
    }
    this.#thread.promise(client, message);
    this.#updates.refresh().then((done) => done && this.#scroll.raise(this.#thread.questionOf(reply)));
  }

  #next({ client_id: client, reply, message, message_html: html = "", persona }, mine) {
    if (mine && this.#thread.find(message)) this.#thread.drop(client);
    else if (mine) this.#thread.confirm(client, message);
    else this.#thread.addTheirs(message, html);
    this.#thread.addReply(reply, persona);
    if (this.#stopWanted) this.stop();
    else this.#makeWay();
    if (mine) this.#updates.release();
  }

  ended(status) {
    this.#stopWanted = false;
    if (status === "stopped" && !this.#interrupts) this.#pending.holdBack();
    this.#outbox.pump();
  }

  refused({ code, text, client_id: client, reply }) {
    if (client) {
      const item = this.#outbox.refused(client, code, text);
      if (code === "not_found" && belongs(item)) this.deleted(item.conversation);
      else this.#pending.refused(item, text);
    } else if (code === "not_found" && !reply) {
      this.deleted(this.#thread.conversation);
    } else if (code === "storage" && !reply) {
      // Nobody asked for it by hand: it was a look at the conversation, which is repeated in silence
      setTimeout(() => this.#updates.watch(), AGAIN);
    } else {
      if (code !== "not_running") toast(text);
      if (reply) this.#updates.watch();
    }
    this.#outbox.pump();
  }

  // What was written for a conversation that is gone waits in the box of a new chat.
  deleted(conversation, isNews = true) {
    const isOpen = isNews && conversation === this.#thread.conversation;
    const texts = [this.#outbox.abandon(conversation), isOpen && this.#composer.takeDraft(conversation)];
    const kept = texts.filter(Boolean).join("\n\n");
    this.#composer.keepForNew(kept);
    if (isOpen) this.#thread.leave();
    if (kept) toast(word("Rescued"));
    else if (isOpen) toast(word("Deleted"));
  }
}

// What waits to be sent, or was refused, as its writer sees it: where it stands, and what they may do with it.

import { word } from "../core/dom.js";
import { UNDO_FOR, toast } from "../core/toast.js";

export class PendingMessages {
  #outbox;
  #thread;
  #composer;
  #editors;
  #updates;

  constructor({ events, clicks, outbox, thread, composer, editors, updates }) {
    this.#outbox = outbox;
    this.#thread = thread;
    this.#composer = composer;
    this.#editors = editors;
    this.#updates = updates;
    events.on("page:item", (item) => this.#show(item));
    events.on("page:found", (item) => this.#found(item));
    events.on("page:refreshed", () => this.#showAll());
    events.on("page:entered", () => this.#outbox.of(thread.conversation).forEach((item) => this.#place(item)));
    events.on("page:too-large", () => this.refused(outbox.refuseInFlight(word("TooLarge"))));
    clicks.on("resend", (button, article) => this.#again(article.dataset.client, false));
    clicks.on("branch", (button, article) => this.#again(article.dataset.client, true));
    clicks.on("inform", (button, article) => this.#inform(article.dataset.client));
    clicks.on("take-back", (button, article) => this.#putBack(article.dataset.client));
    clicks.on("remove", (button, article) => this.#remove(article.dataset.client));
  }

  #showAll() {
    this.#outbox.of(this.#thread.conversation).forEach((item) => this.#show(item));
    this.#editors.settle();
  }

  // How it stands now.
  #show(item) {
    if (item.type !== "edit") this.#thread.mark(item);
    else if (this.#thread.isOf(item)) this.#editors.show(item);
  }

  // An earlier page left it behind. What was refused in a new chat then is no part of this one: its words are
  // in the box, where they may be sent, changed or deleted.
  #found(item) {
    if (this.#thread.isOf(item)) this.#place(item);
    this.#thread.changed();
  }

  #place(item) {
    if (item.type === "send" && !item.conversation && item.state === "refused" && this.#composer.blank) {
      this.#composer.prepend(this.#outbox.take(item.client_id).text, word("Unsent"));
    } else if (item.type === "send") {
      this.#thread.addMine(item);
    } else if (!this.#editors.show(item) && item.state === "refused") {
      this.#homeless(item);
    }
  }

  // One that is queued again is only early. The text of any other is kept, with the sentence.
  refused(item, text = item?.error) {
    if (!item || item.state === "queued") return;
    if (item.type === "retry") this.#thread.mark({ ...item, state: "" });
    if (item.type === "retry" || !this.#thread.isOf(item)) toast(text);
    else if (item.type === "edit" && !this.#thread.find(item.message)) this.#homeless(item);
    this.#updates.watch();
  }

  // What was refused goes out again from its place: after what is above it now, or, as a branch, after
  // what its writer had in view.
  #again(client, branch) {
    const above = this.#thread.above(client);
    const { conversation, parent, text } = this.#outbox.of(this.#thread.conversation).find(
      (item) => item.client_id === client,
    );
    const item = this.#outbox.add(conversation, branch && !this.#updates.held ? parent : above, text, { branch });
    this.#outbox.take(client, item.client_id);
    this.#thread.rename(client, item);
    this.#composer.takeFocus();
    this.#outbox.pump();
    this.#updates.release();
  }

  #putBack(client) {
    this.#composer.put(this.#withdraw(client));
  }

  // Gone, unless its writer takes that back.
  #remove(client) {
    const text = this.#withdraw(client);
    this.#composer.takeFocus();
    toast(word("Removed"), { label: word("Undo"), run: () => this.#composer.put(text), time: UNDO_FOR });
  }

  async #inform(client) {
    this.#outbox.informed(client);
    this.#thread.focusOn(client, "resend");
    await this.#updates.refresh();
  }

  // Stop means stop, in every tab: what was to go out after this answer goes back to where it was written.
  holdBack() {
    const items = this.#outbox.holdBack(this.#thread.conversation).filter((item) => !this.#editors.reopen(item));
    if (!items.length) return;
    items.forEach(({ client_id: client }) => this.#thread.drop(client));
    this.#composer.prepend(items.map(({ text }) => text).join("\n\n"), word("HeldBack"));
    this.#updates.release();
  }

  #homeless({ client_id: client, error }) {
    this.#putBack(client);
    toast(error);
  }

  // Out of the outbox and the page; gives its words.
  #withdraw(client) {
    this.#thread.drop(client);
    const { text } = this.#outbox.take(client);
    this.#outbox.pump();
    this.#updates.release();
    return text;
  }
}

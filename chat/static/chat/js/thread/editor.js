// What is written and not sent yet, on the page: one's own message as a small editor, and what waits or was refused.

import { all, clone, one, recall, remember, word } from "../core/dom.js";
import { Words, sends } from "../composer/composer.js";
import { toast } from "../core/widgets.js";

// Milliseconds in which what was removed can be had back
const UNDO_FOR = 15000;

// One's own message as a small editor, in its place. What was sent from it waits there, visibly, until
// the branch that it began is on the page. What is being written is kept by the id of its message, and comes
// back with that.
export class Editors {
  #find;
  #tell;
  #forms = new Map();

  // `tell` has: find(message) which gives its article, send(message, text) which gives an item of the
  // outbox, take(client) which takes that back, withdraw(client) which does unless it may have arrived,
  // closed(article), homeless(text) for the words whose message is not on the page any more
  constructor(tell) {
    this.#find = tell.find;
    this.#tell = tell;
  }

  open(article) {
    const form = this.#shown(article) ?? this.#make(article, one(".body", article).textContent);
    const area = one("textarea", form);
    area.focus();
    area.setSelectionRange(area.value.length, area.value.length);
    form.scrollIntoView({ block: "nearest" });
  }

  // Shows how an edit in the outbox stands. Gives false when its message is not on the page.
  show(item) {
    const article = this.#find(item.message);
    if (!article) return false;
    const form = this.#shown(article) ?? this.#make(article, item.text);
    const refused = item.state === "refused";
    form.dataset.state = item.state;
    form.dataset.client = item.client_id;
    one("textarea", form).readOnly = !refused;
    one(".error", form).textContent = item.error;
    return true;
  }

  // After the page has changed: what was being written follows its message, or is handed over without it.
  settle() {
    for (const [form, { message, original, words }] of this.#forms) {
      if (form.isConnected) continue;
      this.#forms.delete(form);
      const article = this.#find(message);
      if (article && one(".body", article)) continue;
      const { client } = form.dataset;
      if (client && !this.#tell.withdraw(client)) continue;
      remember(draft(message), null);
      if (!words.blank && (client || words.text !== original)) this.#tell.homeless(words.text);
    }
    for (const article of all(".message.user[data-message]")) {
      const text = recall(draft(article.dataset.message));
      if (text !== null && one(".body", article) && !this.#shown(article)) this.#make(article, text);
    }
  }

  // What was to go out from it does not: it is to be written on. Gives whether there is an editor of it.
  reopen({ client_id: client }) {
    const form = [...this.#forms.keys()].find(({ dataset }) => dataset.client === client);
    if (!form) return false;
    this.#takeBack(form);
    this.#keep(form);
    return true;
  }

  // Another conversation takes the place of this one; what is kept waits until this one is back.
  leave() {
    this.#forms.clear();
  }

  #shown(article) {
    return one(".editor", article);
  }

  #make(article, text) {
    const form = clone("t-editor");
    const words = new Words(one("textarea", form), one(".counter", form));
    const original = one(".body", article)?.textContent ?? "";
    this.#forms.set(form, { message: article.dataset.message, original, words });
    form.addEventListener("submit", (event) => this.#submit(event));
    form.addEventListener("keydown", (event) => this.#key(event));
    form.addEventListener("input", () => this.#changed(form));
    one("[data-action=cancel-edit]", form).addEventListener("click", () => this.#cancel(form));
    article.append(form);
    words.place(text);
    return form;
  }

  #changed(form) {
    const { words } = this.#forms.get(form);
    words.changed();
    this.#keep(form);
    one(".error", form).textContent = "";
    one("[type=submit]", form).setAttribute("aria-disabled", String(words.blank));
  }

  #key(event) {
    const form = event.currentTarget;
    if (event.key === "Escape" && !event.isComposing) {
      event.preventDefault();
      this.#cancel(form);
    } else if (event.target.matches("textarea") && sends(event)) {
      event.preventDefault();
      form.requestSubmit();
    }
  }

  #submit(event) {
    event.preventDefault();
    const form = event.currentTarget;
    const { message, words } = this.#forms.get(form);
    if (words.blank || one("textarea", form).readOnly) return;
    one(".error", form).textContent = words.problem;
    if (words.problem) return;
    this.#takeBack(form);
    remember(draft(message), null);
    this.#tell.send(message, words.text);
  }

  // What waits comes back to be written on; what is being written is given up.
  #cancel(form) {
    const waits = one("textarea", form).readOnly;
    this.#takeBack(form);
    if (waits) {
      this.#keep(form);
      one("textarea", form).focus();
      return;
    }
    const article = form.closest(".message");
    remember(draft(article.dataset.message), null);
    this.#forms.delete(form);
    form.remove();
    this.#tell.closed(article);
  }

  #keep(form) {
    const { message, words } = this.#forms.get(form);
    remember(draft(message), words.text);
  }

  #takeBack(form) {
    if (form.dataset.client) this.#tell.take(form.dataset.client);
    delete form.dataset.client;
    delete form.dataset.state;
    one("textarea", form).readOnly = false;
  }
}

const draft = (message) => `edit:${message}`;

// What waits to be sent, or was refused, as its writer sees it: where it stands, and what they may do with it.
export class Waiting {
  #outbox;
  #thread;
  #composer;
  #editors;
  #tell;

  // `tell` has: focus(), watch(), refresh(), release() when something less is undecided, held() which says whether
  // the page waits with what is newer
  constructor({ outbox, thread, composer, editors }, tell) {
    this.#outbox = outbox;
    this.#thread = thread;
    this.#composer = composer;
    this.#editors = editors;
    this.#tell = tell;
  }

  // How it stands now.
  show(item) {
    if (item.type !== "edit") this.#thread.mark(item);
    else if (this.#thread.isOf(item)) this.#editors.show(item);
  }

  // An earlier page left it behind. What was refused in a new chat then is no part of this one: its words are
  // in the box, where they may be sent, changed or deleted.
  found(item) {
    if (!this.#thread.isOf(item)) return;
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
    this.#tell.watch();
  }

  // What was refused goes out again from its place: after what is above it now, or, as a branch, after
  // what its writer had in view.
  again(client, branch) {
    const above = this.#thread.above(client);
    const { conversation, parent, text } = this.#outbox.of(this.#thread.conversation).find(
      (item) => item.client_id === client,
    );
    const item = this.#outbox.add(conversation, branch && !this.#tell.held() ? parent : above, text, branch);
    this.#outbox.take(client, item.client_id);
    this.#thread.rename(client, item);
    this.#tell.focus();
    this.#outbox.pump();
    this.#tell.release();
  }

  putBack(client) {
    this.#composer.put(this.#withdraw(client));
  }

  // Gone, unless its writer takes that back.
  remove(client) {
    const text = this.#withdraw(client);
    this.#tell.focus();
    toast(word("Removed"), { label: word("Undo"), run: () => this.#composer.put(text), time: UNDO_FOR });
  }

  async inform(client) {
    this.#outbox.informed(client);
    this.#thread.focusOn(client, "resend");
    await this.#tell.refresh();
  }

  // Stop means stop, in every tab: what was to go out after this answer goes back to where it was written.
  holdBack() {
    const items = this.#outbox.holdBack(this.#thread.conversation).filter((item) => !this.#editors.reopen(item));
    if (!items.length) return;
    items.forEach(({ client_id: client }) => this.#thread.drop(client));
    this.#composer.prepend(items.map(({ text }) => text).join("\n\n"), word("HeldBack"));
    this.#tell.release();
  }

  #homeless({ client_id: client, error }) {
    this.putBack(client);
    toast(error);
  }

  // Out of the outbox and the page; gives its words.
  #withdraw(client) {
    this.#thread.drop(client);
    const { text } = this.#outbox.take(client);
    this.#outbox.pump();
    this.#tell.release();
    return text;
  }
}

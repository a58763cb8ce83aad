// One's own message as a small editor, in its place. What was sent from it waits there, visibly, until
// the branch that it began is on the page. What is being written is kept by the id of its message, and comes
// back with that.

import { LimitedText, sends } from "../composer/limited_text.js";
import { all, clone, one, word } from "../core/dom.js";
import { recall, remember } from "../core/storage.js";

export class Editors {
  #thread;
  #outbox;
  #composer;
  #forms = new Map();

  constructor({ events, clicks, thread, outbox, composer }) {
    this.#thread = thread;
    this.#outbox = outbox;
    this.#composer = composer;
    clicks.on("edit", (button, article) => this.#open(article));
    one("#text").addEventListener("keydown", (event) => this.#recall(event));
    clicks.on("cancel-edit", (button) => this.#cancel(button.closest("form")));
    events.on("page:messages", () => this.settle());
    // Of a page that comes in parts the rest may never come, and what came be put away before it does
    events.on("page:brought", (articles) => this.#goOn(articles));
    events.on("page:left", () => this.#leave());
    events.on("page:entered", () => this.settle());
    this.settle();
  }

  #open(article) {
    const form = this.#shown(article) ?? this.#make(article, one(".body", article).textContent);
    const area = one("textarea", form);
    area.focus();
    area.setSelectionRange(area.value.length, area.value.length);
    form.scrollIntoView({ block: "nearest" });
  }

  // Up in an empty message box takes up the last message that was sent.
  #recall(event) {
    const { key, target, shiftKey, ctrlKey, metaKey, altKey } = event;
    if (key !== "ArrowUp" || shiftKey || ctrlKey || metaKey || altKey) return;
    if (target.value || event.isComposing || event.keyCode === 229) return;
    const article = this.#thread.articles.findLast(({ dataset }) => dataset.role === "user" && dataset.message);
    if (!article || !one("[data-action=edit]", article)) return;
    event.preventDefault();
    this.#open(article);
  }

  // Shows how an edit in the outbox stands. Gives false when its message is not on the page.
  show(item) {
    const article = this.#thread.find(item.message);
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
      const article = this.#thread.find(message);
      if (article && one(".body", article)) continue;
      const { client } = form.dataset;
      if (client && !this.#outbox.withdraw(client)) continue;
      remember(draft(message), null);
      if (!words.blank && (client || words.text !== original)) this.#composer.append(words.text, word("EditKept"));
    }
    this.#goOn(all(".message.user[data-message]"));
  }

  // What was being written in the place of these is written on.
  #goOn(articles) {
    for (const article of articles) {
      const text = article.dataset.role === "user" && recall(draft(article.dataset.message));
      if (typeof text === "string" && one(".body", article) && !this.#shown(article)) this.#make(article, text);
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
  #leave() {
    this.#forms.clear();
  }

  #shown(article) {
    return one(".editor", article);
  }

  #make(article, text) {
    const form = clone("t-editor");
    const words = new LimitedText(one("textarea", form), one(".counter", form));
    const original = one(".body", article)?.textContent ?? "";
    this.#forms.set(form, { message: article.dataset.message, original, words });
    form.addEventListener("submit", (event) => this.#submit(event));
    form.addEventListener("keydown", (event) => this.#key(event));
    form.addEventListener("input", () => this.#changed(form));
    // Before what it hides: a rule for what comes after it styles this message alone, one by `:has` all of them
    article.prepend(form);
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
    if (event.key === "Escape" && !event.isComposing && event.keyCode !== 229) {
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
    this.show(this.#outbox.edit(this.#thread.conversation, message, this.#thread.tip, words.text));
    this.#outbox.pump();
    this.#thread.changed();
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
    one("[data-action=edit]", article).focus();
  }

  #keep(form) {
    const { message, words } = this.#forms.get(form);
    remember(draft(message), words.text);
  }

  #takeBack(form) {
    if (form.dataset.client) this.#outbox.take(form.dataset.client);
    delete form.dataset.client;
    delete form.dataset.state;
    one("textarea", form).readOnly = false;
  }
}

const draft = (message) => `edit:${message}`;

// The conversation in view: its address and title, its articles, and whether one is being written.

import { address, all, clone, one, parse, word } from "./dom.js";
import { enhance } from "./live.js";

const page = document.body.dataset;
const ENDED = ["complete", "stopped", "interrupted", "failed"];

export class Thread {
  conversation = page.conversation || null;
  #column;
  #scroll;

  constructor(column, scroll) {
    this.#column = column;
    this.#scroll = scroll;
    enhance(column);
  }

  get path() {
    return this.conversation ? address("conversation", this.conversation) : page.newUrl;
  }

  get articles() {
    return all(".message", this.#column);
  }

  get running() {
    return one('.message[data-status="running"]', this.#column);
  }

  // What the server needs to know to bring this view up to date.
  get watch() {
    const tip = this.articles.findLast((article) => article.dataset.message)?.dataset.message ?? null;
    const running = tip !== null && this.running?.dataset.message === tip;
    return { type: "watch", conversation: this.conversation, tip, running };
  }

  // What the next message follows: the last one, or the one that waits before it.
  get last() {
    const article = this.articles.at(-1);
    return article?.dataset.message || article?.dataset.client || null;
  }

  find(id) {
    return id ? one(`.message[data-message="${CSS.escape(id)}"]`, this.#column) : null;
  }

  waiting(client) {
    return one(`.message[data-client="${CSS.escape(client)}"]`, this.#column);
  }

  addMine({ client_id: client, text, state, error }) {
    const article = clone("t-user");
    article.dataset.client = client;
    one(".body", article).textContent = text;
    this.#append(article);
    this.mark(client, state, error);
    this.#scroll.toEnd();
  }

  // How a message stands that is not saved yet: sending, waiting, queued, refused.
  mark(client, state, error = "") {
    const article = this.waiting(client);
    if (!article) return;
    if (state) article.dataset.state = state;
    else delete article.dataset.state;
    one(".error", article).textContent = error;
  }

  drop(client) {
    this.waiting(client)?.remove();
  }

  confirm(client, id) {
    const article = this.waiting(client);
    if (!article) return;
    this.mark(client, "");
    delete article.dataset.client;
    if (id) article.dataset.message = id;
  }

  // Another tab's message, or the same one saved before this page was made.
  addTheirs(id, html) {
    if (this.find(id) || !html) return;
    this.#append(parse(html).firstElementChild);
  }

  addReply(id, replaces) {
    if (this.find(id)) return;
    const article = clone("t-assistant");
    article.dataset.message = id;
    one("[data-action=report]", article).setAttribute("href", address("report", id));
    const old = this.find(replaces);
    if (!old) {
      this.#append(article, this.#firstWaiting());
      return;
    }
    this.#scroll.around(() => old.replaceWith(article));
  }

  replace(id, html) {
    const old = this.find(id);
    const fresh = parse(html).firstElementChild;
    if (!old || !fresh) return;
    enhance(fresh);
    const open = one(".thinking", old)?.open;
    if (open && one(".thinking", fresh)) one(".thinking", fresh).open = true;
    this.#scroll.around(() => old.replaceWith(fresh));
  }

  end(id, status, text) {
    const article = this.find(id);
    if (!article || !ENDED.includes(status)) return;
    this.#scroll.around(() => {
      article.dataset.status = status;
      if (text) one(".error", article).textContent = text;
    });
  }

  // Everything saved anew, from a page fetched meanwhile; what waits stays below it.
  refresh(page) {
    const fresh = all("#messages > :is(.message, .older)", page).map((node) => document.importNode(node, true));
    fresh.forEach(enhance);
    this.#scroll.around(() => {
      const waits = all(".message[data-client]", this.#column);
      this.#column.replaceChildren(...fresh, ...waits);
    });
    this.#scroll.watchOlder();
  }

  // The first message is saved: the chat has an address now.
  settle(conversation) {
    this.conversation = conversation;
    history.replaceState(null, "", this.path);
    comeBackHere();
  }

  entitle(title) {
    document.title = `${title} · ${page.site}`;
    one("#title").textContent = title;
  }

  // Back to an empty chat without a new page, so that Undo stays in reach.
  leave() {
    this.conversation = null;
    this.#column.replaceChildren(clone("t-welcome"));
    this.#scroll.toEnd();
    history.pushState(null, "", this.path);
    comeBackHere();
    this.entitle(word("New"));
    document.title = page.site;
  }

  #firstWaiting() {
    return one(".message[data-client]", this.#column);
  }

  #append(article, before = null) {
    one(".welcome", this.#column)?.remove();
    this.#scroll.around(() => this.#column.insertBefore(article, before));
  }
}

// Another language is chosen on the page in view, whatever address it was made for
function comeBackHere() {
  all(".languages input[name=next]").forEach((field) => (field.value = location.pathname));
}

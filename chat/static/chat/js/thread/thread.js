// The conversation in view: its address and title, its articles, and whether one is being written.

import { isOut } from "../composer/outbox.js";
import { address, all, clone, one, parse, word } from "../core/dom.js";
import { arrange, morph } from "../core/morph.js";
import { enhance } from "./blocks.js";
import { messagesIn } from "./distant_messages.js";
import { isLong, unfold } from "./folding.js";
import { stamp } from "./times.js";

const page = document.body.dataset;

export class Thread {
  // Which of those that were in view it is: what was begun for another has no place here. A new chat keeps its number.
  view = 0;
  #column;
  #scroll;
  #events;
  // The address below a dialog that was open when the chat got its own
  #below = null;

  // Tells of "page:changed" with the reply that is being written, or null; of "page:reply" when one is added; of
  // "page:settled" when a new chat has its conversation; of "page:left" when another one, or a new chat, has taken the
  // place of what was in view, and after that, of "page:entered"; of "page:equipped" when its models are there, of
  // "page:emptied" when a new chat has those of the one before, and of "page:back" when the browser goes to another.
  constructor({ column, scroll, events }) {
    this.#column = column;
    this.#scroll = scroll;
    this.#events = events;
    enhance(column);
    events.on("page:messages", () => this.changed());
    events.on("listed", ({ conversation, title }) => conversation === this.conversation && this.entitle(title));
    // A link to a place on this page, such as the message box, is told as popstate too
    addEventListener("popstate", () => this.#popped());
  }

  // Null for a new chat. On the page of a project undefined: what waits to be sent in a new chat is not of there.
  get conversation() {
    return page.conversation || (page.project ? undefined : null);
  }

  // The one whose page this is.
  get project() {
    return page.project || null;
  }

  get path() {
    const { conversation, project } = this;
    return conversation ? address("conversation", conversation) : project ? address("project", project) : page.newUrl;
  }

  get articles() {
    return messagesIn(this.#column);
  }

  get running() {
    return this.articles.find((article) => article.dataset.status === "running") ?? null;
  }

  // Whether this is, or begins, a chat that is in no list.
  get isTemporary() {
    return Boolean(page.temporary);
  }

  // Whether this, of the outbox, belongs to the conversation in view.
  isOf({ conversation, temporary = false }) {
    return conversation === this.conversation && (Boolean(conversation) || temporary === this.isTemporary);
  }

  // The last message that is saved.
  get tip() {
    return this.articles.findLast((article) => article.dataset.message)?.dataset.message ?? null;
  }

  // What the server needs to know to bring this view up to date.
  get watch() {
    const { tip } = this;
    const running = tip !== null && this.running?.dataset.message === tip;
    return { type: "watch", conversation: this.conversation, tip, running };
  }

  // What the next message follows: the last one, or the one that waits before it.
  get last() {
    return idOf(this.articles.findLast(isIn));
  }

  find(id) {
    return id ? this.#scroll.find(id) : null;
  }

  waiting(client) {
    return this.articles.find((article) => article.dataset.client === client) ?? null;
  }

  addMine({ client_id: client, text, state, error, code }) {
    const article = clone("t-user");
    article.dataset.client = client;
    one(".body", article).textContent = text;
    if (isLong(text, this.#column.dataset)) article.dataset.long = "folded";
    stamp(article);
    const isNext = !this.running && !this.articles.some(({ dataset }) => dataset.client && !isOut(dataset));
    this.#append(article);
    this.#show(article, state, error, code);
    if (isNext) this.#scroll.raise(article);
    else this.#scroll.queue();
  }

  // How something stands that waits to be sent: sending, waiting, queued, refused; "" is not at all.
  // It is a message that is not saved yet, or an answer that another one is asked for in place of.
  mark({ client_id: client, reply, state, error, code }) {
    const article = this.waiting(client) ?? this.find(reply);
    if (article) this.#show(article, state, error, code);
  }

  #show(article, state, error = "", code = "") {
    article.dataset.state = state;
    article.dataset.code = code;
    if (!state) delete article.dataset.state;
    if (!code) delete article.dataset.code;
    if (article.dataset.client) one(".error", article).textContent = error;
  }

  // The message that a reply answers, if it is on the page.
  questionOf(reply) {
    return this.find(reply)?.previousElementSibling?.closest(".message.user") ?? null;
  }

  // The message above, put away or not, which a version and the next have in common.
  before(id) {
    const article = this.find(id);
    return (article && this.#scroll.before(article))?.dataset.message ?? null;
  }

  // What the message that waits stands below.
  above(client) {
    const { articles } = this;
    return idOf(articles.slice(0, articles.indexOf(this.waiting(client))).findLast(isIn));
  }

  // It goes out as another item, from its place.
  rename(client, { client_id: fresh, state, error, code }) {
    const article = this.waiting(client);
    article.dataset.client = fresh;
    this.#show(article, state, error, code);
  }

  focusOn(client, action) {
    one(`[data-action=${action}]`, this.waiting(client)).focus();
  }

  drop(client) {
    this.#scroll.around(() => this.waiting(client)?.remove());
  }

  // It is saved: what was refused before it stands below it from now on.
  confirm(client, id) {
    const article = this.waiting(client);
    if (!article) return;
    this.#show(article, "");
    const first = this.#firstWaiting();
    delete article.dataset.client;
    if (id) name(article, id);
    if (first !== article) this.#scroll.around(() => first.before(article));
  }

  // Saved on a branch that is not on the page yet: its article waits for that.
  promise(client, id) {
    const article = this.waiting(client);
    if (article) article.dataset.saved = id;
  }

  // Another tab's message, or the same one saved before this page was made.
  addTheirs(id, html) {
    if (this.find(id) || !html) return;
    const isAtEnd = this.#scroll.isAtEnd;
    const article = parse(html).firstElementChild;
    this.#append(article, this.#firstWaiting());
    if (isAtEnd) this.#scroll.raise(article);
  }

  addReply(id, persona = "") {
    if (this.find(id)) return;
    const article = clone("t-assistant");
    name(article, id);
    article.dataset.persona = persona;
    one("[data-action=more]", article).href = address("more", id);
    stamp(article);
    const isAtEnd = this.#scroll.isAtEnd;
    this.#append(article, this.#firstWaiting());
    if (isAtEnd) this.#scroll.raise(this.questionOf(id));
    this.#events.tell("page:reply");
    this.#scroll.mind();
  }

  replace(id, html) {
    const old = this.find(id);
    const fresh = parse(html).firstElementChild;
    if (!old || !fresh) return;
    if (fresh.dataset.status === "running" && this.isOver(id, Number(fresh.dataset.seq) + 1)) return;
    enhance(fresh);
    const open = one(".thinking", old)?.open;
    if (open && one(".thinking", fresh)) one(".thinking", fresh).open = true;
    this.#scroll.around(() => old.replaceWith(fresh));
  }

  // Whether what is told of an answer up to `seq` comes late: its page shows an end of at least that much.
  isOver(id, seq) {
    const { status, seq: last } = this.find(id)?.dataset ?? {};
    return isFinal(status) && seq <= Number(last);
  }

  // A hidden message's article has no place for any of it.
  end(id, status, { seq, began = "", finish = "", lang, model, instead, text, request, note }) {
    const article = this.find(id);
    if (!article) return;
    this.#scroll.around(() => {
      Object.assign(article.dataset, { status, seq, began, finish });
      const body = one(".body", article);
      if (body && lang) body.lang = lang;
      fill(".error", article, text);
      fill(".request", article, request);
      fill(".note.dropped", article, note);
      if (model) fill(".model", article, model);
      fill(".instead", article, instead);
    });
  }

  // An answer that has ended is written on.
  begin(id) {
    const article = this.find(id);
    if (!article) return;
    if (article.dataset.status !== "running") this.#scroll.lean();
    article.dataset.status = "running";
    article.dataset.finish = "";
    [".error", ".request", ".note.dropped"].forEach((line) => fill(line, article, ""));
  }

  // Everything saved anew, from a page fetched meanwhile; what waits stays below it. What is on both keeps
  // its nodes, and with them the focus, a selection, an editor. `swap` names the version of a message that
  // goes and the one that comes: the latter's arrows appear where the former's were.
  refresh(page, swap) {
    const fresh = all("#messages > .message", page);
    const { steps, pinned } = one("#messages", page).dataset;
    Object.assign(this.#column.dataset, { steps, pinned });
    const ids = fresh.map((article) => article.dataset.message);
    const first = this.find(ids[0]);
    const shown = [...this.#column.children];
    const top = first ? shown.slice(0, shown.indexOf(first)) : all("#messages > .older", page).map(imported);
    const change = () => {
      const saved = fresh.map((article) => this.#brought(article));
      const waiting = all(".message[data-client]", this.#column);
      const waits = waiting.filter((article) => !ids.includes(article.dataset.saved));
      arrange(this.#column, [...top, ...saved, ...waits]);
    };
    const arrows = (id) => () => this.find(id)?.querySelector(".siblings");
    if (swap) this.#scroll.pinned(arrows(swap.from), arrows(swap.to), change);
    else this.#scroll.around(change);
    this.#scroll.mind();
  }

  #brought(fresh) {
    const old = this.find(fresh.dataset.message);
    if (!old) {
      const article = imported(fresh);
      enhance(article);
      return article;
    }
    // A page is older than the words that came since it was made
    if (old.dataset.status === "running" && fresh.dataset.status === "running") return old;
    if (one(".thinking[open]", old)) one(".thinking", fresh)?.setAttribute("open", "");
    if (old.dataset.long === "open" && fresh.dataset.long) unfold(fresh);
    morph(old, imported(fresh));
    enhance(old);
    return old;
  }

  // The first message is saved: the chat has an address now.
  settle(conversation) {
    const isBeside = Boolean(this.project) && !history.state?.over;
    Object.assign(page, { conversation, project: "" });
    one("#persona").search = `?for=${conversation}`;
    if (history.state?.over) this.#below = location.pathname;
    // Back leads to the page of the project
    if (isBeside) history.pushState(null, "", this.path);
    else history.replaceState(history.state, "", this.path);
    comeBackHere();
    this.#events.tell("page:settled", conversation);
  }

  #popped() {
    const isSame = this.#below === location.pathname;
    this.#below = null;
    if (isSame) history.replaceState(null, "", this.path);
    else if (location.pathname !== this.path) this.#events.tell("page:back");
  }

  entitle(title) {
    document.title = `${title} · ${page.site}`;
    one("#title").textContent = title;
  }

  // Back to an empty chat without a new page, so that Undo stays in reach.
  leave() {
    history.pushState(null, "", page.newUrl);
    this.empty();
  }

  // An empty chat, at an address that is there already.
  empty() {
    this.#column.dataset.pinned = 0;
    this.#endTemporary();
    const [welcome, persona, crumb] = ["t-welcome", "t-persona", "t-project"].map(clone);
    this.#enter({ messages: [welcome], persona, crumb, title: word("New") });
    this.#events.tell("page:emptied");
  }

  // A new chat stays, unless it is asked for again.
  #endTemporary() {
    page.temporary = "";
    one("#temporary").hidden = true;
    const button = one(".temporary-switch");
    button?.setAttribute("aria-pressed", "false");
    if (button) button.search = "?temporary=1";
  }

  // What belongs to another conversation, or to a new chat, takes the place of this one, in view at `place`.
  show(part, place = null) {
    this.equip(part);
    page.temporary = part.dataset.temporary;
    one("#temporary").replaceWith(one("#temporary", part));
    const messages = [...one("#messages", part).children];
    const [persona, crumb, title] = ["#persona", "#project", "#title"].map((name) => one(name, part));
    this.#enter({ ...part.dataset, messages, persona, crumb, title: title.textContent, place });
  }

  // What surrounds the messages: how many the model sees, and by which model they are answered.
  equip(part) {
    const { exchanges, steps, pinned } = one("#messages", part).dataset;
    Object.assign(this.#column.dataset, { exchanges, steps, pinned });
    one("#t-memory").content.replaceChildren(...one("#t-memory", part).content.childNodes);
    one("#model")?.closest(".answering").replaceWith(one(".answering", part));
    this.#events.tell("page:equipped", part);
  }

  #enter({ conversation = "", project = "", messages, persona, crumb, title, place = null }) {
    this.view += 1;
    this.#below = null;
    Object.assign(page, { conversation, project });
    this.#column.replaceChildren(...messages);
    enhance(this.#column);
    one("#persona").replaceWith(persona);
    one("#project").replaceWith(crumb);
    all("#main > .flash").forEach((line) => line.remove());
    one("#settings").href = conversation ? address("settings", conversation) : "";
    comeBackHere();
    this.entitle(title);
    if (!conversation && !project && !page.temporary) document.title = page.site;
    this.#scroll.begin(this.running && this.questionOf(this.running.dataset.message), place);
    this.#events.tell("page:left");
    this.#events.tell("page:entered");
    this.changed();
  }

  // Something happened: all that shows how things stand looks at it anew.
  changed() {
    const { running } = this;
    this.#column.classList.toggle("busy", Boolean(running));
    this.#events.tell("page:changed", running);
  }

  #firstWaiting() {
    return this.articles.find((article) => article.dataset.client) ?? null;
  }

  #append(article, before = null) {
    one(".welcome", this.#column)?.remove();
    this.#scroll.around(() => (before ? before.before(article) : this.#column.append(article)));
  }
}

const idOf = (article) => article?.dataset.client || article?.dataset.message || null;
const isIn = ({ dataset }) => !isOut(dataset);
const isFinal = (status) => Boolean(status) && status !== "running";
const imported = (node) => document.importNode(node, true);

function name(article, id) {
  article.dataset.message = id;
  article.id = `m-${id}`;
}

function fill(selector, article, text = "") {
  const place = one(selector, article);
  if (place) place.textContent = text;
}

// Another language is chosen on the page in view, whatever address it was made for
function comeBackHere() {
  all(".languages input[name=next]").forEach((field) => (field.value = location.pathname));
}

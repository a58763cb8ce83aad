// The list of conversations: kept up to date, renamed in place, deleted with a way back.

import { address, all, clone, one, parse, word } from "../core/dom.js";
import { fetchText, post } from "../core/requests.js";
import { forgetAll, recall, remember } from "../core/storage.js";
import { UNDO_FOR, toast } from "../core/toast.js";

// Pages of the list that are fetched to find the place again
const MOST_PAGES = 20;
// Milliseconds within which the server's news of what was brought back here comes
const ECHO = 3000;

export function register({ events, shortcuts, thread }) {
  const sidebar = new Sidebar(thread, (path) => events.tell("page:wanted", path));
  // Tells of "page:deleted", which is no news where it was done here
  events.on("unlisted", ({ conversation }) => {
    events.tell("page:deleted", { conversation, isNews: sidebar.unlisted(conversation) });
  });
  events.on("arranged", ({ states }) => {
    for (const [conversation, state] of Object.entries(states)) {
      if (state === "archived") sidebar.unlisted(conversation);
      if (state !== "deleted") continue;
      events.tell("page:deleted", { conversation, isNews: sidebar.unlisted(conversation) });
    }
  });
  events.on("listed", (event) => sidebar.listed(event));
  events.on("page:outside", () => sidebar.renew());
  events.on("page:settled", (conversation) => sidebar.settled(conversation));
  events.on("page:left", () => sidebar.mark());
  events.on("page:listed", () => sidebar.mark());
  shortcuts.on("new-chat", () => one(".new-chat").click());
  const temporary = one(".temporary-switch");
  if (temporary) shortcuts.on("temporary-chat", () => location.assign(temporary.href));
  one(".log-out").addEventListener("submit", forgetAll);
}

class Sidebar {
  #root = one("#sidebar");
  #list = one("#conversations", this.#root);
  #thread;
  #open;
  #observer;
  #deleting = new Set();
  #restoring = new Set();

  // `open(path)` opens the conversation at that address.
  constructor(thread, open) {
    this.#thread = thread;
    this.#open = open;
    this.#list.addEventListener("submit", (event) => this.#act(event));
    this.#list.addEventListener("click", (event) => this.#askForMore(event));
    this.#list.addEventListener("pointerover", ({ target }) => showWhole(target.closest(".item-link")));
    this.#observer = new IntersectionObserver((seen) => this.#seen(seen));
    this.#keepPlace().then(() => this.#watchMore());
  }

  // Opening a conversation makes a new page: the list stays where it was, however far down, and what is open
  // stays in view. Until then what the browser makes of a list that is too short is not remembered.
  async #keepPlace() {
    const place = Number(recall("list"));
    const left = new AbortController();
    for (const kind of ["wheel", "touchmove", "keydown", "pointerdown"]) {
      this.#list.addEventListener(kind, () => left.abort(), { passive: true, signal: left.signal });
    }
    this.#list.scrollTop = place;
    for (let pages = 0; pages < MOST_PAGES && this.#endsBefore(place) && !left.signal.aborted; pages += 1) {
      await this.#more().catch(() => left.abort());
      if (!left.signal.aborted) this.#list.scrollTop = place;
    }
    if (!left.signal.aborted) this.#item(this.#thread.conversation)?.scrollIntoView({ block: "nearest" });
    left.abort();
    this.#list.addEventListener("scroll", () => remember("list", String(this.#list.scrollTop)), { passive: true });
  }

  #endsBefore(place) {
    return one(".more", this.#list) && this.#list.scrollTop < place - 1;
  }

  listed({ conversation: id, title, moved, pinned = false, project = null }) {
    const known = this.#item(id);
    const hasMoved = known && !pinned && (known.closest(".project")?.dataset.project ?? null) !== project;
    // What is brought back here comes to where it was
    const goesUp = moved && !this.#restoring.has(id);
    if (!known && !goesUp) return;
    const item = known ?? newItem(id);
    setTitle(item, title);
    if (goesUp || hasMoved) this.#moveUp(item, project);
    // Where it belongs by its date is known to the server
    if (hasMoved && !goesUp && !project) this.renew();
    if (id === this.#thread.conversation) this.#mark(id);
  }

  // Whether this is news: not the echo of a deletion made here.
  unlisted(id) {
    this.#item(id)?.remove();
    return !this.#deleting.has(id);
  }

  // A new chat has its conversation, which may be in the list already.
  settled(id) {
    const title = this.#mark(id);
    if (title) this.#thread.entitle(title);
  }

  // Another conversation is open.
  mark() {
    this.#mark(this.#thread.conversation);
  }

  // Gives the title of what is open now.
  #mark(id) {
    all(".item-link[aria-current]", this.#list).forEach((link) => link.removeAttribute("aria-current"));
    const link = this.#item(id)?.querySelector(".item-link");
    link?.setAttribute("aria-current", "page");
    return link?.textContent ?? "";
  }

  #item(id) {
    return id ? one(`.item[data-conversation="${CSS.escape(id)}"]`, this.#list) : null;
  }

  // To the top of the list that it belongs to. That of a project is there while it is unfolded.
  #moveUp(item, project) {
    const place = project ? one(`.project[data-project="${project}"] ul`, this.#list) : one("ul", this.#group());
    if (!place) item.remove();
    if (!place || place.firstElementChild === item) return;
    const focused = item.contains(document.activeElement) ? document.activeElement : null;
    place.prepend(item);
    focused?.focus();
  }

  #group() {
    const label = word("Today");
    const first = one(".group", this.#list);
    if (first?.dataset.group === label) return first;
    const group = clone("t-group");
    group.dataset.group = label;
    one("h2", group).textContent = label;
    if (first) first.before(group);
    else this.#list.append(group);
    return group;
  }

  #act(event) {
    const item = event.target.closest(".item");
    const byKeyboard = event.submitter?.matches(":focus-visible");
    event.preventDefault();
    one("details", item).open = false;
    if (event.target.matches(".rename-inline")) document.activeElement.blur();
    else if (event.submitter.matches(".delete")) this.#delete(item, byKeyboard);
    else this.#rename(item);
  }

  // In the link's place; Enter or leaving the field saves, Escape does not.
  #rename(item) {
    const link = one(".item-link", item);
    const form = clone("t-rename");
    const input = one("input", form);
    const end = (save) => {
      if (link.hidden === false) return;
      const title = input.value.trim();
      link.hidden = false;
      form.remove();
      if (save && title && title !== link.textContent) this.#save(item, title);
    };
    input.value = link.textContent;
    input.addEventListener("blur", () => end(true));
    input.addEventListener("keydown", (key) => {
      if (!["Escape", "Enter"].includes(key.key) || key.isComposing || key.keyCode === 229) return;
      key.preventDefault();
      end(key.key === "Enter");
      link.focus();
    });
    link.hidden = true;
    link.before(form);
    input.select();
  }

  async #save(item, title) {
    const before = one(".item-link", item).textContent;
    setTitle(item, title);
    try {
      await post(address("rename", item.dataset.conversation), { title });
    } catch (problem) {
      setTitle(item, before);
      toast(problem.message);
    }
  }

  // Who deletes by keyboard has Undo under their fingers.
  async #delete(item, byKeyboard) {
    const id = item.dataset.conversation;
    const place = { parent: item.parentNode, next: item.nextElementSibling };
    const neighbour = (item.nextElementSibling ?? item.previousElementSibling)?.querySelector(".item-link");
    const open = id === this.#thread.conversation;
    this.#deleting.add(id);
    try {
      await post(address("delete", id));
    } catch (problem) {
      this.#deleting.delete(id);
      toast(problem.message);
      return;
    }
    item.remove();
    (neighbour?.isConnected ? neighbour : one(".new-chat", this.#root)).focus();
    if (open) this.#thread.leave();
    const undo = () => this.#restore(item, place, open);
    const button = toast(word("Deleted"), { label: word("Undo"), run: undo, time: UNDO_FOR });
    if (byKeyboard) button.focus();
  }

  async #restore(item, place, open) {
    const id = item.dataset.conversation;
    this.#restoring.add(id);
    try {
      await post(address("restore", id));
    } catch (problem) {
      toast(problem.message);
      return;
    } finally {
      setTimeout(() => this.#restoring.delete(id), ECHO);
    }
    this.#deleting.delete(id);
    if (open) this.#open(address("conversation", id));
    const next = place.next?.parentNode === place.parent ? place.next : null;
    place.parent.insertBefore(item, next);
    one(".item-link", this.#item(id)).focus();
  }

  // What is in no project, from the server.
  async renew() {
    const fragment = parse(await fetchText(address("conversationList", "")).catch(() => ""));
    if (!fragment.firstElementChild) return;
    all(".group, .more", this.#list).forEach((part) => part.remove());
    this.#list.append(fragment);
    this.#mark(this.#thread.conversation);
    this.#watchMore();
  }

  #watchMore() {
    const link = one(".more", this.#list);
    if (link) this.#observer.observe(link);
  }

  // A fault is told to who asks; the link stays
  #seen(seen) {
    if (seen.some((entry) => entry.isIntersecting)) this.#more().catch(() => {});
  }

  #askForMore(event) {
    if (!event.target.closest(".more") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.#more().catch((problem) => toast(problem.message));
  }

  async #more() {
    const link = one(".more", this.#list);
    if (!link || link.dataset.loading) return;
    link.dataset.loading = "true";
    this.#observer.disconnect();
    try {
      const fragment = parse(await fetchText(link.href));
      const next = one(".item-link", fragment);
      const focused = document.activeElement === link;
      this.#join(fragment);
      link.replaceWith(fragment);
      if (focused) next?.focus();
      this.#mark(this.#thread.conversation);
      this.#watchMore();
    } finally {
      delete link.dataset.loading;
    }
  }

  // A group may go on over the edge of a page, and an item may have moved up meanwhile
  #join(fragment) {
    all(".item", fragment).forEach((item) => this.#item(item.dataset.conversation) && item.remove());
    const last = all(".group", this.#list).at(-1);
    const first = one(".group", fragment);
    if (!last || last.dataset.group !== first?.dataset.group) return;
    one("ul", last).append(...one("ul", first).children);
    first.remove();
  }
}

function newItem(id) {
  const item = clone("t-item");
  item.dataset.conversation = id;
  one(".item-link", item).href = address("conversation", id);
  one("form", item).action = address("rename", id);
  one(".delete", item).formAction = address("delete", id);
  one("[data-action=move]", item).href = address("conversationProject", id);
  return item;
}

// A title that does not fit is shown to who rests on it.
function showWhole(link) {
  if (link) link.title = link.scrollWidth > link.clientWidth ? link.textContent : "";
}

function setTitle(item, title) {
  one(".item-link", item).textContent = title;
  one(".menu-panel input[name=title]", item).value = title;
  one("summary", item).setAttribute("aria-label", word("Options").replace("{title}", title));
}

// The list of conversations: kept up to date, renamed in place, arranged by its menus.

import { address, all, clone, one, opensElsewhere, parse, takeLostFocus, word } from "../core/dom.js";
import { later } from "../core/later.js";
import { fetchText, post } from "../core/requests.js";
import { forgetAll, recall, remember } from "../core/storage.js";
import { toast } from "../core/toast.js";
import { watchDays } from "./days.js";
import { Deeds } from "./deeds.js";
import { Sections } from "./sections.js";

// Pages of the list that are fetched to find the place again, or to see more where a section is folded
const MOST_PAGES = 20;

export function register(page) {
  const { events, clicks, shortcuts, thread } = page;
  const list = one("#conversations");
  const sections = new Sections(list);
  const deeds = new Deeds(sections, page, (path) => events.tell("page:wanted", path), () => sidebar.mark());
  const sidebar = new Sidebar(list, sections, deeds, thread);
  events.on("arranged", ({ places }) => deeds.told(places));
  events.on("listed", (news) => sidebar.listed(news));
  events.on("page:settled", (conversation) => sidebar.settled(conversation));
  events.on("page:left", () => sidebar.mark());
  events.on("page:listed", () => sidebar.mark());
  events.on("page:outside", (conversation, listed) => listed.push(deeds.renew([conversation])));
  events.on("page:arranged", (places) => sidebar.arranged(places));
  events.on("page:equipped", (part) => (document.body.dataset.place = part.dataset.place));
  events.on("page:emptied", () => (document.body.dataset.place = ""));
  // The oldest first: where it ends, the list of what is on the page ends
  watchDays(page, () => deeds.place(sections.dated.reverse()));
  shortcuts.on("new-chat", () => one(".new-chat").click());
  const temporary = one(".temporary-switch");
  if (temporary) {
    shortcuts.on("temporary-chat", () => location.assign(temporary.href));
    events.on("page:changed", () => (temporary.hidden = !one("#messages > .welcome")));
  }
  one(".log-out").addEventListener("submit", forgetAll);
  const choose = later(document.body.dataset.chooseScript, page, list, deeds);
  clicks.on("choose", (button) => choose().then((mode) => mode.begin(button.closest(".item"))).catch(say));
}

class Sidebar {
  #list;
  #sections;
  #deeds;
  #thread;
  #observer;

  constructor(list, sections, deeds, thread) {
    this.#list = list;
    this.#sections = sections;
    this.#deeds = deeds;
    this.#thread = thread;
    this.#list.addEventListener("submit", (event) => this.#act(event, event.target.closest(".item")));
    for (const place of all("#conversation-menu, #archived")) {
      place.addEventListener("submit", (event) => this.#act(event, null));
    }
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
    if (!left.signal.aborted) this.#sections.items(this.#thread.conversation)[0]?.scrollIntoView({ block: "nearest" });
    left.abort();
    this.#list.addEventListener("scroll", () => remember("list", String(this.#list.scrollTop)), { passive: true });
  }

  #endsBefore(place) {
    return one(".more", this.#list) && this.#list.scrollTop < place - 1;
  }

  // What comes out of the archive, or out of a project, has a place that the server knows.
  listed({ conversation: id, title, moved, pinned = false, project = null }) {
    const known = this.#sections.items(id);
    known.forEach((item) => setTitle(item, title));
    if (moved) this.arranged({ [id]: pinned ? "pinned" : "" });
    const [item] = known.filter((each) => !this.#sections.isPinned(each));
    const isElsewhere = item && this.#sections.projectOf(item) !== project;
    if (pinned && moved && !known.length) this.#deeds.renew([id]);
    else if (!pinned && isElsewhere && !moved && !project) this.#deeds.renew([id]);
    else if (!pinned && (moved || isElsewhere)) this.#moveUp(item ?? newItem(id), title, project);
    if (id === this.#thread.conversation) this.#mark(id);
  }

  #moveUp(item, title, project) {
    setTitle(item, title);
    this.#sections.moveUp(item, project);
  }

  // What can be done with the conversation in view.
  arranged(places) {
    const { conversation } = this.#thread;
    if (conversation in places) document.body.dataset.place = places[conversation];
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

  // Gives the title of what is open now, which the menu above it is of, too.
  #mark(id) {
    if (id) leadOn(one("#conversation-menu"), id);
    all(".item-link[aria-current]", this.#list).forEach((link) => link.removeAttribute("aria-current"));
    const links = this.#sections.items(id).map((item) => one(".item-link", item));
    links.forEach((link) => link.setAttribute("aria-current", "page"));
    return links[0]?.textContent ?? "";
  }

  // What was pressed in the menu of a row, or of the conversation in view, which need not be in the list.
  #act(event, item) {
    const { target, submitter } = event;
    const id = item?.dataset.conversation ?? this.#thread.conversation;
    const menu = target.closest("details");
    event.preventDefault();
    if (menu) menu.open = false;
    if (target.matches(".rename-inline")) document.activeElement.blur();
    else if (submitter.name === "do") this.#do(submitter, id, item);
    else if (item) this.#rename(id, one(".item-link", item));
    else this.#rename(id, one("#title"), one("summary", menu));
  }

  // Who does it by keyboard has Undo under their fingers. The menu that closes loses the focus: the row has it, wherever
  // that is now, or else its neighbour.
  async #do(button, id, item) {
    const byKeyboard = button.matches(":focus-visible");
    const neighbour = (item?.nextElementSibling ?? item?.previousElementSibling)?.querySelector(".item-link");
    const undo = await this.#deeds.do(button, [id]).catch(() => null);
    const [moved] = item ? this.#sections.items(id) : [];
    if (byKeyboard && undo) takeLostFocus(undo);
    else if (moved) takeLostFocus(one(".item-link", moved), { preventScroll: !byKeyboard });
    else if (undo) takeLostFocus(neighbour?.isConnected ? neighbour : one(".new-chat"));
  }

  // In the place of the title; Enter or leaving the field saves, Escape does not.
  #rename(id, place, back = place) {
    const form = clone("t-rename");
    const input = one("input", form);
    const end = (save) => {
      if (place.hidden === false) return;
      const title = input.value.trim();
      place.hidden = false;
      form.remove();
      if (save && title && title !== place.textContent) this.#save(id, place, title);
    };
    input.value = place.textContent;
    input.addEventListener("blur", () => end(true));
    input.addEventListener("keydown", (key) => {
      if (!["Escape", "Enter"].includes(key.key) || key.isComposing || key.keyCode === 229) return;
      key.preventDefault();
      end(key.key === "Enter");
      back.focus();
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    place.hidden = true;
    place.before(form);
    input.select();
  }

  async #save(id, place, title) {
    const before = place.textContent;
    this.#entitle(id, title);
    try {
      await post(address("rename", id), { title });
    } catch (problem) {
      this.#entitle(id, before);
      toast(problem.message);
    }
  }

  #entitle(id, title) {
    this.#sections.items(id).forEach((item) => setTitle(item, title));
    if (id === this.#thread.conversation) this.#thread.entitle(title);
  }

  #watchMore() {
    const link = one(".more", this.#list);
    if (link) this.#observer.observe(link);
  }

  // A fault is told to who asks; the link stays. What comes to a folded section nobody has asked for
  #seen(seen) {
    if (!this.#sections.endsFolded && seen.some((entry) => entry.isIntersecting)) this.#more().catch(() => {});
  }

  async #askForMore(event) {
    if (!event.target.closest(".more") || opensElsewhere(event)) return;
    event.preventDefault();
    try {
      await this.#more();
      for (let pages = 1; pages < MOST_PAGES && this.#sections.endsFolded && one(".more", this.#list); pages += 1) {
        await this.#more();
      }
    } catch (problem) {
      say(problem);
    }
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
      this.#sections.join(fragment);
      link.replaceWith(fragment);
      if (focused) next?.focus();
      this.#mark(this.#thread.conversation);
      this.#watchMore();
    } finally {
      delete link.dataset.loading;
    }
  }
}

const say = (problem) => toast(problem.message);

function newItem(id) {
  const item = clone("t-item");
  item.dataset.conversation = id;
  one(".item-link", item).href = address("conversation", id);
  one("form", item).action = address("rename", id);
  one("input[name=conversation]", item).value = id;
  leadOn(item, id);
  return item;
}

// Where the links of a menu lead.
function leadOn(menu, id) {
  one("[data-action=move]", menu).href = address("conversationProject", id);
  one("[data-action=export]", menu).search = new URLSearchParams({ conversation: id });
  one("[data-action=settings]", menu)?.setAttribute("href", address("settings", id));
  one("[data-action=share]", menu)?.setAttribute("href", address("share", id));
}

// A title that does not fit is shown to who rests on it.
function showWhole(link) {
  if (link) link.title = link.scrollWidth > link.clientWidth ? link.textContent : "";
}

function setTitle(item, title) {
  one(".item-link", item).textContent = title;
  one(".menu-panel input[name=title]", item).value = title;
  one("summary", item).setAttribute("aria-label", word("Options").replace("{title}", () => title));
}

// Another conversation in the place of the one in view, without a new page: the same address gives a script what
// belongs to the conversation alone. A whole page is what is left without a script, with keys that open another tab,
// and whenever the answer is not what fits this page.

import { address, idIn, one } from "../core/dom.js";
import { fetchPart, post } from "../core/requests.js";
import { recall, remember } from "../core/storage.js";
import { toast } from "../core/toast.js";

const given = document.body.dataset;
// Milliseconds for which what was fetched at the press of a button is taken when it is let go of
const FRESH = 2000;
// Milliseconds that what is under way may take to end before it is left as it is
const PATIENCE = 5000;
// Answers that say something of the moment, or of that conversation alone
const SAID = new Set([404, 429, 503]);

// Tells of "page:leaving" with a list for promises of what ends first, of "page:opened" when it is done, and of
// "page:found" with the message that the reader was led to, and the words looked for.
export function register(page) {
  const switcher = new Switcher(page);
  const { events } = page;
  events.on("page:back", () => switcher.back());
  events.on("page:wanted", (path) => switcher.open(path));
  events.on("page:hit", (path, words) => switcher.lead(path, words));
  events.on("page:emptied", () => switcher.equip());
  document.addEventListener("pointerdown", (event) => switcher.pressed(event));
  document.addEventListener("click", (event) => switcher.clicked(event));
  comeBack(page);
}

// A reload leads to where one was, and a page that is opened while a reply is written to its question, as a switch does.
function comeBack({ scroll, thread }) {
  const [path, place] = JSON.parse(recall("place") ?? "[]");
  const [navigation] = performance.getEntriesByType("navigation");
  const { running } = thread;
  const isSame = navigation?.type === "reload" && path === thread.path;
  if (!location.hash && (running || (isSame && place))) {
    scroll.begin(running && thread.questionOf(running.dataset.message), isSame ? place : null);
  }
  addEventListener("pagehide", () => remember("place", JSON.stringify([thread.path, scroll.place])));
}

class Switcher {
  #events;
  #thread;
  #composer;
  #status;
  #scroll;
  // Where its reader was in a conversation when they left it, by its path
  #places = new Map();
  // The one that was asked for last wins
  #turn = 0;
  // The entry of the history in which what is on its way was clicked
  #entry = null;
  #pressed = null;

  constructor({ events, thread, composer, status, scroll }) {
    this.#events = events;
    this.#thread = thread;
    this.#composer = composer;
    this.#status = status;
    this.#scroll = scroll;
  }

  // A press of the mouse is nearly always a click a tenth of a second later: the answer may be there by then. A finger
  // may be about to scroll.
  pressed(event) {
    const path = event.pointerType === "mouse" && pathOf(event);
    if (!path) return;
    const part = fetchPart(path);
    part.catch(() => {});
    this.#pressed = { path, part, at: performance.now() };
  }

  clicked(event) {
    const path = pathOf(event);
    if (!path) return;
    event.preventDefault();
    this.open(path);
  }

  // The browser has gone to another address. Where what was clicked is still on its way, its reader takes that back, and
  // stays with what is in view.
  back() {
    if (this.#entry !== null) {
      this.#turn += 1;
      history.go(this.#entry - entry() || 1);
      this.#over();
    } else if (isWhole()) {
      location.reload();
    } else {
      this.open(location.pathname, true);
    }
  }

  // `isBack` when the browser has gone to that address already.
  open(path, isBack = false) {
    return this.#turnTo(path, isBack, (isLast) =>
      path === given.newUrl ? this.#arrive(path, isBack, () => this.#thread.empty()) : this.#fetch(path, isBack, isLast),
    );
  }

  // To a message that was found by its words: its branch is brought into view, as by the arrows below it.
  lead(path, words) {
    return this.#turnTo(path, false, async (isLast) => {
      const part = await fetchPart(path);
      const conversation = part && address("conversation", part.dataset.conversation);
      if (!isLast()) return;
      if (!fits(part, conversation)) {
        load(path);
        return;
      }
      if (part.dataset.branch) await post(address("show", part.dataset.branch));
      if (!isLast()) return;
      const message = idIn("message", path);
      this.#arrive(conversation, false, () => this.#thread.show(part, { message, below: 0 }));
      this.#events.tell("page:found", message, words);
    });
  }

  async #turnTo(path, isBack, act) {
    const turn = (this.#turn += 1);
    const isLast = () => turn === this.#turn;
    this.#entry = isBack ? null : entry();
    given.switching = "";
    try {
      const ends = this.#ends;
      if (ends.length) await inTime(Promise.all(ends));
      if (isLast()) await act(isLast);
    } catch (problem) {
      if (!isLast()) return;
      if (isBack || (problem.status && !SAID.has(problem.status))) load(path, isBack);
      else toast(problem.message);
    } finally {
      if (isLast()) this.#over();
    }
  }

  #over() {
    this.#entry = null;
    delete given.switching;
  }

  async #fetch(path, isBack, isLast) {
    // Back leads to where one was; from the list one comes to the end
    const place = isBack && this.#places.get(path);
    const part = await this.#part(place ? `${path}?from=${place.message}` : path);
    if (!isLast()) return;
    if (fits(part, path)) this.#arrive(path, isBack, () => this.#thread.show(part, place));
    else load(path, isBack);
  }

  // A new chat is there at once; what surrounds it comes after it, as long as it is one.
  async equip() {
    const { view } = this.#thread;
    const part = await this.#part(given.newUrl).catch(() => null);
    const isNew = view === this.#thread.view && !this.#thread.conversation && !this.#thread.last;
    if (!isNew || !fits(part, given.newUrl)) return;
    this.#thread.equip(part);
    // What is still to do on the site; the page that this chat was opened from may not have said so
    const [shown, notice] = [one(".setup-notice"), one(".setup-notice", part)];
    if (shown && !notice) shown.remove();
    else if (notice && !shown) one(".welcome").prepend(notice);
  }

  #part(path) {
    const pressed = this.#pressed;
    this.#pressed = null;
    const isFresh = pressed?.path === path && performance.now() - pressed.at < FRESH;
    return isFresh ? pressed.part : fetchPart(path);
  }

  // What is being dictated belongs to the conversation that is left.
  get #ends() {
    const ends = [];
    this.#events.tell("page:leaving", ends);
    return ends;
  }

  #arrive(path, isBack, show) {
    this.#places.set(this.#thread.path, this.#scroll.place);
    // What lies over the page, such as the drawer, has an entry of its own, which this one takes
    if (history.state?.over || path === location.pathname) history.replaceState(null, "", path);
    else if (!isBack) history.pushState(null, "", path);
    show();
    this.#events.tell("page:opened");
    this.#composer.takeFocus();
    this.#status.say(one("#title").textContent);
  }
}

// What begins a temporary chat is a page of its own.
const isWhole = () => new URLSearchParams(location.search).has("temporary");
// Where the history stands, if the browser tells
const entry = () => window.navigation?.currentEntry?.index ?? 0;
const inTime = (work) => Promise.race([work, new Promise((done) => setTimeout(done, PATIENCE))]);

// The address of a conversation, of a new chat or of a project, to which a press in this tab leads.
function pathOf(event) {
  const { target, button, ctrlKey, metaKey, shiftKey, altKey, defaultPrevented } = event;
  const link = target.closest("a[href]");
  if (!link || defaultPrevented || button || ctrlKey || metaKey || shiftKey || altKey) return null;
  if (link.target || link.origin !== location.origin || link.search || link.hash) return null;
  const { pathname } = link;
  return pathname === given.newUrl || idIn("conversation", pathname) || idIn("project", pathname) ? pathname : null;
}

// Whether it is a part of this very page: of the same person, language, version of the site, and with the same places.
function fits(part, path) {
  if (!part) return false;
  const { user, build, conversation, project } = part.dataset;
  const own = conversation ? address("conversation", conversation) : project ? address("project", project) : given.newUrl;
  const isSame = user === given.user && build === given.build && part.lang === document.documentElement.lang;
  return isSame && own === path && Boolean(one("#model", part)) === Boolean(one("#model"));
}

function load(path, isBack) {
  if (isBack) location.reload();
  else location.assign(path);
}

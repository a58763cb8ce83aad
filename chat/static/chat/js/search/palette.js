// The search palette: what is found as somebody types, gone through with the arrows, opened with Enter; and marking, on
// the page that a search led to, what was looked for.

import { outOfHistory } from "../core/dialog.js";
import { all, idIn, one, opensElsewhere, parse, sheetLoaded } from "../core/dom.js";
import { fetchText } from "../core/requests.js";
import { markWords } from "./marking.js";
import { note } from "./searching.js";

const given = document.body.dataset;
// Milliseconds of no typing after which it is searched
const PAUSE = 120;

export async function open(page) {
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = given.searchStyle;
  document.head.append(sheet);
  await sheetLoaded(sheet);
  page.events.on("page:found", (message, words) => markIn(page.scroll.find(message), words));
  return {
    open: (dialog) => dialog.open && new Palette(page, dialog).search(),
    markFound: () => markFound(page),
  };
}

// Of one dialog, which may have words in its field already.
class Palette {
  #events;
  #field;
  #list;
  #dialog;
  #turn = 0;
  #timer = 0;
  #options = [];
  #active = -1;
  #isBehind = false;
  #entered = null;

  constructor({ events }, dialog) {
    this.#events = events;
    this.#dialog = dialog;
    this.#field = one("input", dialog);
    this.#list = one("[role=listbox]", dialog);
    this.#field.addEventListener("input", () => this.#later());
    dialog.addEventListener("keydown", (event) => this.#key(event));
    this.#list.addEventListener("click", (event) => this.#clicked(event));
    dialog.addEventListener("close", () => this.#closed());
  }

  #closed() {
    clearTimeout(this.#timer);
    this.#turn += 1;
  }

  #later() {
    clearTimeout(this.#timer);
    this.#isBehind = true;
    this.#entered = null;
    this.#timer = setTimeout(() => this.search(), PAUSE);
  }

  // The one that was asked for last is shown, whichever comes last.
  async search() {
    this.#isBehind = true;
    const turn = (this.#turn += 1);
    try {
      const html = await fetchText(`${given.searchUrl}?${new URLSearchParams({ q: this.#field.value })}`);
      if (turn === this.#turn) this.#list.replaceChildren(parse(html));
    } catch (problem) {
      if (turn === this.#turn) this.#list.replaceChildren(note(problem.message));
    }
    if (turn === this.#turn) this.#found();
  }

  #found() {
    this.#isBehind = false;
    this.#options = all("[role=option]", this.#list);
    this.#activate(0);
    this.#list.scrollTop = 0;
    if (this.#entered) this.#press(this.#entered);
  }

  #activate(place) {
    const count = this.#options.length;
    this.#active = count ? (place + count) % count : -1;
    const active = this.#options[this.#active];
    this.#options.forEach((option) => option.setAttribute("aria-selected", String(option === active)));
    this.#field.setAttribute("aria-activedescendant", active?.id ?? "");
    active?.scrollIntoView({ block: "nearest" });
  }

  #key(event) {
    if (event.isComposing || event.keyCode === 229) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    // In a field with words the browser would only empty it
    if (event.key === "Escape") this.#dialog.close();
    else if (step) this.#activate(this.#active + step);
    else if (event.key === "Enter") this.#press(event);
    else return;
    event.preventDefault();
  }

  // Who types and presses Enter at once means what these words find, which is not there yet.
  #press(event) {
    this.#entered = this.#isBehind ? event : null;
    if (!this.#isBehind) this.#options[this.#active]?.dispatchEvent(press(event));
  }

  #clicked(event) {
    const link = event.target.closest("a");
    if (!link || opensElsewhere(event)) return;
    event.preventDefault();
    this.#go(link);
  }

  // The dialog's entry in the history goes first
  async #go({ href, pathname, search }) {
    const words = new URLSearchParams(search).get("q");
    this.#dialog.close();
    await outOfHistory();
    if (!search && idIn("conversation", pathname)) this.#events.tell("page:wanted", pathname);
    else if (idIn("message", pathname)) this.#events.tell("page:hit", pathname, words);
    else location.assign(href);
  }
}

const press = ({ ctrlKey, metaKey, shiftKey }) =>
  new MouseEvent("click", { bubbles: true, cancelable: true, ctrlKey, metaKey, shiftKey });

// In the message that the address names, which may have been put away meanwhile.
function markFound({ scroll }) {
  markIn(scroll.find(location.hash.slice("#m-".length)), new URLSearchParams(location.search).get("q"));
}

function markIn(article, words) {
  const first = article && markWords(article, words);
  (first?.startContainer.parentElement ?? article)?.scrollIntoView({ block: "center" });
}

// One's saved prompts, offered above the message box while it holds "/" and the beginning of a name.

import { openDialog } from "../core/dialog.js";
import { all, one, parse } from "../core/dom.js";
import { fetchText } from "../core/requests.js";

const ASKED = /^\/([^\n]*)$/;
// A word in double braces is asked for; anything else in them ({{7*7}}) is text as well as the rest
const VARIABLE = /\{\{\s*(\p{L}[\p{L}\p{N}\p{M}_ -]{0,39}?)\s*\}\}/gu;
const MOST_VARIABLES = 20;
const OFFERING = { "aria-haspopup": "listbox", "aria-controls": "prompt-list", "aria-autocomplete": "list" };

// Whether a text asks for them.
export const asksForPrompts = (text) => ASKED.test(text);

export class Prompts {
  #area;
  #holder;
  #list;
  #put;
  #sends;
  #shown = [];
  #active = -1;
  #dismissed = false;

  // `put(text)` puts a text in the box; `sends(key)` tells whether a key would send it.
  static async load(area, put, sends) {
    const holder = parse(await fetchText(document.body.dataset.promptsUrl)).firstElementChild;
    return new Prompts(area, holder, put, sends);
  }

  constructor(area, holder, put, sends) {
    this.#area = area;
    this.#holder = holder;
    this.#list = one("#prompt-list", holder);
    this.#put = put;
    this.#sends = sends;
    const box = area.closest(".box");
    box.append(holder);
    // Before the box itself hears of the key: Enter chooses here, and does not send
    box.addEventListener("keydown", (event) => event.target === area && this.#key(event), true);
    area.addEventListener("blur", () => this.#close());
    // The focus stays in the box
    holder.addEventListener("mousedown", (event) => event.preventDefault());
    this.#list.addEventListener("click", (event) => this.#choose(event.target.closest(".prompt")));
  }

  get open() {
    return !this.#holder.hidden;
  }

  // Shows what fits the text in the box, or nothing.
  offer() {
    const asked = ASKED.exec(this.#area.value);
    if (!asked) this.#dismissed = false;
    const options = all(".prompt", this.#list);
    const words = fold(asked?.[1] ?? "");
    const named = (option) => fold(one(".saved-name", option).textContent);
    const beginning = options.filter((option) => named(option).startsWith(words));
    const within = options.filter((option) => !beginning.includes(option) && named(option).includes(words));
    this.#shown = [...beginning, ...within];
    options.forEach((option) => (option.hidden = !this.#shown.includes(option)));
    this.#list.append(...this.#shown);
    const none = options.length === 0 && asked?.[1] === "";
    if (asked && !this.#dismissed && (none || this.#shown.length)) this.#open();
    else this.#close();
  }

  #open() {
    this.#holder.hidden = false;
    // A textarea may not be called a combobox, but may have what makes one
    for (const [name, value] of Object.entries(OFFERING)) this.#area.setAttribute(name, value);
    this.#activate(0);
  }

  // The box is a plain one again
  #close() {
    this.#holder.hidden = true;
    for (const name of [...Object.keys(OFFERING), "aria-activedescendant"]) this.#area.removeAttribute(name);
  }

  #activate(place) {
    const count = this.#shown.length;
    this.#active = count ? (place + count) % count : -1;
    this.#shown.forEach((option, number) => option.setAttribute("aria-selected", String(number === this.#active)));
    const option = this.#shown[this.#active];
    if (!option) return;
    this.#area.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  #key(event) {
    if (!this.open || event.isComposing || event.keyCode === 229 || event.shiftKey) return;
    const act = {
      ArrowDown: () => this.#activate(this.#active + 1),
      ArrowUp: () => this.#activate(this.#active - 1),
      Enter: () => this.#choose(this.#shown[this.#active]),
      Escape: () => this.#dismiss(),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  #dismiss() {
    this.#dismissed = true;
    this.#close();
  }

  async #choose(option) {
    if (!option) return;
    this.#dismiss();
    const { text } = option.dataset;
    const names = [...new Set([...text.matchAll(VARIABLE)].map((found) => found[1]))].slice(0, MOST_VARIABLES);
    if (!names.length) {
      this.#put(text);
      return;
    }
    const words = await this.#ask(one(".saved-name", option).textContent, names);
    if (words) this.#put(text.replace(VARIABLE, (whole, name) => words[name] ?? whole));
  }

  // What is to stand for each name; null when its reader thinks better of it.
  #ask(title, names) {
    const form = document.importNode(one("template", this.#holder).content, true).firstElementChild;
    one("h2", form).textContent = title;
    const fields = names.map((name, number) => field(one(".fill-fields", form), name, `fill-${number}`));
    let words = null;
    return new Promise((resolve) => {
      const dialog = openDialog(form, { opener: this.#area, closed: () => resolve(words) });
      form.addEventListener("keydown", (event) => {
        if (!event.target.matches("textarea") || !this.#sends(event)) return;
        event.preventDefault();
        form.requestSubmit();
      });
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        words = Object.fromEntries(names.map((name, number) => [name, fields[number].value]));
        dialog.close();
      });
      fields[0].focus();
    });
  }
}

const fold = (text) => text.toLocaleLowerCase().trim();

function field(holder, name, id) {
  const label = document.createElement("label");
  const area = document.createElement("textarea");
  label.className = "field-label";
  label.htmlFor = area.id = id;
  label.textContent = name;
  area.className = "field-input";
  area.rows = 1;
  area.dir = "auto";
  holder.append(label, area);
  return area;
}

// A list of options that the words in a field narrow: its reader goes through it with the arrows, and chooses with Enter.
// The field keeps the focus; what it says of the list is what makes a combobox.

import { all, one } from "../core/dom.js";

export class Choices {
  #list;
  #options;
  #moved;
  #field = null;
  #shown = [];
  #active = -1;

  // `chosen(option, event)` is called with what is chosen, `moved(option)` with what Enter would choose.
  constructor(list, chosen, moved = () => {}) {
    this.#list = list;
    this.#options = all("[role=option]", list);
    this.#moved = moved;
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) chosen(option, event);
    });
  }

  get empty() {
    return this.#options.length === 0;
  }

  get active() {
    return this.#shown[this.#active] ?? null;
  }

  // Marks the one that holds now, by its value.
  mark(value) {
    this.#options.forEach((option) => option.classList.toggle("current", option.dataset.value === value));
  }

  attach(field) {
    this.#field = field;
  }

  detach() {
    this.#field?.removeAttribute("aria-activedescendant");
    this.#field = null;
  }

  // Shows what fits the words, in each group those first whose name begins with them. Gives how many there are.
  narrow(text) {
    const words = fold(text);
    const ranked = this.#options
      .map((option) => ({ option, rank: rank(option, words) }))
      .sort((one, other) => one.rank - other.rank);
    for (const { option, rank } of ranked) {
      option.hidden = rank === NONE;
      option.parentElement.append(option);
    }
    all("[role=group]", this.#list).forEach((group) => (group.hidden = !one("[role=option]:not([hidden])", group)));
    this.#shown = all("[role=option]:not([hidden])", this.#list);
    const first = words ? ranked[0]?.option : this.#shown.find((option) => option.matches(".current"));
    this.#activate(Math.max(0, this.#shown.indexOf(first)));
    return this.#shown.length;
  }

  // Whether the key was for the list.
  go(key) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    if (step) this.#activate(this.#active + step);
    return Boolean(step);
  }

  #activate(place) {
    const count = this.#shown.length;
    this.#active = count ? (place + count) % count : -1;
    const { active } = this;
    this.#options.forEach((option) => option.setAttribute("aria-selected", String(option === active)));
    this.#field?.setAttribute("aria-activedescendant", active?.id ?? "");
    active?.scrollIntoView({ block: "nearest" });
    this.#moved(active);
  }
}

const NONE = 3;

// What is turned off is there for nobody at the moment
function rank(option, words) {
  if (option.matches(".off")) return NONE;
  const name = fold(one(".saved-name", option).textContent);
  if (name.startsWith(words)) return 0;
  if (name.includes(words)) return 1;
  const all = fold(`${name} ${option.dataset.find ?? ""}`);
  return option.dataset.find !== undefined && words.split(/\s+/).every((word) => all.includes(word)) ? 2 : NONE;
}

const fold = (text) => text.toLocaleLowerCase().trim();

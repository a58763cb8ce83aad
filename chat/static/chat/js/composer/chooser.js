// Something to choose from, over the page: with a search field of its own, or for what is being typed in the message box.

import { closeMenuByBack } from "../core/dialog.js";
import { focusUnlessTouched, one } from "../core/dom.js";
import { Choices } from "./choices.js";

const OFFERING = { "aria-haspopup": "listbox", "aria-autocomplete": "list" };

export class Chooser {
  holder;
  choices;
  // Called before it is shown
  opening = () => {};
  // What takes the value of what is chosen, where it was opened for something of its own
  instead = null;
  #search;
  #chosen;
  // The message box while it is offered for that, or the button that opened it
  #box = null;
  #opener = null;
  #closed = () => {};
  #heard = closeMenuByBack("chooser", () => this.close());
  #dismissed = false;

  // `chosen(option, event)` is called with what is chosen; it is closed by then. `moved` as in Choices.
  constructor(holder, chosen, moved) {
    this.holder = holder;
    this.choices = new Choices(one("[role=listbox]", holder), (option, event) => this.#choose(option, event), moved);
    this.#search = one(".chooser-search", holder);
    this.#chosen = chosen;
    holder.tabIndex = -1;
    this.#search?.addEventListener("input", () => this.#narrow(this.#search.value));
    holder.addEventListener("keydown", (event) => this.#opener && this.#key(event));
    // The focus stays in the field
    holder.addEventListener("mousedown", (event) => {
      if (this.#box || !event.target.closest("input, a, button")) event.preventDefault();
    });
    for (const kind of ["pointerdown", "focusin"]) {
      document.addEventListener(kind, ({ target }) => this.#opener && !this.#has(target) && this.close());
    }
  }

  get isOffered() {
    return this.#box !== null;
  }

  // Opens it over `place`, at the press of a button or link. `closed` is called when it closes. What it was opened in
  // for something of its own is closed by Back itself.
  openAt(place, opener, { instead = null, closed = () => {} } = {}) {
    this.close();
    this.instead = instead;
    this.#closed = closed;
    this.opening();
    place.append(this.holder);
    this.#opener = opener;
    if (!instead) this.#heard(true);
    opener.setAttribute("aria-expanded", "true");
    this.#search.hidden = false;
    this.#search.value = "";
    this.choices.attach(this.#search);
    // By a finger one looks through the list, which a keyboard would cover
    if (!focusUnlessTouched(this.#search)) this.holder.focus({ preventScroll: true });
    this.#narrow("");
  }

  // Offers it for the words in the message box; null is for none.
  offer(box, words) {
    if (this.#opener) return;
    if (words === null) this.#dismissed = false;
    if (words === null || this.#dismissed) {
      this.close();
      return;
    }
    if (!this.#box) {
      this.opening();
      box.closest(".box").append(this.holder);
    }
    this.#box = box;
    if (this.#search) this.#search.hidden = true;
    this.choices.attach(box);
    // A textarea may not be called a combobox, but may have what makes one
    for (const [name, value] of Object.entries(OFFERING)) box.setAttribute(name, value);
    box.setAttribute("aria-controls", one("[role=listbox]", this.holder).id);
    if (!this.#narrow(words) && !(this.choices.empty && words === "")) this.close();
  }

  // Before the message box itself hears of the key: Enter chooses here, and does not send.
  offeredKey(event) {
    if (this.#box && !event.shiftKey) this.#key(event);
  }

  close() {
    this.holder.remove();
    this.choices.detach();
    const names = [...Object.keys(OFFERING), "aria-controls"];
    if (this.#box) names.forEach((name) => this.#box.removeAttribute(name));
    this.#opener?.setAttribute("aria-expanded", "false");
    if (this.#opener) this.#heard(false);
    this.#box = this.#opener = null;
    const closed = this.#closed;
    this.#closed = () => {};
    closed();
  }

  #has(target) {
    return this.holder.contains(target) || this.#opener.contains(target);
  }

  #narrow(words) {
    const count = this.choices.narrow(words);
    const none = one(".chooser-none", this.holder);
    if (none) none.textContent = count ? "" : none.dataset.none;
    return count;
  }

  #key(event) {
    if (event.isComposing || event.keyCode === 229) return;
    const isTyping = event.target.matches("input, textarea");
    const isMine =
      event.key === "Escape" || (isTyping && event.key === "Enter") || (isTyping && this.choices.go(event.key));
    if (!isMine) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") this.#dismiss();
    else if (event.key === "Enter" && this.choices.active) this.#choose(this.choices.active, event);
  }

  #dismiss() {
    const opener = this.#opener;
    this.#dismissed = this.#box !== null;
    this.close();
    opener?.focus();
  }

  #choose(option, event) {
    const isOffered = this.#box !== null;
    if (this.#chosen(option, event, isOffered) === false) return;
    this.#dismissed = isOffered;
    this.close();
  }
}

// The person's settings in one dialog: the pages of their addresses, each fetched when its tab is chosen. What is changed
// is saved at once.

import { openDialog, outOfHistory } from "../core/dialog.js";
import { all, one, opensElsewhere, sheetLoaded } from "../core/dom.js";
import { markWrong, unmark } from "../core/form_dialog.js";
import { fetchPage, post } from "../core/requests.js";

// Milliseconds that "saved" stays to be read
const NOTED = 4000;

// Throws what `fetchPage` throws. Tells of "page:preferences" with a form that is shown, and of
// "page:preferences-saved" with a form and the server's answer.
export async function open({ events }, url, opener) {
  const page = await fetchPage(url);
  await style(page);
  new Preferences(events, page, opener);
}

async function style(page) {
  if (one(".preferences-style")) return;
  const sheet = document.importNode(one(".preferences-style", page));
  document.head.append(sheet);
  await sheetLoaded(sheet);
}

class Preferences {
  #events;
  #root = document.createElement("div");
  #note = document.createElement("p");
  #noted = 0;
  // One save after the other: each sends the whole form
  #saving = Promise.resolve();
  // A form with something typed that no "change" has told of yet
  #touched = null;
  #mustReload = false;

  constructor(events, page, opener) {
    this.#events = events;
    this.#note.className = "preferences-note";
    this.#note.setAttribute("role", "status");
    this.#root.className = "preferences";
    this.#root.addEventListener("click", (event) => this.#clicked(event));
    this.#root.addEventListener("input", ({ target }) => (this.#touched = target.closest(".preferences-form")));
    this.#root.addEventListener("change", ({ target }) => this.#save(target.closest(".preferences-form")));
    this.#root.addEventListener("submit", (event) => this.#submitted(event));
    this.#fill(page);
    openDialog(this.#root, { opener, closed: () => this.#closed() });
    this.#shown();
  }

  get #tab() {
    return one(".preferences-tabs [aria-current]", this.#root);
  }

  // The page may be in another language than the one below, if that was just changed.
  #fill(page) {
    this.#root.lang = page.documentElement.lang;
    this.#root.dir = page.documentElement.dir;
    this.#root.replaceChildren(...document.importNode(one(".preferences", page), true).children, this.#note);
  }

  #shown() {
    this.#tab.scrollIntoView({ block: "nearest", inline: "nearest" });
    const form = one(".preferences-form", this.#root);
    if (!form) return;
    // Who has chosen in this browser alone, before it was kept for them, finds that
    const theme = form.elements.namedItem("theme");
    const { theme: now } = document.documentElement.dataset;
    if (theme) theme.value = ["light", "dark"].includes(now) ? now : "system";
    this.#events.tell("page:preferences", form);
  }

  #clicked(event) {
    const link = event.target.closest(".preferences-tabs a");
    if (!link || opensElsewhere(event)) return;
    event.preventDefault();
    // A key gives a click without a count
    if (link !== this.#tab) this.#go(link, event.detail === 0);
  }

  // A tab that another one overtook is not shown. Who goes by keyboard sees where they are.
  async #go(link, focusVisible) {
    all("[aria-current]", this.#root).forEach((tab) => tab.removeAttribute("aria-current"));
    link.setAttribute("aria-current", "page");
    try {
      await this.#saving;
      const page = await fetchPage(link.href);
      if (this.#tab !== link) return;
      this.#fill(page);
      this.#tab.focus({ focusVisible });
      this.#shown();
    } catch (problem) {
      this.#say(problem.message);
    }
  }

  // What deletes leads to another page.
  #submitted(event) {
    if (!event.target.matches(".preferences-form")) return;
    event.preventDefault();
    this.#save(event.target);
  }

  #save(form) {
    if (!form) return;
    this.#touched = null;
    this.#saving = this.#saving.then(() => this.#send(form));
  }

  async #send(form) {
    try {
      const answer = await (await post(form.action, new FormData(form))).json();
      unmark(form);
      this.#apply(answer);
      this.#events.tell("page:preferences-saved", form, answer);
      if (answer.reload && form.isConnected) await this.#renew(form);
      this.#say(one(".preferences-form", this.#root)?.dataset.saved);
    } catch (problem) {
      unmark(form);
      markWrong(form, problem);
    }
  }

  #apply({ theme, page = {}, reload = false }) {
    if (theme) document.documentElement.dataset.theme = theme;
    Object.assign(document.body.dataset, page);
    this.#mustReload ||= reload;
  }

  // Shows the same form as it is now, in the language that was chosen.
  async #renew(form) {
    const { id } = document.activeElement;
    this.#fill(await fetchPage(form.action));
    if (id) this.#root.querySelector(`#${id}`)?.focus();
  }

  // In the dialog, which covers the sentences of the page.
  #say(text = "") {
    this.#note.textContent = text;
    clearTimeout(this.#noted);
    this.#noted = setTimeout(() => (this.#note.textContent = ""), NOTED);
  }

  // The draft in the message box is kept when the page is loaded anew. The dialog's entry in the history goes first.
  async #closed() {
    this.#save(this.#touched);
    await outOfHistory();
    await this.#saving;
    if (this.#mustReload) location.reload();
  }
}

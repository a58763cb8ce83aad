// One's own message as a small editor, in its place. What was sent from it waits there, visibly, until
// the branch that it began is on the page.

import { clone, one } from "./dom.js";
import { Words, sends } from "./words.js";

export class Editors {
  #find;
  #tell;
  #forms = new Map();

  // `tell` has: find(message) which gives its article, send(message, text) which gives an item of the
  // outbox, take(client) which takes that back, closed(article)
  constructor(tell) {
    this.#find = tell.find;
    this.#tell = tell;
  }

  open(article) {
    const form = this.#shown(article) ?? this.#make(article, one(".body", article).textContent);
    const area = one("textarea", form);
    area.focus();
    area.setSelectionRange(area.value.length, area.value.length);
    form.scrollIntoView({ block: "nearest" });
  }

  // Shows how an edit in the outbox stands. Gives false when its message is not on the page.
  show(item) {
    const article = this.#find(item.message);
    if (!article) return false;
    const form = this.#shown(article) ?? this.#make(article, item.text);
    const refused = item.state === "refused";
    form.dataset.state = item.state;
    form.dataset.client = item.client_id;
    one("textarea", form).readOnly = !refused;
    one(".error", form).textContent = item.error;
    return true;
  }

  #shown(article) {
    return one(".editor", article);
  }

  #make(article, text) {
    const form = clone("t-editor");
    const words = new Words(one("textarea", form), one(".counter", form));
    this.#forms.set(form, words);
    form.addEventListener("submit", (event) => this.#submit(event));
    form.addEventListener("keydown", (event) => this.#key(event));
    form.addEventListener("input", () => this.#changed(form));
    one("[data-action=cancel-edit]", form).addEventListener("click", () => this.#cancel(form));
    article.append(form);
    words.place(text);
    return form;
  }

  #changed(form) {
    const words = this.#forms.get(form);
    words.changed();
    one(".error", form).textContent = "";
    one("[type=submit]", form).setAttribute("aria-disabled", String(words.blank));
  }

  #key(event) {
    const form = event.currentTarget;
    if (event.key === "Escape" && !event.isComposing) {
      event.preventDefault();
      this.#cancel(form);
    } else if (event.target.matches("textarea") && sends(event)) {
      event.preventDefault();
      form.requestSubmit();
    }
  }

  #submit(event) {
    event.preventDefault();
    const form = event.currentTarget;
    const words = this.#forms.get(form);
    if (words.blank || one("textarea", form).readOnly) return;
    one(".error", form).textContent = words.problem;
    if (words.problem) return;
    this.#takeBack(form);
    this.#tell.send(form.closest(".message").dataset.message, words.text);
  }

  // What waits comes back to be written on; what is being written is given up.
  #cancel(form) {
    const waits = one("textarea", form).readOnly;
    this.#takeBack(form);
    if (waits) {
      one("textarea", form).focus();
      return;
    }
    const article = form.closest(".message");
    this.#forms.delete(form);
    form.remove();
    this.#tell.closed(article);
  }

  #takeBack(form) {
    if (form.dataset.client) this.#tell.take(form.dataset.client);
    delete form.dataset.client;
    delete form.dataset.state;
    one("textarea", form).readOnly = false;
  }
}

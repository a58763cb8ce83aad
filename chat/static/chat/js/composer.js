// The message box: its height, its limit, its draft, and when Enter sends.

import { one, recall, remember } from "./dom.js";

const SHOW_FROM = 0.9;

export class Composer {
  #form;
  #text = one("#text");
  #send = one("#send");
  #stop = one("#stop");
  #counter = one("#counter");
  #error = one("#composer-error");
  #limit;
  #tell;
  #draft = "";
  #running = false;
  #allowed;

  // `tell` has: submit(text) which says whether it took the text, stop()
  constructor(form, conversation, tell) {
    this.#form = form;
    this.#tell = tell;
    this.#limit = Number(form.dataset.limit);
    this.#allowed = !this.#text.disabled;
    form.addEventListener("submit", (event) => this.#submit(event));
    this.#stop.addEventListener("click", () => this.#askToStop());
    this.#text.addEventListener("keydown", (event) => this.#key(event));
    this.#text.addEventListener("input", () => this.#changed());
    one(".box", form).addEventListener("click", (event) => event.target.matches(".box") && this.#text.focus());
    this.moveTo(conversation);
    this.#text.value = recall(this.#draft) ?? this.#text.value;
    this.#changed();
    if (matchMedia("(pointer: fine)").matches && !location.hash) this.#text.focus({ preventScroll: true });
  }

  // Drafts are kept for each conversation.
  moveTo(conversation) {
    this.#draft = `draft:${conversation ?? "new"}`;
  }

  // Shows what was being written in another conversation in place of this one's.
  openDraft(conversation) {
    this.moveTo(conversation);
    this.#place(recall(this.#draft) ?? "");
  }

  put(text) {
    const before = this.#text.value.trim() ? `${this.#text.value}\n\n` : "";
    this.#place(before + text);
    this.focus();
  }

  focus() {
    this.#text.focus();
  }

  set running(value) {
    if (value === this.#running) return;
    this.#running = value;
    const held = this.#form.contains(document.activeElement) && document.activeElement !== this.#text;
    this.#send.hidden = value;
    this.#stop.hidden = !value;
    this.#stop.disabled = false;
    if (held) this.focus();
  }

  standing(maySend, text) {
    this.#allowed = maySend;
    this.#text.disabled = this.#send.disabled = !maySend;
    this.#error.textContent = maySend ? "" : text;
  }

  #askToStop() {
    this.#stop.disabled = true;
    this.focus();
    this.#tell.stop();
    setTimeout(() => (this.#stop.disabled = false), 3000);
  }

  // Enter that ends a word being composed never sends; 229 is what some browsers call it
  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.#form.requestSubmit();
  }

  #submit(event) {
    event.preventDefault();
    const text = this.#text.value;
    if (this.#running || !this.#allowed) return;
    if (!text.trim()) {
      this.focus();
      return;
    }
    if (this.#count(text) > this.#limit) {
      this.#error.textContent = this.#form.dataset.tooLong;
      return;
    }
    this.#place("");
    this.#tell.submit(text);
    this.focus();
  }

  #place(text) {
    this.#text.value = text;
    this.#changed();
  }

  #changed() {
    const text = this.#text.value;
    remember(this.#draft, text);
    if (this.#allowed) this.#error.textContent = "";
    this.#send.setAttribute("aria-disabled", String(!text.trim()));
    this.#showCount(this.#count(text));
    this.#fit();
  }

  // Characters as the server counts them, not UTF-16 units; only near the limit is that worth its time.
  #count(text) {
    return text.length < this.#limit * SHOW_FROM ? text.length : [...text].length;
  }

  #showCount(count) {
    const left = this.#limit - count;
    this.#counter.hidden = count < this.#limit * SHOW_FROM;
    this.#counter.classList.toggle("over", left < 0);
    const words = left < 0 ? this.#form.dataset.over : this.#form.dataset.left;
    const number = new Intl.NumberFormat(document.documentElement.lang).format(Math.abs(left));
    this.#counter.textContent = this.#counter.hidden ? "" : words.replace("{count}", number);
  }

  // The style sheet does this where the browser knows field-sizing
  #fit() {
    if (CSS.supports("field-sizing", "content")) return;
    this.#text.style.height = "auto";
    this.#text.style.height = `${this.#text.scrollHeight}px`;
  }
}

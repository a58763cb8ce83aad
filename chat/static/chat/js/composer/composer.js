// The message box: its draft, its buttons, and when it sends.

import { fill } from "./choosing.js";
import { Prompts } from "./prompts.js";
import { one, recall, remember, word } from "../core/dom.js";
import { toast } from "../core/widgets.js";

const NEW = "draft:new";

export class Composer {
  #form;
  #text = one("#text");
  #words = new Words(this.#text, one("#counter"));
  #send = one("#send");
  #stop = one("#stop");
  #error = one("#composer-error");
  #tell;
  #picker = one("#model");
  #picked = this.#picker?.value;
  #filling = null;
  #choosing = null;
  #draft = "";
  #running = false;
  #allowed;
  #prompts = null;
  #loading = null;
  #sendLater = false;

  // `tell` has: submit(text), stop(), choose(model) which throws what the person is to read
  constructor(form, conversation, tell) {
    this.#form = form;
    this.#tell = tell;
    this.#allowed = !this.#text.disabled;
    form.addEventListener("submit", (event) => this.#submit(event));
    this.#stop.addEventListener("click", () => this.#askToStop());
    this.#picker?.addEventListener("change", () => (this.#choosing = this.#choose(this.#choosing)));
    for (const kind of ["pointerenter", "focus", "mousedown"]) {
      this.#picker?.addEventListener(kind, (event) => this.#fill(event));
    }
    this.#text.addEventListener("keydown", (event) => this.#key(event));
    this.#text.addEventListener("input", () => {
      this.#changed();
      this.#offer();
    });
    one(".box", form).addEventListener("click", (event) => event.target.matches(".box") && this.#text.focus());
    this.#open(conversation);
    this.#text.value = this.#recalled(conversation) ?? this.#text.value;
    this.#changed();
    if (!location.hash) this.focusUnlessTouched();
  }

  // The new chat has its conversation now: what is in its box is that one's draft.
  moveTo(conversation) {
    remember(this.#draft, null);
    this.#open(conversation);
    this.#changed();
  }

  // Shows what was being written in another conversation in place of this one's.
  openDraft(conversation) {
    this.#open(conversation);
    this.#place(recall(this.#draft) ?? "");
    if (this.#picker) this.#pick(this.#picker.dataset.default);
  }

  get blank() {
    return this.#words.blank;
  }

  put(text) {
    this.append(text);
    this.focus();
  }

  // Words that come back to the box, with a sentence that says so; the focus stays where it is.
  append(text, sentence = "") {
    this.#place(this.#words.blank ? text : `${this.#text.value}\n\n${text}`);
    if (sentence) toast(sentence);
  }

  // The same with words that were written before what is in the box.
  prepend(text, sentence) {
    this.#place(this.#words.blank ? text : `${text}\n\n${this.#text.value}`);
    toast(sentence);
  }

  // Words for a new chat: into its box if that is in view, else into its draft.
  keepForNew(text) {
    if (!text) return;
    if (this.#draft === NEW) this.append(text);
    else remember(NEW, [recall(NEW), text].filter(Boolean).join("\n\n"));
  }

  focus() {
    this.#text.focus();
  }

  // On a phone focus would open its keyboard. Gives whether it has the focus now.
  focusUnlessTouched() {
    if (!matchMedia("(pointer: fine)").matches) return false;
    this.#text.focus({ preventScroll: true });
    return document.activeElement === this.#text;
  }

  set running(value) {
    if (value === this.#running) return;
    this.#running = value;
    const held = this.#form.contains(document.activeElement) && document.activeElement !== this.#text;
    this.#stop.hidden = !value;
    this.#stop.disabled = false;
    this.#changed();
    if (held) this.focus();
  }

  // Who may not send is offered nothing that would; the focus must not fall on what is gone.
  standing(maySend, text) {
    if (maySend && this.#allowed) return;
    const { activeElement: held } = document;
    this.#allowed = maySend;
    this.#text.disabled = this.#send.disabled = !maySend;
    this.#error.textContent = maySend ? "" : text;
    document.body.classList.toggle("mute", !maySend);
    if (held.disabled || !held.checkVisibility()) one("#transcript").focus({ preventScroll: true });
  }

  // Drafts are kept for each conversation.
  #open(conversation) {
    this.#draft = conversation ? `draft:${conversation}` : NEW;
  }

  // A conversation that was only just made, for somebody to answer in it, goes on with the draft of the new chat.
  #recalled(conversation) {
    const own = recall(this.#draft);
    if (own !== null || !conversation || one("#messages .message")) return own;
    const begun = recall(NEW);
    remember(NEW, null);
    return begun;
  }

  #askToStop() {
    this.#stop.disabled = true;
    this.focus();
    this.#tell.stop();
    setTimeout(() => (this.#stop.disabled = false), 3000);
  }

  #key(event) {
    if (!sends(event)) return;
    event.preventDefault();
    if (this.#loading) this.#sendLater = true;
    else this.#form.requestSubmit();
  }

  // A slash at the start asks for one's saved prompts, which come when they are first asked for.
  #offer() {
    if (this.#prompts) this.#prompts.offer();
    else if (/^\/[^\n]{0,40}$/.test(this.#text.value)) this.#loading ??= this.#load();
  }

  async #load() {
    try {
      this.#prompts = await Prompts.load(this.#text, (text) => this.#place(text), sends);
      this.#prompts.offer();
    } catch {
      // Without a connection there is nothing to offer; the next stroke asks again
    }
    this.#loading = null;
    // Enter came before it was known whether there is anything to choose
    if (this.#sendLater && !this.#prompts?.open) this.#form.requestSubmit();
    this.#sendLater = false;
  }

  // While an answer is being written too: the message waits for its end.
  #submit(event) {
    event.preventDefault();
    if (!this.#allowed) return;
    if (this.#words.blank) {
      this.focus();
      return;
    }
    this.#error.textContent = this.#words.problem;
    if (this.#words.problem) return;
    if (this.#choosing) {
      this.#choosing.then((done) => done && this.#form.requestSubmit());
      return;
    }
    const { text } = this.#words;
    this.#place("");
    this.#tell.submit(text);
    this.focus();
  }

  // Where there are many models most of them come when somebody is about to choose; a press waits for them.
  async #fill(event) {
    if (!this.#picker.dataset.more) return;
    const isPressed = event.type === "mousedown";
    if (isPressed) event.preventDefault();
    try {
      await (this.#filling ??= fill(this.#picker));
      if (isPressed) this.#picker.focus();
      if (isPressed) this.#picker.showPicker?.();
    } catch (problem) {
      this.#filling = null;
      if (isPressed) toast(problem.message);
    }
  }

  // Gives whether it is kept; until then nothing is sent.
  async #choose(before) {
    await before;
    const { value } = this.#picker;
    try {
      await this.#tell.choose(value);
      this.#pick(value);
    } catch (problem) {
      toast(problem.message);
      this.#pick(this.#picked);
      return false;
    } finally {
      this.#choosing = null;
    }
    return true;
  }

  #pick(value) {
    this.#picker.value = this.#picked = value;
    const [chosen] = this.#picker.selectedOptions;
    if (!chosen || chosen.disabled) return;
    const { line } = (chosen.closest("optgroup") ?? this.#picker).dataset;
    one(".provider").textContent = line.replace("{}", () => chosen.label);
  }

  #place(text) {
    this.#text.value = text;
    this.#changed();
  }

  #changed() {
    remember(this.#draft, this.#words.text);
    if (this.#allowed) this.#error.textContent = "";
    this.#send.setAttribute("aria-disabled", String(this.#words.blank));
    this.#send.hidden = this.#running && this.#words.blank;
    this.#words.changed();
  }
}

// What the message box and the editor of a message share: the limit and its counter, the height,
// and what Enter means.
const SHOW_FROM = 0.9;

export class Words {
  #area;
  #counter;
  #said = one("#composer").dataset;
  #limit = Number(this.#said.limit);

  constructor(area, counter) {
    this.#area = area;
    this.#counter = counter;
  }

  get text() {
    return this.#area.value;
  }

  get blank() {
    return !this.text.trim();
  }

  // The sentence for a text that is too long, else "".
  get problem() {
    return this.#count() > this.#limit ? this.#said.tooLong : "";
  }

  place(text) {
    this.#area.value = text;
    this.changed();
  }

  changed() {
    this.#showCount(this.#count());
    this.#fit();
  }

  // Characters as the server counts them, not UTF-16 units; only near the limit is that worth its time.
  #count() {
    const { text } = this;
    return text.length < this.#limit * SHOW_FROM ? text.length : [...text].length;
  }

  #showCount(count) {
    const left = this.#limit - count;
    this.#counter.hidden = count < this.#limit * SHOW_FROM;
    this.#counter.classList.toggle("over", left < 0);
    const words = left < 0 ? this.#said.over : this.#said.left;
    const number = new Intl.NumberFormat(document.documentElement.lang).format(Math.abs(left));
    this.#counter.textContent = this.#counter.hidden ? "" : words.replace("{count}", number);
  }

  // The style sheet does this where the browser knows field-sizing
  #fit() {
    if (CSS.supports("field-sizing", "content")) return;
    this.#area.style.height = "auto";
    this.#area.style.height = `${this.#area.scrollHeight}px`;
  }
}

// Whether this key sends. Enter that ends a word being composed never does (229 is what some browsers
// call it), nor does Enter on a phone, which has no other way to a new line.
export function sends(event) {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return false;
  return !matchMedia("(pointer: coarse)").matches;
}

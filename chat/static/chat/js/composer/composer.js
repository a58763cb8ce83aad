// The message box: its draft, its buttons, and when it sends.

import { all, focusUnlessTouched, one } from "../core/dom.js";
import { toast } from "../core/toast.js";
import { askedIn } from "./choosing.js";
import { Drafts } from "./drafts.js";
import { LimitedText, sends } from "./limited_text.js";

export class Composer {
  #form = one("#composer");
  #text = one("#text");
  #words = new LimitedText(this.#text, one("#counter"));
  #send = one("#send");
  #stop = one("#stop");
  #error = one("#composer-error");
  #events;
  #thread;
  #keeper;
  #choosing;
  #drafts;
  // Whose draft is in the box: a conversation, or the project that a new chat will be in, null for any other new chat
  #draftOf = null;
  #running = false;
  #allowed;
  #choosers = null;
  #loading = null;
  #sendLater = false;

  // Tells of "page:submit" with a text, and of "page:stop".
  constructor({ events, thread, keeper, choosing }) {
    this.#events = events;
    this.#thread = thread;
    this.#keeper = keeper;
    this.#choosing = choosing;
    this.#drafts = new Drafts({ thread });
    this.#allowed = !this.#text.disabled;
    this.#listen();
    events.on("page:open", () => this.#showAccountStatus(true, ""));
    events.on("page:changed", (running) => this.#follow(Boolean(running)));
    events.on("page:settled", (conversation) => this.#moveTo(conversation));
    events.on("page:left", () => this.#openDraft());
    events.on("standing", ({ may_send: maySend, text }) => this.#showAccountStatus(maySend, text));
    this.#draftOf = thread.conversation || thread.project;
    this.#text.value = this.#recalled() ?? this.#text.value;
    this.#changed();
    this.#inherit();
    if (!location.hash) focusUnlessTouched(this.#text);
  }

  #listen() {
    this.#form.addEventListener("submit", (event) => this.#submit(event));
    this.#stop.addEventListener("click", () => this.#askToStop());
    this.#text.addEventListener("keydown", (event) => this.#key(event));
    this.#text.addEventListener("input", () => {
      this.#changed();
      this.#offer();
    });
    one(".box", this.#form).addEventListener("click", (event) => event.target.matches(".box") && this.#text.focus());
  }

  // The new chat has its conversation now: what is in its box is that one's draft.
  #moveTo(conversation) {
    this.#drafts.keep(this.#draftOf, "");
    this.#draftOf = conversation;
    this.#changed();
  }

  // Shows what was being written in another conversation in place of this one's; it sends nothing that was meant for it.
  #openDraft() {
    this.#sendLater = false;
    this.#draftOf = this.#thread.conversation || this.#thread.project;
    this.place(this.#recalled() ?? "");
    this.#inherit();
  }

  // What a tab that is closed has left comes into a box in which nothing is.
  async #inherit() {
    const { view } = this.#thread;
    const left = await this.#drafts.left(this.#draftOf);
    if (!left || view !== this.#thread.view || !this.blank) return;
    this.place(left.text);
    this.#drafts.forget(left);
  }

  get blank() {
    return this.#words.blank;
  }

  put(text) {
    this.append(text);
    this.focus();
  }

  // A first message that the page offers, to be gone over and sent; it takes the place of another one.
  start(text) {
    const offered = all(".starter").map((starter) => starter.textContent.trim());
    if (offered.includes(this.#text.value)) this.place("");
    this.put(text.trim());
    this.#text.setSelectionRange(this.#text.value.length, this.#text.value.length);
  }

  // Words that come back to the box, with a sentence that says so; the focus stays where it is.
  append(text, sentence = "") {
    this.place(this.#words.blank ? text : `${this.#text.value}\n\n${text}`);
    if (sentence) toast(sentence);
  }

  // The same with words that were written before what is in the box.
  prepend(text, sentence) {
    this.place(this.#words.blank ? text : `${text}\n\n${this.#text.value}`);
    toast(sentence);
  }

  // What was being written in a conversation, which keeps it no longer.
  takeDraft(conversation) {
    return this.#drafts.take(conversation);
  }

  // Words for a new chat: into its box if that is in view, else into its draft.
  keepForNew(text) {
    if (!text) return;
    if (!this.#draftOf) this.append(text);
    else this.#drafts.keep(null, [this.#drafts.of(null), text].filter(Boolean).join("\n\n"));
  }

  focus() {
    this.#text.focus();
  }

  // The focus comes here, or to the transcript.
  takeFocus() {
    if (!focusUnlessTouched(this.#text)) focusTranscript();
  }

  // What follows is read: on a phone the keyboard makes way for it.
  #rest() {
    if (!focusUnlessTouched(this.#text)) this.#text.blur();
  }

  #follow(isRunning) {
    if (isRunning === this.#running) return;
    this.#running = isRunning;
    const held = [this.#send, this.#stop].includes(document.activeElement);
    this.#stop.hidden = !isRunning;
    this.#stop.disabled = false;
    this.#changed();
    if (held) this.takeFocus();
  }

  // Who may not send is offered nothing that would; the focus must not fall on what is gone.
  #showAccountStatus(maySend, text) {
    if (maySend && this.#allowed) return;
    const { activeElement: held } = document;
    this.#allowed = maySend;
    this.#text.disabled = this.#send.disabled = !maySend;
    this.#error.textContent = maySend ? "" : text;
    document.body.classList.toggle("mute", !maySend);
    if (held.disabled || !held.checkVisibility()) focusTranscript();
  }

  // A conversation that was only just made, for somebody to answer in it, goes on with the draft of the new chat.
  #recalled() {
    const own = this.#drafts.of(this.#draftOf);
    if (own !== null || !this.#thread.conversation || one("#messages .message")) return own;
    return this.#drafts.take(null);
  }

  #askToStop() {
    this.#stop.disabled = true;
    this.#rest();
    this.#events.tell("page:stop");
    setTimeout(() => (this.#stop.disabled = false), 3000);
  }

  #key(event) {
    if (!sends(event)) return;
    event.preventDefault();
    if (this.#loading) this.#sendLater = true;
    else this.#form.requestSubmit();
  }

  // A slash or an @ at the start asks for something to choose, which comes when it is first asked for.
  #offer() {
    const kind = askedIn(this.#text)?.kind;
    this.#choosers?.offer();
    if (kind && !this.#choosers?.has(kind)) this.#loading ??= this.#load(kind);
  }

  async #load(kind) {
    try {
      this.#choosers = await this.#choosing.load();
      await this.#choosers.bring(kind);
      this.#choosers.offer();
    } catch {
      // Without a connection there is nothing to offer; the next stroke asks again
    }
    this.#loading = null;
    // Enter came before it was known whether there is anything to choose
    if (this.#sendLater && !this.#choosers?.isOffering) this.#form.requestSubmit();
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
    // In a project a chat has its conversation before its first message, which stays in the box until then
    if (this.#thread.project && !this.#keeper.keeping) this.#keeper.begin();
    if (this.#keeper.keeping) {
      const { view } = this.#thread;
      this.#keeper.keeping.then((done) => done && view === this.#thread.view && this.#form.requestSubmit());
      return;
    }
    const { text } = this.#words;
    this.place("");
    this.#events.tell("page:submit", text);
    // By a key there is a keyboard that covers nothing
    if (event.submitter) this.#rest();
    else this.focus();
  }

  place(text) {
    this.#text.value = text;
    this.#changed();
  }

  // What asked for a persona goes; what was written behind it stays.
  takeOut() {
    this.place(this.#text.value.slice(this.#text.selectionStart));
    this.#text.setSelectionRange(0, 0);
  }

  #changed() {
    this.#drafts.keep(this.#draftOf, this.#words.text);
    if (this.#allowed) this.#error.textContent = "";
    this.#send.setAttribute("aria-disabled", String(this.#words.blank));
    this.#send.hidden = this.#running && this.#words.blank;
    this.#words.changed();
  }
}

const focusTranscript = () => one("#transcript").focus({ preventScroll: true });

// Voice conversation: listens, sends what was said as a message, reads the reply as it comes, and falls silent when
// somebody speaks. All of it is an ordinary conversation, which the page behind goes on to show.

import { openDialog } from "../core/dialog.js";
import { all, clone, one } from "../core/dom.js";
import { Ear } from "./ear.js";
import { Orb } from "./orb.js";
import { said } from "./parts.js";
import { speakReply } from "./speech.js";

// Milliseconds by which all of a burst is shown
const SPREAD = 200;

export class Talk {
  #voice;
  #page;
  #dialog = null;
  #view = null;
  #orb = null;
  #ear = null;
  #speech = null;
  // The reply that is read or is to be, and with which sentence it goes on
  #reply = null;
  #from = 0;
  // What was said and is on its way; whether somebody speaks, or their words are being made out
  #client = null;
  #isHeard = false;
  #isHidden = false;
  #isMuted = false;
  #isPush = false;
  #isQuiet = false;
  #captioning = 0;
  #lock = null;

  constructor(voice) {
    this.#voice = voice;
    this.#page = voice.page;
    const { events } = this.#page;
    events.on("sent", (event) => this.#sent(event));
    events.on("error", (event) => event.client_id && event.client_id === this.#client && this.#refused(event));
    for (const kind of ["page:changed", "page:grown"]) events.on(kind, () => this.#isOpenQuiet && this.#follow());
    events.on("page:ended", (status) => this.#ended(status));
    voice.tabs.onHush(() => this.#silence(false));
    document.addEventListener("visibilitychange", () => this.#view && this.#hide(document.hidden));
  }

  get isOpen() {
    return this.#view !== null;
  }

  async open(opener) {
    this.#voice.reading.stop();
    this.#voice.dictation.discard();
    const { thread, keeper } = this.#page;
    if (thread.project && !(await keeper.begin())) return;
    const told = {
      level: (level) => this.#orb?.hear(level),
      begins: () => this.#begins(),
      ends: () => this.#show("recognising"),
      words: (text, final) => this.#words(text, final),
      failed: (event) => this.#failed(event),
      away: (isAway) => this.#note(isAway ? said("keptAway") : ""),
      silent: () => this.#mute(true, said("talkSilent")),
      lost: () => this.#mute(true, said("talkLost")),
    };
    const ear = new Ear(this.#voice.socket, told, () => Boolean(this.#speech?.sounding));
    if (!(await ear.open(opener))) return;
    this.#ear = ear;
    this.#place(opener);
    this.#listen();
    this.#ear.muted = false;
    await this.#stayAwake();
  }

  // The screen does not go dark; browsers forget that of a page that was hidden
  async #stayAwake() {
    this.#lock?.release();
    const lock = await navigator.wakeLock?.request("screen").catch(() => null);
    if (this.#view) this.#lock = lock;
    else lock?.release();
  }

  #place(opener) {
    this.#view = clone("t-talk");
    this.#orb = new Orb(one(".talk-orb", this.#view), () => this.#speech?.level ?? null);
    this.#isMuted = this.#isPush = this.#isQuiet = this.#isHidden = this.#isHeard = false;
    if (!document.body.classList.contains("speaks")) this.#isQuiet = true;
    this.#view.addEventListener("click", ({ target }) => this.#press(target.closest("[data-talk]")?.dataset.talk));
    const hold = one(".talk-hold", this.#view);
    hold.addEventListener("pointerdown", () => this.#ear.press());
    for (const kind of ["pointerup", "pointercancel", "pointerleave"]) {
      hold.addEventListener(kind, () => this.#ear?.release());
    }
    this.#dialog = openDialog(this.#view, { opener, closed: () => this.#close() });
    this.#dialog.classList.add("full");
    this.#dialog.addEventListener("keydown", (event) => this.#key(event, true));
    this.#dialog.addEventListener("keyup", (event) => this.#key(event, false));
    this.#showButtons();
  }

  #close() {
    this.#silence(false);
    this.#ear?.close();
    this.#lock?.release();
    this.#orb.end();
    this.#ear = this.#orb = this.#view = this.#dialog = this.#lock = this.#client = null;
  }

  #press(what) {
    if (what === "mute") this.#mute(!this.#isMuted, "");
    if (what === "push") this.#push();
    if (what === "captions") this.#isQuiet = !this.#isQuiet;
    if (what === "captions" && this.#isQuiet) this.#silence(false);
    if (what) this.#showButtons();
    if (what) this.#show(this.#view.dataset.state);
    if (what && !this.#speech && !this.#isHeard) this.#listen();
  }

  #push() {
    this.#ear.push = this.#isPush = !this.#isPush;
    this.#isHeard = this.#ear.hears;
  }

  #showButtons() {
    const on = { mute: this.#isMuted, push: this.#isPush, captions: this.#isQuiet };
    for (const button of all("[data-talk]", this.#view)) {
      button.setAttribute("aria-pressed", String(on[button.dataset.talk]));
    }
    one(".talk-hold", this.#view).hidden = !this.#isPush;
  }

  #mute(isMuted, sentence) {
    if (!this.#ear) return;
    this.#ear.muted = this.#isMuted = isMuted;
    if (isMuted) this.#isHeard = this.#ear.hears;
    this.#note(sentence);
    this.#showButtons();
    if (this.#speech) this.#show(this.#view.dataset.state);
    else this.#listen();
  }

  // Nobody is to be listened to who does not see it
  #hide(isHidden) {
    if (!isHidden) this.#stayAwake();
    if (isHidden && !this.#isMuted) {
      this.#isHidden = true;
      this.#mute(true, said("talkHidden"));
    } else if (!isHidden && this.#isHidden) {
      this.#isHidden = false;
      this.#mute(false, said("talkBack"));
    }
  }

  // Held down, the space bar is what the button is
  #key(event, isDown) {
    const isHold = event.target.matches(".talk-hold") || !event.target.closest("button, a");
    if (!this.#isPush || !isHold || ![" ", "Enter"].includes(event.key)) return;
    event.preventDefault();
    if (event.repeat) return;
    if (isDown) this.#ear.press();
    else this.#ear.release();
  }

  #listen() {
    if (this.#isMuted) this.#show("muted");
    else this.#show(this.#isPush ? "holding" : "listening");
  }

  // At once: what they say may be no more than a cough, but nobody is to be talked over
  #begins() {
    this.#isHeard = true;
    this.#note("");
    this.#silence(true);
    this.#show("hearing");
  }

  // `isInterrupted`: the model is told how far its reply was heard.
  #silence(isInterrupted) {
    if (!this.#speech) return;
    this.#from = this.#speech.stop(isInterrupted).sentence;
    this.#speech = null;
  }

  #words(text, final) {
    if (!this.#view) return;
    if (text) one(".talk-you", this.#view).textContent = text;
    if (!final) return;
    this.#isHeard = this.#ear.hears;
    if (text) this.#say(text);
    else if (!this.#isHeard) this.#wordless();
  }

  // It was a cough, or the like
  #wordless() {
    if (this.#reply) this.#speak();
    else if (this.#client) this.#show("thinking");
    else this.#nothing();
  }

  #nothing() {
    this.#note(said("nothing"));
    this.#listen();
  }

  // Somebody may speak faster than they are answered, and go on speaking: only what they said last is answered aloud.
  #say(text) {
    const { events, thread, outbox } = this.#page;
    this.#silence(true);
    this.#reply = null;
    one(".talk-reply", this.#view).textContent = "";
    if (!this.#isHeard) this.#show("thinking");
    events.tell("page:interrupt", text);
    this.#client = outbox.of(thread.conversation).at(-1)?.client_id ?? null;
  }

  #sent({ client_id: client, reply }) {
    if (!this.#view || !client || client !== this.#client) return;
    this.#client = null;
    this.#reply = reply;
    this.#from = 0;
    if (!this.#isHeard) this.#speak();
  }

  #speak() {
    const message = this.#reply;
    this.#show("thinking");
    if (this.#isQuiet) {
      if (!this.#page.thread.running) this.#ended("complete");
      return;
    }
    this.#voice.tabs.hush();
    const isStill = () => this.#view && this.#reply === message && !this.#isHeard;
    this.#speech = speakReply(this.#voice, message, this.#from, {
      began: ({ text }) => isStill() && this.#speaks(text),
      done: () => isStill() && this.#spoken(),
      failed: (event) => isStill() && this.#failed(event),
    });
  }

  // Each sentence below those before it, which stay to be read; one that a cough broke off is there already
  #speaks(text) {
    const reply = one(".talk-reply", this.#view);
    if (reply.lastElementChild?.textContent !== text) {
      const sentence = document.createElement("span");
      sentence.textContent = text;
      reply.append(sentence);
      reply.parentElement.scrollTop = reply.parentElement.scrollHeight;
    }
    this.#show("speaking");
  }

  #spoken() {
    this.#speech = this.#reply = null;
    if (!this.#isHeard) this.#listen();
  }

  get #isOpenQuiet() {
    return this.#view && this.#isQuiet && this.#reply;
  }

  // The last letters of a burst are shown a little later (thread/spreading.js)
  #follow() {
    this.#caption();
    clearTimeout(this.#captioning);
    this.#captioning = setTimeout(() => this.#isOpenQuiet && this.#caption(), SPREAD);
  }

  // Without a voice the words themselves are the captions
  #caption() {
    const body = this.#page.thread.find(this.#reply)?.querySelector(".body");
    if (body) one(".talk-reply", this.#view).textContent = body.innerText;
  }

  #ended(status) {
    if (!this.#view || !this.#reply) return;
    const article = this.#page.thread.find(this.#reply);
    if (status === "failed") this.#note(article?.querySelector(".error")?.textContent ?? "");
    if (!this.#isQuiet) return;
    this.#caption();
    this.#spoken();
  }

  #refused({ text }) {
    this.#client = null;
    this.#failed({ text });
  }

  #failed({ text }) {
    if (!this.#view) return;
    this.#isHeard = this.#ear.hears;
    this.#speech = this.#reply = null;
    this.#note(text);
    if (!this.#isHeard) this.#listen();
  }

  #note(text) {
    if (this.#view) one(".talk-note", this.#view).textContent = text;
  }

  // Who is not listened to is not told to talk
  #show(state) {
    if (!this.#view) return;
    this.#view.dataset.state = state;
    this.#orb.show(state);
    const line = one(".talk-state", this.#view);
    const isDeaf = state === "speaking" && (this.#isMuted || this.#isPush);
    const text = line.dataset[isDeaf ? "speakingOn" : state];
    if (line.textContent !== text) line.textContent = text;
  }
}

// Dictation: from the press of the button until the words are in the message box.

import { clone, one } from "../core/dom.js";
import { toast } from "../core/toast.js";
import { BrowserRecognition, agrees } from "./browser_recognition.js";
import { EndOfSpeech } from "./end_of_speech.js";
import { Insertion } from "./insertion.js";
import { languageOf } from "./language.js";
import { Meter } from "./meter.js";
import { nameButton, said, settings } from "./parts.js";
import { Pieces } from "./pieces.js";
import { Recorder, levelOf } from "./recorder.js";

// Seconds: the longest dictation (the server takes ten minutes of sound, and a timer may be late), when its end is
// told, and silence after which it ends
const LONGEST = 598;
const NEARLY = 540;
const SILENCE = 60;
// Milliseconds that what went wrong stays, as it may offer to try again
const LONG = 15000;

export class Dictation {
  #page;
  #socket;
  #form = one("#composer");
  #area = one("#text");
  #button = one("#dictate");
  // "" is none; opening, recording, recognising
  #state = "";
  #bar = null;
  #meter = null;
  #recorder = null;
  // What makes words of it: pieces that the server recognises, or the browser's recognition
  #recognition = null;
  #insertion = null;
  #ends = null;
  #began = 0;
  #heardAt = 0;
  #heard = false;
  // Send was pressed: what is being said goes out with what is in the box
  #sends = false;
  // Told when it is over, by whom waits for that
  #over = null;
  #timer = 0;

  constructor({ page, socket }) {
    this.#page = page;
    this.#socket = socket;
    document.addEventListener("keydown", (event) => this.#key(event), { capture: true });
    this.#form.addEventListener("submit", (event) => this.#submit(event), { capture: true });
    document.addEventListener("visibilitychange", () => document.hidden && this.#recording && this.stop("hidden"));
    page.clicks.on("discard-dictation", () => this.discard());
    page.events.on("page:leaving", (ends) => this.#state && ends.push(this.#ended()));
    page.events.on("page:left", () => this.#state && this.discard());
  }

  get #recording() {
    return this.#state === "opening" || this.#state === "recording";
  }

  // Begins, or ends what is under way.
  async toggle() {
    if (this.#recording) this.stop();
    else if (!this.#state) await this.#start();
  }

  async #start() {
    const isBrowser = document.body.dataset.voiceRecognition === "browser";
    const language = languageOf(isBrowser);
    if (isBrowser && !(await agrees(language, this.#button))) return;
    this.#show("opening");
    const bar = this.#bar;
    const isOver = () => this.#bar !== bar;
    this.#ends = new EndOfSpeech();
    this.#heard = false;
    const told = {
      words: (text, final) => this.#words(text, final),
      settled: (text) => this.#insertion.settle(text),
      failed: (event) => this.#failed(event),
      away: (isAway) => this.#note(isAway ? "keptAway" : ""),
    };
    try {
      const recorder = await this.#open(isBrowser);
      if (isOver()) recorder?.close();
      if (isOver()) return;
      this.#recorder = recorder;
      this.#recognition = isBrowser
        ? new BrowserRecognition(language, told)
        : new Pieces(this.#socket, language, told);
      this.#begin();
    } catch (problem) {
      if (isOver()) return;
      this.#end();
      toast(problem.message, { time: LONG });
    }
  }

  // Phones give their microphone to one listener only
  #open(isBrowser) {
    if (isBrowser && matchMedia("(pointer: coarse)").matches) return null;
    return Recorder.open({ frame: (frame) => this.#hear(frame), lost: () => this.stop("lost") });
  }

  #begin() {
    this.#insertion = new Insertion(this.#area);
    this.#began = this.#heardAt = performance.now();
    this.#timer = setInterval(() => this.#tick(), 250);
    this.#show("recording");
    this.#page.status.say(said("listening"));
  }

  #hear(frame) {
    const level = levelOf(frame);
    this.#meter?.hear(level);
    if (this.#state !== "recording") return;
    this.#ends.hear(level);
    if (this.#ends.speaking) {
      this.#heard = true;
      this.#heardAt = performance.now();
    }
    if (this.#recognition instanceof Pieces) this.#recognition.add(frame, this.#ends.loud);
  }

  #tick() {
    const now = performance.now();
    const seconds = Math.floor((now - this.#began) / 1000);
    one(".dictation-time", this.#bar).textContent = clock(seconds);
    if (seconds >= LONGEST) this.stop("tooLong");
    else if (this.#recorder && now - this.#heardAt > SILENCE * 1000) this.#silent();
    else if (seconds === NEARLY) this.#note("minuteLeft");
  }

  #silent() {
    if (this.#heard) {
      this.stop("silent");
      return;
    }
    this.discard();
    toast(said("silence"), { time: LONG });
  }

  // Another conversation is about to come into view: what was said is still for the box of this one.
  #ended() {
    if (this.#recording) this.stop();
    return this.#state ? new Promise((resolve) => (this.#over = resolve)) : null;
  }

  // Makes words of what was said; `why` names the sentence that tells why it ends by itself.
  stop(why = "") {
    if (why) toast(said(why), { time: LONG });
    if (this.#state !== "recording") {
      this.discard();
      return;
    }
    this.#silence();
    this.#show("recognising");
    this.#recognition.finish();
  }

  discard() {
    this.#recognition?.discard();
    this.#insertion?.discard();
    this.#insertion = null;
    this.#end();
  }

  #words(text, final) {
    this.#heardAt = performance.now();
    if (!final) {
      if (text) this.#insertion.write(text);
      return;
    }
    this.#insertion.settle(text);
    const isOurs = this.#insertion.hasWords;
    const sends = this.#sends || (isOurs && settings().sendAtOnce);
    this.#end();
    if (!isOurs) toast(said("nothing"));
    if (sends) this.#form.requestSubmit();
    else if (isOurs) this.#inserted();
  }

  // Send while it listens ends it first: otherwise the message would go without what was just said.
  #submit(event) {
    if (this.#state === "opening") this.discard();
    if (!this.#state) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.#sends = true;
    if (this.#recording) this.stop();
  }

  // To be edited; on a phone focus would open its keyboard
  #inserted() {
    this.#page.status.say(said("inserted"));
    if (matchMedia("(pointer: fine)").matches) this.#area.focus();
  }

  // What was recorded is still here
  #failed({ text }) {
    const recognition = this.#recognition;
    const insertion = this.#insertion;
    this.#silence();
    this.#end();
    const isKept = recognition instanceof Pieces;
    const again = { label: said("again"), run: () => this.#again(recognition, insertion), time: LONG };
    toast(text, isKept ? again : { time: LONG });
  }

  #again(recognition, insertion) {
    if (this.#state) return;
    this.#recognition = recognition;
    this.#insertion = insertion;
    this.#show("recognising");
    recognition.again();
  }

  #silence() {
    clearInterval(this.#timer);
    this.#recorder?.close();
    this.#recorder = null;
  }

  #end() {
    this.#silence();
    const isHeld = this.#bar?.contains(document.activeElement);
    this.#insertion?.close();
    this.#recognition = this.#insertion = this.#meter = null;
    // The composer says anew whether there is anything to send
    if (this.#bar) this.#area.dispatchEvent(new InputEvent("input", { bubbles: true }));
    this.#bar?.remove();
    this.#bar = null;
    this.#sends = false;
    this.#show("");
    this.#over?.();
    this.#over = null;
    if (isHeld) this.#button.focus();
  }

  #show(state) {
    this.#state = state;
    // A tick: pressing it keeps what was said
    if (this.#recording) nameButton(this.#button, said("stopDictation"), "check");
    else nameButton(this.#button, said("dictate"), "microphone");
    this.#button.dataset.recording = this.#recording;
    this.#button.setAttribute("aria-disabled", String(state === "recognising"));
    if (state) one("#send").setAttribute("aria-disabled", "false");
    if (state && !this.#bar) this.#place();
    if (this.#bar) this.#bar.dataset.state = state;
    if (state === "recognising") this.#note("");
  }

  #place() {
    this.#bar = clone("t-dictation");
    one(".box-buttons", this.#form).before(this.#bar);
    this.#meter = new Meter(one(".meter", this.#bar));
  }

  // A sentence goes above the box; that words are being made out is said in the place of the meter
  #note(sentence) {
    if (!this.#bar) return;
    const name = sentence || (this.#state === "recognising" ? "recognising" : "");
    this.#bar.toggleAttribute("data-note", Boolean(sentence));
    one(".dictation-note", this.#bar).textContent = name && said(name);
  }

  // Everywhere on the page, as the hands may be off it: Escape throws away, Enter ends
  #key(event) {
    if (!this.#state || event.isComposing || document.querySelector("dialog[open]")) return;
    const isPlain = !event.shiftKey && !event.ctrlKey && !event.metaKey && !event.altKey;
    const elsewhere = event.target.closest("button, a, select, summary") && event.target !== this.#button;
    if (event.key === "Escape") this.discard();
    else if (event.key === "Enter" && isPlain && !elsewhere && this.#recording) this.stop();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

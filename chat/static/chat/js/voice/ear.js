// Listens for a conversation: what is said comes as clips, each from a little before somebody begins to speak until
// they have ended; or from press to release, where that is wished.

import { BrowserRecognition, agrees } from "./browser_recognition.js";
import { Clip } from "./clip.js";
import { EndOfSpeech } from "./end_of_speech.js";
import { languageOf } from "./language.js";
import { FRAME_MS, Recorder, levelOf } from "./recorder.js";

// Frames kept from before it is noticed that somebody speaks: 300 ms, and the 120 ms that noticing takes
const BEFORE = 21;
// Milliseconds: of silence after which nobody seems to be there, and of one clip at most
const SILENCE = 60000;
const LONGEST = 120000;
// Milliseconds without another word after which somebody has ended, where only the browser listens
const PAUSE = 1200;

export class Ear {
  #socket;
  #told;
  #isSounding;
  #isBrowser = document.body.dataset.voiceRecognition === "browser";
  #recorder = null;
  #ends = new EndOfSpeech();
  #before = [];
  // What makes words of what is being said
  #recognition = null;
  // What was said and has no words yet, oldest first: which is settled by a function that tells them
  #utterances = [];
  #isMuted = false;
  #isPush = false;
  #silence = 0;
  #timer = 0;

  // Tells of `level(level)`, `begins()`, `ends()`, `words(text, final)`, `failed(event)`, `away(isAway)`, `silent()`
  // and `lost()`. `isSounding()` is whether the page speaks.
  constructor(socket, told, isSounding) {
    this.#socket = socket;
    this.#told = told;
    this.#isSounding = isSounding;
  }

  // Gives whether it listens now: the person may not want the browser's recognition. Throws what Recorder throws.
  async open(opener) {
    if (this.#isBrowser && !(await agrees(languageOf(true), opener))) return false;
    // Phones give their microphone to one listener only
    if (this.#isBrowser && matchMedia("(pointer: coarse)").matches) return true;
    const [frame, lost] = [(samples) => this.#hear(samples), () => this.#told.lost()];
    this.#recorder = await Recorder.open({ frame, lost });
    return true;
  }

  // Whether somebody speaks, or words that they said are being made out.
  get hears() {
    return this.#utterances.length > 0;
  }

  close() {
    this.#drop();
    this.#utterances.forEach(({ recognition }) => recognition.discard());
    this.#utterances = [];
    this.#recorder?.close();
    this.#recorder = null;
  }

  set muted(isMuted) {
    this.#isMuted = isMuted;
    this.#silence = 0;
    if (isMuted) this.#drop();
    else if (this.#isBrowser && !this.#recorder && !this.#isPush) this.#begin();
  }

  // Whether only what is said between `press` and `release` counts.
  set push(isPush) {
    this.#isPush = isPush;
    this.#drop();
  }

  press() {
    if (!this.#isMuted && !this.#recognition) this.#begin();
  }

  release() {
    if (this.#isPush) this.#finish();
  }

  #hear(frame) {
    const level = levelOf(frame);
    this.#told.level(this.#isMuted ? 0 : level);
    this.#before = [...this.#before, frame].slice(-BEFORE);
    if (this.#isMuted) return;
    const what = this.#isPush ? "" : this.#ends.hear(level, this.#isSounding());
    if (what === "begin" && !this.#recognition) this.#begin();
    else if (this.#recognition) this.#add(frame, what);
    else this.#wait();
  }

  #add(frame, what) {
    if (this.#recognition instanceof Clip) this.#recognition.add(frame);
    const isLong = this.#recognition.seconds * 1000 >= LONGEST;
    if (what === "end" || isLong) this.#finish();
  }

  #wait() {
    this.#silence = this.#isSounding() || this.#isPush ? 0 : this.#silence + FRAME_MS;
    if (this.#silence < SILENCE) return;
    this.#silence = 0;
    this.#told.silent();
  }

  #begin() {
    this.#silence = 0;
    const utterance = { recognition: null, tell: null };
    this.#utterances.push(utterance);
    const told = {
      words: (text, final) => this.#words(utterance, text, final),
      failed: (event) => this.#settle(utterance, () => this.#told.failed(event)),
    };
    this.#recognition = utterance.recognition = this.#isBrowser ? this.#browser(told) : this.#clip(told);
    if (this.#recorder || this.#isPush) this.#told.begins();
  }

  #words(utterance, text, final) {
    if (final) this.#settle(utterance, () => this.#told.words(text, true));
    else this.#told.words(text, false);
  }

  // What was said first is told first, though what came after it may be made out sooner.
  #settle(utterance, tell) {
    utterance.tell = tell;
    while (this.#utterances[0]?.tell) this.#utterances.shift().tell();
  }

  #clip(told) {
    const clip = new Clip(this.#socket, languageOf(false), { ...told, away: this.#told.away });
    this.#before.forEach((frame) => clip.add(frame));
    return clip;
  }

  // Without a recorder it is its words by which one hears that somebody speaks
  #browser(told) {
    const recognition = new BrowserRecognition(languageOf(true), {
      failed: told.failed,
      words: (text, final) => {
        if (!this.#recorder && text && !final) this.#paced(recognition);
        if (final) clearTimeout(this.#timer);
        told.words(text, final);
        if (final && !this.#recorder && !this.#isPush && !this.#isMuted) this.#begin();
      },
    });
    return recognition;
  }

  #paced(recognition) {
    if (!this.#timer) this.#told.begins();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = 0;
      if (this.#recognition === recognition) this.#finish();
    }, PAUSE);
  }

  #finish() {
    if (!this.#recognition) return;
    // What failed while it was being said has been told of, and gets no words any more
    const isAwaited = this.#utterances.some(({ recognition }) => recognition === this.#recognition);
    this.#recognition.finish();
    this.#recognition = null;
    this.#ends.forget();
    if (isAwaited) this.#told.ends();
  }

  #drop() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#recognition?.discard();
    this.#utterances = this.#utterances.filter(({ recognition }) => recognition !== this.#recognition);
    this.#recognition = null;
    this.#ends.forget();
  }
}

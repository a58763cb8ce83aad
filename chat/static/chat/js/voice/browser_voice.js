// The browser's own voices. They speak what the site has no voice for: the server then sends sentences without sound.

import { base } from "./language.js";
import { settings } from "./parts.js";

// In front of the names of the browser's voices among those of the site
export const OWN = "browser:";

// The browser's voices for a language, those of this machine first.
export function voicesFor(language) {
  const all = window.speechSynthesis?.getVoices() ?? [];
  const fit = all.filter(({ lang }) => base(lang) === base(language));
  return fit.sort((one, other) => Number(other.localService) - Number(one.localService));
}

// Whether it speaks a language without sending the text elsewhere.
export const speaksAtHome = (language) => voicesFor(language).some(({ localService }) => localService);

// Speaks sentences one after the other. Tells what the Player tells, and `told.cannot(number)` of a sentence for
// whose language it has no voice.
export class BrowserPlayer {
  #told;
  #sentences = [];
  #isWhole = false;
  #isPaused = false;
  // What is being spoken; what an earlier one tells is no news
  #now = null;
  #timer = 0;

  constructor(told) {
    this.#told = told;
  }

  get sounding() {
    return this.#now !== null && window.speechSynthesis.speaking;
  }

  // Some browsers cannot go on within a sentence, so it begins anew
  pause() {
    this.#isPaused = true;
    this.#hush();
  }

  resume() {
    this.#isPaused = false;
    this.#next();
  }

  begin({ number, text, language, pause }) {
    this.#sentences.push({ number, text, language, pause });
    this.#next();
  }

  add() {}

  end() {}

  finish() {
    this.#isWhole = true;
    this.#next();
  }

  forget(from) {
    this.#sentences = this.#sentences.filter(({ number }) => number < from);
  }

  // Passes over one that it cannot speak.
  skip(number) {
    this.#ended(number, 0);
  }

  stop() {
    this.#hush();
    const heard = { sentence: this.#sentences[0]?.number ?? 0, share: 0 };
    this.#sentences = [];
    return heard;
  }

  #hush() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#now = null;
    window.speechSynthesis.cancel();
  }

  #next() {
    if (this.#now || this.#timer || this.#isPaused) return;
    const [sentence] = this.#sentences;
    if (sentence) this.#speak(sentence);
    else if (this.#isWhole) this.#told.done();
  }

  #speak({ number, text, language, pause }) {
    const known = voicesFor(language);
    if (!known.length) {
      this.#told.cannot(number);
      return;
    }
    const utterance = new SpeechSynthesisUtterance(text);
    const { speed, voices } = settings();
    const isWanted = ({ voiceURI }) => OWN + voiceURI === voices[base(language)];
    Object.assign(utterance, { lang: language, rate: speed, voice: known.find(isWanted) ?? known[0] });
    this.#now = utterance;
    const isNow = () => utterance === this.#now;
    utterance.onstart = () => isNow() && this.#told.began(number);
    for (const end of ["onend", "onerror"]) utterance[end] = () => isNow() && this.#ended(number, pause);
    window.speechSynthesis.speak(utterance);
  }

  #ended(number, pause) {
    this.#now = null;
    this.#sentences.shift();
    this.#told.ended(number);
    this.#timer = setTimeout(() => {
      this.#timer = 0;
      this.#next();
    }, pause);
  }
}

// The browser's own voices. They speak what the site has no voice for: the server then sends sentences without sound.

import { base } from "./language.js";
import { settings } from "./parts.js";

// In front of the names of the browser's voices among those of the site
export const OWN = "browser:";

// Seconds of speech at once: after 15 Chrome's voices of a server fall silent for good, and never say that they have ended
// (https://issues.chromium.org/issues/40747712)
const LONGEST = 10;
// Characters that are said in a second, of writings with and without spaces
const PACE = { word: 13, sign: 4 };
const SIGNS = "\\u0e00-\\u0e7f\\u3040-\\u30ff\\u3400-\\u9fff\\uac00-\\ud7af";
const PIECES = new RegExp(`[${SIGNS}]|[^\\s${SIGNS}]+\\s*|\\s+`, "g");
const SIGN = new RegExp(`^[${SIGNS}]`);
const ENDS = /[,;:.!?\u3001\uff0c\uff1b\uff1a]\s*$/;
// Milliseconds between two looks at whether one that has not said so has ended, as happens
const LOOK = 1000;
// What is told of one that was ended by somebody
const STOPPED = ["interrupted", "canceled"];

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
  // Nobody but the browser knows
  level = null;
  #told;
  #sentences = [];
  #isWhole = false;
  #isPaused = false;
  // What is being spoken; what an earlier one tells is no news
  #now = null;
  #timer = 0;
  #watch = 0;

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
    clearInterval(this.#watch);
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
    const { speed, voices } = settings();
    const isWanted = ({ voiceURI }) => OWN + voiceURI === voices[base(language)];
    const voice = known.find(isWanted) ?? known[0];
    const parts = voice.localService ? [text] : partsOf(text, LONGEST * speed);
    this.#say(parts, { lang: language, rate: speed, voice }, { number, pause, isFirst: true });
  }

  #say([text, ...rest], manner, { number, pause, isFirst }) {
    const utterance = Object.assign(new SpeechSynthesisUtterance(text), manner);
    this.#now = utterance;
    const told = (act) => (event) => utterance === this.#now && act(event);
    const ended = told(() => {
      clearInterval(this.#watch);
      if (rest.length) this.#say(rest, manner, { number, pause, isFirst: false });
      else this.#ended(number, pause);
    });
    utterance.onstart = told(() => isFirst && this.#told.began(number));
    utterance.onend = ended;
    utterance.onerror = told(({ error }) => (STOPPED.includes(error) ? ended() : this.#fail(number)));
    window.speechSynthesis.speak(utterance);
    let looks = 0;
    clearInterval(this.#watch);
    this.#watch = setInterval(() => {
      const { speaking, pending } = window.speechSynthesis;
      looks = speaking || pending ? 0 : looks + 1;
      if (looks > 1) ended();
    }, LOOK);
  }

  #fail(number) {
    clearInterval(this.#watch);
    this.#told.cannot(number);
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

// A text in parts that take about so many seconds at most, cut where one may draw breath.
function partsOf(text, most) {
  const parts = [""];
  let seconds = 0;
  for (const piece of text.match(PIECES) ?? [text]) {
    const takes = SIGN.test(piece) ? 1 / PACE.sign : piece.length / PACE.word;
    const isEnough = seconds + takes > most || (seconds > most / 2 && ENDS.test(parts.at(-1)));
    if (isEnough && parts.at(-1)) parts.push("");
    seconds = isEnough ? takes : seconds + takes;
    parts[parts.length - 1] += piece;
  }
  return parts;
}

// The browser's own speech recognition, where the site has no service for it. It has a microphone of its own.

import { openDialog, outOfHistory } from "../core/dialog.js";
import { clone, one } from "../core/dom.js";
import { store, stored } from "../core/storage.js";
import { said } from "./parts.js";

const Recognition = window.SpeechRecognition ?? window.webkitSpeechRecognition;
const WHY = {
  "not-allowed": "refused",
  "service-not-allowed": "recognitionForbidden",
  "audio-capture": "noMicrophone",
  network: "recognitionAway",
  "language-not-supported": "recognitionLanguage",
};
const KNOWN = "voice-notice";
// Milliseconds: within which one that ends had no time to listen, and how often that may be; and after which one that was
// stopped says no more, though it may not have said so
const AT_ONCE = 500;
const OFTEN = 3;
const PATIENCE = 5000;

// Words may go to the maker of the browser: said before the first use. Gives whether the person agrees.
export async function agrees(language, opener) {
  if (stored(KNOWN) || (await isLocal(language))) return true;
  return new Promise((resolve) => {
    const notice = clone("t-voice-notice");
    let agreed = false;
    // Another dialog before its entry of the history has gone would be taken for it
    const left = () => outOfHistory().then(() => resolve(agreed));
    const dialog = openDialog(notice, { opener, closed: left });
    notice.addEventListener("submit", (event) => {
      event.preventDefault();
      agreed = store(KNOWN, "1") || true;
      dialog.close();
    });
    one("[type=submit]", notice).focus();
  });
}

async function isLocal(language) {
  try {
    return (await Recognition.available({ langs: [language], processLocally: true })) === "available";
  } catch {
    return false;
  }
}

export class BrowserRecognition {
  #recognition = new Recognition();
  #told;
  #before = "";
  #now = "";
  #over = false;
  // Nothing is told any more: it failed, or has said its last words
  #isDone = false;
  #began = 0;
  #short = 0;
  #timer = 0;

  // `told.words(text, final)` is called with all words so far, `told.failed({ text })` with a sentence.
  constructor(language, told) {
    this.#told = told;
    this.#recognition.lang = language;
    this.#recognition.continuous = this.#recognition.interimResults = true;
    this.#recognition.addEventListener("result", ({ results }) => this.#hear(results));
    this.#recognition.addEventListener("error", ({ error }) => this.#fail(error));
    this.#recognition.addEventListener("end", () => this.#ended());
    isLocal(language).then((local) => this.#start(local));
  }

  finish() {
    this.#over = true;
    if (!this.#began) {
      this.#ended();
      return;
    }
    this.#recognition.stop();
    this.#timer = setTimeout(() => this.#ended(), PATIENCE);
  }

  discard() {
    this.#isDone = this.#over = true;
    this.#recognition.abort();
  }

  #start(local) {
    if (this.#over) return;
    if (local) this.#recognition.processLocally = true;
    this.#begin();
  }

  #begin() {
    this.#began = performance.now();
    try {
      this.#recognition.start();
    } catch {
      this.#fail("");
    }
  }

  #hear(results) {
    if (this.#isDone) return;
    this.#now = joined([...results].map(([{ transcript }]) => transcript));
    this.#told.words(this.#text, false);
  }

  get #text() {
    return `${this.#before} ${this.#now}`.trim();
  }

  #fail(error) {
    if (error === "no-speech" || error === "aborted" || this.#isDone) return;
    this.#over = this.#isDone = true;
    this.#told.failed({ text: said(WHY[error] ?? "noRecording") });
  }

  // Browsers end it in every longer silence; one that never listens would be begun for ever
  #ended() {
    clearTimeout(this.#timer);
    if (this.#isDone) return;
    this.#before = this.#text;
    this.#now = "";
    if (this.#over) {
      this.#isDone = true;
      this.#told.words(this.#before, true);
      return;
    }
    this.#short = performance.now() - this.#began < AT_ONCE ? this.#short + 1 : 0;
    if (this.#short >= OFTEN) this.#fail("network");
    else this.#begin();
  }
}

// Chrome on Android tells the words so far as one result after the other, each as if it were the next one:
// https://github.com/facebook/lexical/pull/8759
function joined(results) {
  if (!/Android/.test(navigator.userAgent)) return results.join("");
  const parts = [];
  for (const text of results.map((result) => result.trim()).filter(Boolean)) {
    if (text.toLowerCase().startsWith((parts.at(-1) ?? "\0").toLowerCase())) parts.pop();
    parts.push(text);
  }
  return parts.join(" ");
}

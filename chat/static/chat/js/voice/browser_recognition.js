// The browser's own speech recognition, where the site has no service for it. It has a microphone of its own.

import { openDialog } from "../core/dialog.js";
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

// Words may go to the maker of the browser: said before the first use. Gives whether the person agrees.
export async function agrees(language, opener) {
  if (stored(KNOWN) || (await isLocal(language))) return true;
  return new Promise((resolve) => {
    const notice = clone("t-voice-notice");
    let agreed = false;
    const dialog = openDialog(notice, { opener, closed: () => left(() => resolve(agreed)) });
    notice.addEventListener("submit", (event) => {
      event.preventDefault();
      agreed = store(KNOWN, "1") || true;
      dialog.close();
    });
    one("[type=submit]", notice).focus();
  });
}

// Its entry of the history goes a little later; another dialog before that would be taken for it.
function left(act) {
  if (history.state?.over) addEventListener("popstate", act, { once: true });
  else act();
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
  #failed = false;

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
    this.#recognition.stop();
  }

  discard() {
    this.#told = { words() {}, failed() {} };
    this.#over = true;
    this.#recognition.abort();
  }

  #start(local) {
    if (this.#over) return;
    if (local) this.#recognition.processLocally = true;
    this.#recognition.start();
  }

  #hear(results) {
    this.#now = [...results].map(([{ transcript }]) => transcript).join("");
    this.#told.words(this.#text, false);
  }

  get #text() {
    return `${this.#before} ${this.#now}`.trim();
  }

  #fail(error) {
    if (error === "no-speech" || error === "aborted") return;
    this.#over = this.#failed = true;
    this.#told.failed({ text: said(WHY[error] ?? "noRecording") });
  }

  // Browsers end it in every longer silence
  #ended() {
    this.#before = this.#text;
    this.#now = "";
    if (!this.#over) this.#recognition.start();
    else if (!this.#failed) this.#told.words(this.#before, true);
  }
}

// Voice before anybody has used it: which of its buttons can work here, and how the rest comes when one is pressed.

import { all, one, word } from "../core/dom.js";
import { later } from "../core/later.js";
import { toast } from "../core/toast.js";

const given = document.body.dataset;

export function register(page) {
  const { clicks, shortcuts, events } = page;
  const voice = new Voice(page);
  voice.showWhatWorks();
  for (const kind of ["pointerenter", "focus", "pointerdown"]) {
    all("#dictate, #talk").forEach((button) => button.addEventListener(kind, () => voice.preload()));
  }
  const dictate = (button) => voice.listen((it) => it.dictate(button), given.voiceEvery);
  clicks.on("dictate", dictate);
  clicks.on("talk", (button) => voice.listen((it) => it.talk(button), true));
  clicks.on("read", (button, article) => voice.speak((it) => it.read(article)));
  const isOurs = (form) => form.matches(".voice-settings");
  events.on("page:preferences", (form) => isOurs(form) && voice.use((it) => it.fillSettings(form)));
  events.on("page:preferences-saved", (form, answer) => isOurs(form) && voice.use((it) => it.keepSettings(answer)));
  if (one("#dictate")) {
    shortcuts.on("dictate", () => one("#dictate").checkVisibility() && void dictate(one("#dictate")));
  }
  events.on("page:submit", () => {
    const before = page.thread.running;
    if (given.voiceEvery) voice.speak((it) => it.readNext(before));
  });
}

class Voice {
  #page;
  #load;

  constructor(page) {
    this.#page = page;
    this.#load = later(given.voiceScript, page);
  }

  // The browser's own voices may come late
  showWhatWorks() {
    const speaks = () => given.voiceSpeaking && (given.voiceSpeaking !== "browser" || hasVoices());
    const show = () => document.body.classList.toggle("speaks", Boolean(speaks()));
    show();
    if (given.voiceSpeaking === "browser") window.speechSynthesis?.addEventListener("voiceschanged", show);
    const listens = given.voiceRecognition !== "browser" || window.SpeechRecognition || window.webkitSpeechRecognition;
    if (!listens) ["#dictate", "#talk"].forEach((id) => one(id)?.remove());
  }

  // What goes wrong is said after the press
  async preload() {
    if (!isSecureContext) return;
    await this.#load()
      .then((it) => given.voiceRecognition === "service" && it.prepare())
      .catch(() => {});
  }

  // Browsers give a microphone only to pages that came encrypted, or from this machine. `isAnswered`: by voice.
  listen(act, isAnswered = false) {
    if (!isSecureContext) toast(word("Insecure").replace("{address}", location.host), { time: 15000 });
    else if (isAnswered) this.speak(act);
    else this.use(act);
  }

  // A page may sound from a press on, in some browsers only if it begins within it.
  speak(act) {
    this.#page.audio ??= new AudioContext();
    this.#page.audio.resume();
    return this.use(act);
  }

  async use(act) {
    try {
      await act(await this.#load());
    } catch (problem) {
      toast(problem.message);
    }
  }
}

const hasVoices = () => Boolean(window.speechSynthesis?.getVoices().length);

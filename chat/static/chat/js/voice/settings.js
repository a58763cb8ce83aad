// The person's voice settings: the voices that there are to choose from, and a button to hear each.

import { all, one } from "../core/dom.js";
import { fetchText } from "../core/requests.js";
import { OWN, voicesFor } from "./browser_voice.js";
import { said } from "./parts.js";
import { Speech } from "./speech.js";

// In the form, which as a dialog covers the sentences at the bottom of the page.
function tell(form, text) {
  one(".form-error", form).textContent = text;
}

export async function fillSettings(voice, form) {
  form.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-try]");
    if (button) hear(voice, form, button.dataset.try);
  });
  try {
    const { voices, text } = JSON.parse(await fetchText(said("voicesUrl")));
    all("select[data-language]", form).forEach((select) => offer(select, voices[select.dataset.language] ?? []));
    tell(form, text);
  } catch (problem) {
    tell(form, problem.message);
  }
}

// The chosen one is there already; the site's come first, then the browser's, where that may speak.
function offer(select, known) {
  const own = document.body.dataset.voiceSpeaking === "service" ? [] : voicesFor(select.dataset.language);
  const voices = [...known.map(named), ...own.map(({ voiceURI, name }) => ({ name: OWN + voiceURI, label: name }))];
  const there = [...select.options].map(({ value }) => value);
  const fresh = voices.filter(({ name }) => !there.includes(name));
  select.append(...fresh.map(({ name, label }) => new Option(label || name, name)));
  for (const option of select.options) {
    const { label } = voices.find(({ name }) => name === option.value) ?? {};
    if (label) option.text = label;
  }
}

// Where a voice's tag says more than its language, such as the region, that comes first, as the reader calls it.
function named({ name, label, language }) {
  const [tag] = language.match(/^[a-z]{2,3}-([a-z]{2}|419)$|(?<=^zh-)(cmn|yue)$/i) ?? [];
  const languages = new Intl.DisplayNames([document.documentElement.lang], {
    type: "language",
    languageDisplay: "standard",
  });
  return { name, label: [tag && languages.of(tag), label].filter(Boolean).join(", ") };
}

let trying = null;

function hear(voice, form, language) {
  const select = one(`select[data-language="${language}"]`, form);
  const speed = Number(form.elements.speed.value) || 1;
  const text = select.dataset.sample;
  const own = voicesFor(language).find(({ voiceURI }) => OWN + voiceURI === select.value);
  tell(form, "");
  trying?.stop();
  window.speechSynthesis?.cancel();
  trying = null;
  if (own || document.body.dataset.voiceSpeaking === "browser") say(text, language, speed, own);
  else trying = tryService(voice, form, { type: "try", text, language, speed, voice: siteVoice(select.value) });
}

// A voice of another browser is none here.
const siteVoice = (name) => (name.startsWith(OWN) ? "" : name);

function say(text, lang, rate, voice = null) {
  window.speechSynthesis.speak(Object.assign(new SpeechSynthesisUtterance(text), { lang, rate, voice }));
}

function tryService(voice, form, command) {
  voice.page.audio ??= new AudioContext();
  voice.page.audio.resume();
  const over = () => (trying = null);
  const failed = ({ text }) => {
    over();
    tell(form, text);
  };
  return new Speech(voice, command, { began() {}, done: over, failed });
}

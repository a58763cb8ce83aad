// What browsers bring themselves and Chromium without a window does not: one recognition, one voice. For tests.

class Recognition extends EventTarget {
  static available() {
    return Promise.resolve("unavailable");
  }

  start() {
    this.#hear("so far");
  }

  stop() {
    this.#hear("so far and on");
    this.dispatchEvent(new Event("end"));
  }

  abort() {
    this.dispatchEvent(new Event("end"));
  }

  #hear(transcript) {
    this.dispatchEvent(Object.assign(new Event("result"), { results: [[{ transcript }]] }));
  }
}

const voice = { lang: "en-US", name: "Voice", voiceURI: "voice", localService: true };
window.spoken = [];

const synthesis = Object.assign(new EventTarget(), {
  speaking: false,
  getVoices: () => [voice],
  cancel: () => {},
  speak(utterance) {
    window.spoken.push(`${utterance.lang}: ${utterance.text}`);
    setTimeout(() => utterance.onstart(), 10);
    setTimeout(() => utterance.onend(), 300);
  },
});

class Utterance {
  constructor(text) {
    this.text = text;
  }
}

for (const [name, value] of Object.entries({
  SpeechRecognition: Recognition,
  webkitSpeechRecognition: Recognition,
  speechSynthesis: synthesis,
  SpeechSynthesisUtterance: Utterance,
})) {
  Object.defineProperty(window, name, { value, configurable: true });
}

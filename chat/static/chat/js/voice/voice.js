// Voice as it is loaded with its first use: makes its parts from the page's and gives what the page's buttons do.

import { Dictation } from "./dictation.js";
import { fetchParts, keepSettings } from "./parts.js";
import { Reading } from "./reading.js";
import { prepareRecorder } from "./recorder.js";
import { fillSettings } from "./settings.js";
import { VoiceSocket } from "./socket.js";
import { OtherTabs } from "./tabs.js";
import { Talk } from "./talk.js";

// Throws what `fetchParts` throws.
export async function open(page) {
  await fetchParts();
  const voice = { page, socket: new VoiceSocket(), tabs: new OtherTabs() };
  voice.reading = new Reading(voice);
  voice.dictation = new Dictation(voice);
  voice.talk = new Talk(voice);
  return {
    prepare: prepareRecorder,
    dictate: (button) => voice.dictation.toggle(button),
    talk: (button) => voice.talk.open(button),
    read: (article) => voice.reading.press(article),
    readNext: (before) => voice.talk.isOpen || voice.reading.readNext(before),
    fillSettings: (form) => fillSettings(voice, form),
    keepSettings,
  };
}

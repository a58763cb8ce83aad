// The media keys and the lock screen, which know only what plays in a media element: one that is silent plays along.

import { said } from "./parts.js";

// A second of silence to the browser counts as no media; with ten it shows controls
const SECONDS = 10;
const RATE = 8000;

export class Controls {
  #audio = null;

  // `acts` has what `play`, `pause` and `stop` do.
  begin(acts) {
    if (!navigator.mediaSession) return;
    navigator.mediaSession.metadata = new MediaMetadata({ title: said("reading"), artist: document.title });
    for (const [name, act] of Object.entries(acts)) handle(name, act);
    this.#audio ??= new Audio(URL.createObjectURL(silence()));
    this.#audio.loop = true;
    this.play();
  }

  play() {
    if (!this.#audio) return;
    navigator.mediaSession.playbackState = "playing";
    // Not allowed before the first press: then there are no controls, and the voice sounds
    this.#audio.play().catch(() => {});
  }

  pause() {
    if (!this.#audio) return;
    navigator.mediaSession.playbackState = "paused";
    this.#audio.pause();
  }

  end() {
    if (!this.#audio) return;
    this.#audio.pause();
    navigator.mediaSession.playbackState = "none";
    for (const name of ["play", "pause", "stop"]) handle(name, null);
  }
}

// Browsers throw at a key that they do not know
function handle(name, act) {
  try {
    navigator.mediaSession.setActionHandler(name, act);
  } catch {
    // The other keys do
  }
}

// A WAV of 8-bit samples, of which 128 is the middle.
function silence() {
  const size = SECONDS * RATE;
  const bytes = new Uint8Array(44 + size).fill(128, 44);
  const view = new DataView(bytes.buffer);
  const text = (place, letters) => [...letters].forEach((letter, n) => (bytes[place + n] = letter.charCodeAt(0)));
  text(0, "RIFF");
  view.setUint32(4, 36 + size, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, RATE, true);
  view.setUint32(28, RATE, true);
  view.setUint16(32, 1, true);
  view.setUint16(34, 8, true);
  text(36, "data");
  view.setUint32(40, size, true);
  return new Blob([bytes], { type: "audio/wav" });
}

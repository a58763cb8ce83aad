// The ball of the voice conversation: it swells with the voice of whoever speaks, the person's or the reply's. What it
// does by itself, and how each state looks, is in voice.css; with reduced motion it stands still, and only looks so.

import { height } from "./meter.js";

// Parts of the way to the loudness of the moment that it goes in a frame: up at once, down as a breath goes out
const RISE = 0.45;
const FALL = 0.12;
// What cannot be seen is not drawn
const STEP = 0.01;
// Where a voice does not tell how loud it is, as the browser's own: hundredths of a second of two waves that seldom meet
const WAVES = [17, 29];

export class Orb {
  #place;
  #voice;
  #isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  #state = "";
  #heard = 0;
  #level = 0;
  #drawn = 0;
  #frame = 0;

  // `voice()` is how loud the reply sounds now, 0 to 1, or null if nobody can tell.
  constructor(place, voice) {
    this.#place = place;
    this.#voice = voice;
  }

  // What the microphone hears.
  hear(level) {
    this.#heard = level;
  }

  show(state) {
    this.#state = state;
    if (!this.#isStill) this.#frame ||= requestAnimationFrame(() => this.#move());
  }

  end() {
    cancelAnimationFrame(this.#frame);
  }

  // Without somebody who may be heard it comes to rest, and asks for no more frames
  #move() {
    const wanted = this.#wanted;
    this.#level += (wanted > this.#level ? RISE : FALL) * (wanted - this.#level);
    const rests = !this.#isLive && this.#level < STEP;
    if (rests) this.#level = 0;
    if (Math.abs(this.#level - this.#drawn) >= STEP || (rests && this.#drawn)) {
      this.#drawn = this.#level;
      this.#place.style.setProperty("--level", this.#drawn.toFixed(2));
    }
    this.#frame = rests ? 0 : requestAnimationFrame(() => this.#move());
  }

  get #isLive() {
    return ["listening", "hearing", "holding", "speaking"].includes(this.#state);
  }

  get #wanted() {
    if (this.#state === "speaking") return height(this.#voice() ?? alive());
    return this.#isLive ? height(this.#heard) : 0;
  }
}

function alive() {
  const [one, other] = WAVES.map((wave) => Math.sin(performance.now() / 10 / wave));
  return 0.06 * (1 + one * other);
}

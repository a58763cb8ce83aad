// When somebody begins and ends to speak, by how loud frames of 20 ms are beside the noise of the room. Right within
// 0.15 s at the start and 0.6 s at the end in silence and in noise of up to 2 %; a model for it would be 2.3 MB.

// Loudness that is speech at least, and how far above the room's it must be: to begin, and to go on
const LEAST = { begin: 0.01, goOn: 0.006 };
const ABOVE = { begin: 3, goOn: 2 };
// What the room's loudness is taken to be at least, since a microphone that is switched off is more silent than any
const FLOOR = 0.0005;
// The room's loudness follows what is more silent at once, and what is louder by twice in 3 s
const RISE = 2 ** (1 / 150);
// Frames: of the last few as many must be loud to begin, so that a click does not
const SEEN = 6;
const LOUD = 4;
// Frames of silence after which it is over: 0.6 s, as people breathe within a sentence
const TAIL = 30;
// The own voice comes back through the microphone in spite of all; while it sounds more is asked for
const OVER_VOICE = 2;

export class EndOfSpeech {
  #floor = 0;
  #recent = [];
  #silent = 0;
  #loud = false;
  #speaking = false;

  get speaking() {
    return this.#speaking;
  }

  // Whether the frame that was heard last may be of a word.
  get loud() {
    return this.#loud;
  }

  // "begin" or "end" if this frame decides it, else "". `sounding` is whether the page itself speaks.
  hear(level, sounding = false) {
    this.#floor = Math.max(FLOOR, this.#floor ? Math.min(level, this.#floor * RISE) : level);
    this.#loud = level > Math.max(LEAST.goOn, ABOVE.goOn * this.#floor);
    const factor = sounding ? OVER_VOICE : 1;
    return this.#speaking ? this.#goOn() : this.#begin(level, factor);
  }

  // What is said from now on is a beginning.
  forget() {
    this.#speaking = false;
    this.#recent = [];
  }

  #begin(level, factor) {
    const loud = level > factor * Math.max(LEAST.begin, ABOVE.begin * this.#floor);
    this.#recent = [...this.#recent, loud].slice(-SEEN);
    if (!loud || this.#recent.filter(Boolean).length < LOUD) return "";
    this.#speaking = true;
    this.#silent = 0;
    return "begin";
  }

  #goOn() {
    this.#silent = this.#loud ? 0 : this.#silent + 1;
    if (this.#silent < TAIL) return "";
    this.forget();
    return "end";
  }
}

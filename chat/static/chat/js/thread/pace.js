// Does something with the next frame of the page. On a slow machine only so often that half of the time is left for its
// reader's own keys and turns of the wheel: a frame costs what it costs, but there need not be one for every word. The frame
// that shows what a key did is left to it, and who types has the next one when the next key is farthest, right after that:
// a key that is pressed in the middle of one waits for all of it.

// Milliseconds of a frame, up to what the page shows of it, from which on there is a pause as long as it took; and the longest
const COSTLY = 8;
const LONGEST = 80;
// And after a key, in which the next one is expected: five a second are slow
const TYPING = 200;

let keys = 0;
let pressedAt = -Infinity;
const waiting = new Set();
const pressed = () => {
  keys += 1;
  pressedAt = performance.now();
  [...waiting].forEach((pace) => pace.plan());
};
addEventListener("keydown", pressed, { capture: true, passive: true });

export class Pace {
  #act;
  #frame = 0;
  #timer = 0;
  #pause = 0;
  #ended = 0;
  // How many keys were pressed when the last frame came, and whether that one was left to one of them
  #keys = 0;
  #wasLeft = false;

  constructor(act) {
    this.#act = act;
  }

  // Whether the last frame was a costly one.
  get isBusy() {
    return this.#pause > 0;
  }

  // Once, however often it is asked for until then. What is not seen has no frames.
  ask() {
    if (document.hidden) this.now();
    else if (!this.#frame && !waiting.has(this)) this.plan();
  }

  now() {
    this.#cancel();
    this.#act();
  }

  plan() {
    this.#cancel();
    const wait = Math.max(this.#ended + this.#pause, this.#nextKey) - performance.now();
    if (wait > 0) {
      this.#timer = setTimeout(() => this.plan(), wait);
      waiting.add(this);
    } else {
      this.#frame = requestAnimationFrame(() => this.#do());
    }
  }

  #cancel() {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
    this.#frame = 0;
    waiting.delete(this);
  }

  // Until when a key is waited for: the last one has had its frame.
  get #nextKey() {
    return this.isBusy && this.#keys === keys ? pressedAt + TYPING : 0;
  }

  // What is asked for in a frame comes after all of it, its layout and its paint too
  #do() {
    this.#wasLeft = keys !== this.#keys && !this.#wasLeft;
    this.#keys = keys;
    if (this.#wasLeft) {
      this.#frame = requestAnimationFrame(() => this.#do());
      return;
    }
    const began = performance.now();
    this.now();
    setTimeout(() => {
      this.#ended = performance.now();
      const cost = this.#ended - began;
      this.#pause = cost > COSTLY ? Math.min(cost, LONGEST) : 0;
    });
  }
}

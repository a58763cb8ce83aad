// Does something with the next frame of the page. On a slow machine only so often that half of the time is left for its
// reader's own keys and turns of the wheel: a frame costs what it costs, but there need not be one for every word. The frame
// that shows what a key did is left to it.

// Milliseconds of a frame, up to what the page shows of it, from which on there is a pause as long as it took; and the longest
const COSTLY = 8;
const LONGEST = 80;

let keys = 0;
addEventListener("keydown", () => (keys += 1), { capture: true, passive: true });

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
    else if (!this.#frame && !this.#timer) this.#plan(this.#ended + this.#pause - performance.now());
  }

  now() {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
    this.#frame = this.#timer = 0;
    this.#act();
  }

  #plan(wait) {
    if (wait > 0) this.#timer = setTimeout(() => this.#plan(0), wait);
    else this.#frame = requestAnimationFrame(() => this.#do());
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

// What the microphone hears, as a row of bars that wander away from the end of the line. It fills its place, which is in
// the page by then.

// Pixels from one bar to the next (voice.css), and as many bars as are seldom too few where a phone is turned meanwhile
const STEP = 6;
const FEWEST = 28;
// Frames of 20 ms to a bar
const FRAMES = 4;

export class Meter {
  #bars;
  #loudest = 0;
  #frames = 0;

  constructor(place) {
    const count = Math.max(FEWEST, Math.ceil(place.clientWidth / STEP));
    place.replaceChildren(...Array.from({ length: count }, () => document.createElement("i")));
    this.#bars = [...place.children];
  }

  hear(level) {
    this.#loudest = Math.max(this.#loudest, level);
    this.#frames += 1;
    // The last bar moves with each frame, so that it answers at once
    show(this.#bars.at(-1), this.#loudest);
    if (this.#frames < FRAMES) return;
    this.#bars.slice(1).forEach((bar, index) => {
      this.#bars[index].style.blockSize = bar.style.blockSize;
    });
    this.#frames = this.#loudest = 0;
  }
}

// A part of the height: hearing is not linear, and a quiet voice is to be seen too.
export const height = (level) => Math.min(1, 1.6 * Math.sqrt(level));

function show(bar, level) {
  bar.style.blockSize = `${Math.round(100 * height(level))}%`;
}

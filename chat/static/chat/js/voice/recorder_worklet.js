// In the audio thread: what the microphone hears, as frames of 20 ms: 320 samples of 16 bits at 16 kHz, one channel.
// Not imported but added to an AudioContext by its address.

const RATE = 16000;
const SAMPLES = 320;
const LOUDEST = 32767;

class Frames extends AudioWorkletProcessor {
  // Samples of the microphone to one of ours; not 1 where a browser keeps to the rate of the device
  #step = sampleRate / RATE;
  #left = this.#step;
  #sum = 0;
  #count = 0;
  #frame = new Int16Array(SAMPLES);
  #filled = 0;
  #isOver = false;

  // The context lives on when a recording has ended; this one is to go
  constructor() {
    super();
    this.port.onmessage = () => (this.#isOver = true);
  }

  process([[channel = []]]) {
    for (const sample of channel) this.#hear(sample);
    return !this.#isOver;
  }

  // Each of ours is the mean of those that it stands for, so that what is too high for it does not come out as noise
  #hear(sample) {
    this.#sum += sample;
    this.#count += 1;
    this.#left -= 1;
    while (this.#left <= 0) {
      this.#write(this.#count ? this.#sum / this.#count : sample);
      this.#sum = this.#count = 0;
      this.#left += this.#step;
    }
  }

  #write(value) {
    this.#frame[this.#filled] = Math.max(-1, Math.min(1, value)) * LOUDEST;
    this.#filled += 1;
    if (this.#filled < SAMPLES) return;
    this.port.postMessage(this.#frame, [this.#frame.buffer]);
    this.#frame = new Int16Array(SAMPLES);
    this.#filled = 0;
  }
}

registerProcessor("frames", Frames);

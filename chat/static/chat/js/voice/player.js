// Plays sentences one after the other as their samples come: one path for all browsers, and no media of the page's own.

import { levelOf } from "./recorder.js";

// Seconds that the first samples of a sentence last or wait before they sound, so that a late frame makes no gap in it
const LEAD = 0.05;
// Seconds in which the sound goes when it is stopped: at once would crack
const FADE = 0.015;
// Milliseconds between two looks at where it is
const BEAT = 30;
// Samples by which it is told how loud it is, some 20 ms
const LOOKED_AT = 1024;

export class Player {
  #context;
  #out;
  #sentences = [];
  #end = 0;
  #timer = 0;
  #whole = false;
  #isPaused = false;
  #told;
  #meter = null;
  // Phones take the sound away for a call or when they are locked, and not all give it back by themselves
  #wake = ({ type }) => {
    const { state } = this.#context;
    if (this.#isPaused || state === "running" || document.hidden) return;
    // While a call lasts a context cannot go on, and some break if they are told to
    if (type !== "statechange" || state === "suspended") this.#context.resume().catch(() => {});
  };

  // Plays in the page's one context. `told.began(number)` and `told.ended(number)` are called as a sentence is heard,
  // `told.done()` after the last one.
  constructor(context, told) {
    this.#context = context;
    this.#told = told;
    this.#out = context.createGain();
    this.#out.connect(context.destination);
    context.resume();
    this.#listen("addEventListener");
  }

  #listen(what) {
    this.#context[what]("statechange", this.#wake);
    for (const kind of ["visibilitychange", "pointerdown", "keydown"]) document[what](kind, this.#wake);
  }

  // Whether something sounds at this moment.
  get sounding() {
    const now = this.#context.currentTime;
    return this.#context.state === "running" && this.#sentences.some(({ from, to }) => from <= now && now < to);
  }

  // How loud it is at this moment, 0 to 1. Only who asks has it measured.
  get level() {
    if (!this.#meter) {
      this.#meter = new AnalyserNode(this.#context, { fftSize: LOOKED_AT });
      this.#out.connect(this.#meter);
    }
    const wave = new Float32Array(LOOKED_AT);
    this.#meter.getFloatTimeDomainData(wave);
    return levelOf(wave, 1);
  }

  resume() {
    this.#isPaused = false;
    return this.#context.resume();
  }

  pause() {
    this.#isPaused = true;
    return this.#context.suspend();
  }

  // A sentence begins, at `rate` samples a second and with `pause` milliseconds of silence after it.
  begin({ number, rate, pause = 0 }) {
    this.#sentences.push({ number, rate, pause, from: Infinity, to: 0, sources: [], whole: false, state: "waits" });
    this.#timer ||= setInterval(() => this.#look(), BEAT);
  }

  // Samples of it, 16 bits each.
  add(number, samples) {
    const sentence = this.#sentences.find((one) => one.number === number);
    if (!sentence || !samples.length) return;
    const buffer = this.#context.createBuffer(1, samples.length, sentence.rate);
    buffer.getChannelData(0).forEach((_, index, data) => (data[index] = samples[index] / 32768));
    const source = new AudioBufferSourceNode(this.#context, { buffer });
    source.connect(this.#out);
    const lead = sentence.sources.length ? 0 : Math.max(0, LEAD - buffer.duration);
    const at = Math.max(this.#end, this.#context.currentTime + lead);
    source.start(at);
    sentence.sources.push(source);
    sentence.from = Math.min(sentence.from, at);
    sentence.to = this.#end = at + buffer.duration;
  }

  // All of it has come.
  end(number) {
    const sentence = this.#sentences.find((one) => one.number === number);
    if (!sentence) return;
    sentence.whole = true;
    if (!sentence.sources.length) sentence.from = sentence.to = Math.max(this.#end, this.#context.currentTime);
    this.#end = Math.max(this.#end, sentence.to) + sentence.pause / 1000;
  }

  // No more sentences come.
  finish() {
    this.#whole = true;
    this.#look();
  }

  // What has come of this sentence is not the whole of it: it comes anew.
  forget(number) {
    const broken = this.#sentences.filter((sentence) => sentence.number >= number);
    broken.forEach(({ sources }) => sources.forEach((source) => source.stop()));
    this.#sentences = this.#sentences.filter((sentence) => sentence.number < number);
    const last = this.#sentences.at(-1);
    if (broken.length) this.#end = last ? last.to + last.pause / 1000 : 0;
  }

  // Falls silent for good. Gives the number of the sentence that was heard last and the part of it, 0 to 1.
  stop() {
    const heard = this.#heard();
    this.#listen("removeEventListener");
    clearInterval(this.#timer);
    this.#timer = 0;
    this.#out.gain.setTargetAtTime(0, this.#context.currentTime, FADE / 3);
    setTimeout(() => this.#out.disconnect(), FADE * 1000 * 4);
    const over = this.#context.currentTime + FADE * 4;
    this.#sentences.flatMap(({ sources }) => sources).forEach((source) => source.stop(over));
    this.#sentences = [];
    return heard;
  }

  #heard() {
    const now = this.#context.currentTime;
    const last = this.#sentences.findLast(({ from }) => from <= now);
    if (!last) return { sentence: this.#sentences[0]?.number ?? 0, share: 0 };
    const share = last.to > last.from ? Math.min(1, (now - last.from) / (last.to - last.from)) : 1;
    return { sentence: last.number, share };
  }

  #look() {
    const now = this.#context.currentTime;
    for (const sentence of [...this.#sentences]) {
      if (sentence.state === "waits" && sentence.from <= now) {
        sentence.state = "sounds";
        this.#told.began(sentence.number);
      }
      if (sentence.state !== "sounds" || !sentence.whole || sentence.to > now) break;
      this.#sentences = this.#sentences.filter((one) => one !== sentence);
      this.#told.ended(sentence.number);
    }
    if (!this.#whole || this.#sentences.length) return;
    clearInterval(this.#timer);
    this.#timer = 0;
    this.#told.done();
  }
}

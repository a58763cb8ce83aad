// What the voice of a page does, and when: for voice_page.py. Times are in milliseconds.

// Frames of 20 ms that are quiet before somebody counts as beginning to speak; and how loud a frame of speech is
const QUIET = 25;
const LOUD = 0.02;

const seen = { silences: [], turns: [], gaps: [], words: 0, heardAt: 0, soundsAt: 0 };
window.seen = seen;

// The microphone
let quiet = 0;
let began = null;
let spokenAt = null;
const loudness = (frame) => Math.sqrt(frame.reduce((sum, sample) => sum + sample * sample, 0) / frame.length) / 32768;

function hear(frame) {
  seen.heardAt = performance.now();
  if (loudness(frame) < LOUD) {
    quiet += 1;
    return;
  }
  if (quiet > QUIET && sounding()) began = performance.now();
  quiet = 0;
  spokenAt = performance.now();
}

const port = Object.getOwnPropertyDescriptor(MessagePort.prototype, "onmessage");
Object.defineProperty(MessagePort.prototype, "onmessage", {
  ...port,
  set(act) {
    const heard = (event) => {
      if (event.data instanceof Int16Array) hear(event.data);
      act(event);
    };
    port.set.call(this, act && heard);
  },
});

// The voice socket: the sentence whose sound comes, and the pause after each
let coming = "";
const pauses = new Map();
const listen = WebSocket.prototype.addEventListener;
WebSocket.prototype.addEventListener = function (kind, act) {
  if (kind === "message" && this.url.includes("/ws/voice/")) {
    listen.call(this, kind, ({ data }) => (typeof data === "string" ? told(JSON.parse(data)) : comes(new DataView(data))));
  }
  listen.call(this, kind, act);
};

function told(event) {
  if (event.type === "sentence") pauses.set(`${event.id} ${event.sentence}`, event.pause);
  if (event.type === "words" && event.final) seen.words += 1;
}

const comes = (frame) => (coming = `${frame.getUint32(0, true)} ${frame.getUint32(4, true)}`);

// The player: what it has set to sound, and its fading, which is the only one
let sentence = "";
let context = null;
let soundsUntil = 0;
const sounding = () => Boolean(context) && context.currentTime < soundsUntil;
const start = AudioBufferSourceNode.prototype.start;
AudioBufferSourceNode.prototype.start = function (at) {
  context = this.context;
  const [reading] = sentence.split(" ");
  if (coming.split(" ")[0] !== reading) begins(performance.now() + 1000 * Math.max(0, at - context.currentTime));
  else if (coming !== sentence) seen.gaps.push(Math.max(0, 1000 * (at - soundsUntil) - pauses.get(sentence)));
  sentence = coming;
  soundsUntil = at + this.buffer.duration;
  return start.call(this, at);
};

function begins(at) {
  seen.soundsAt = at;
  if (spokenAt !== null) seen.turns.push(at - spokenAt);
  spokenAt = null;
}

const fade = AudioParam.prototype.setTargetAtTime;
AudioParam.prototype.setTargetAtTime = function (...values) {
  if (began !== null && sounding()) seen.silences.push(performance.now() - began);
  began = null;
  soundsUntil = 0;
  return fade.apply(this, values);
};

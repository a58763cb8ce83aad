// The microphone: frames of 20 ms, 320 samples of 16 bits at 16 kHz, from when it is opened until it is closed.

import { word } from "../core/dom.js";
import { said } from "./parts.js";

export const FRAME_MS = 20;
const RATE = 16000;
// Without these a page hears itself, and quiet voices are lost
const WANTED = { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true };
const WHY = {
  NotAllowedError: "refused",
  SecurityError: "refused",
  NotFoundError: "noMicrophone",
  OverconstrainedError: "noMicrophone",
  NotReadableError: "busyMicrophone",
  AbortError: "busyMicrophone",
};

function why({ name }) {
  if (name === "NetworkError" && !navigator.onLine) return word("Away");
  return said(WHY[name] ?? "noRecording");
}

// Milliseconds: for which a context may need to run again, and between two looks at whether sound comes; and how many
// of those may pass without any
const WAKING = 2000;
const LOOK = 1000;
const STILL = 4;

// The context of all recordings, with its worklet: to make one takes up to 150 ms, which is long after a press. It is
// suspended while none is under way
let shared = null;
let underWay = 0;

// Makes the context before somebody presses, if the page may have one yet. Throws what browsers throw.
export async function prepareRecorder() {
  if (navigator.userActivation?.hasBeenActive) await recordingContext();
}

function recordingContext(options = { sampleRate: RATE }) {
  shared ??= made({ latencyHint: "interactive", ...options }).catch((problem) => {
    shared = null;
    throw problem;
  });
  return shared;
}

async function made(options) {
  const context = new AudioContext(options);
  if (!underWay) context.suspend();
  await context.audioWorklet.addModule(said("worklet")).catch((cause) => {
    context.close();
    // Browsers call it an AbortError, as they do a microphone that somebody else has
    throw new DOMException(String(cause), "NetworkError");
  });
  return context;
}

async function rest() {
  const context = await shared?.catch(() => null);
  if (!underWay) context?.suspend();
}

export class Recorder {
  #context = null;
  #stream = null;
  #source = null;
  #node = null;
  // Looks since sound came last
  #still = 0;
  #timer = 0;
  #isClosed = false;

  // `frame(samples)` is called with each frame, `lost()` when the microphone is taken away. Throws an Error whose
  // message is the sentence for the person.
  static async open({ frame, lost }) {
    const recorder = new Recorder();
    try {
      await recorder.#open(frame, lost);
    } catch (problem) {
      recorder.close();
      throw new Error(why(problem), { cause: problem });
    }
    return recorder;
  }

  // Both at once: asking the person takes longest the first time, the context later
  async #open(frame, lost) {
    underWay += 1;
    [, this.#context] = await Promise.all([this.#ask(lost), recordingContext()]);
    await this.#listen(frame);
    if (this.#context.state !== "running") {
      // After a call some contexts are of no use any more
      this.#end();
      this.#context.close().catch(() => {});
      shared = null;
      this.#context = await recordingContext();
      await this.#listen(frame);
    }
    this.#watch(lost);
  }

  async #listen(frame) {
    await this.#connect();
    const options = { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" };
    this.#node = new AudioWorkletNode(this.#context, "frames", options);
    this.#node.port.onmessage = ({ data }) => {
      if (!this.#track.muted) this.#still = 0;
      frame(data);
    };
    this.#source.connect(this.#node);
    await Promise.race([this.#context.resume().catch(() => {}), later(WAKING)]);
  }

  // A microphone may be taken away without a word: by a call, a headset that is put away, a switch
  #watch(lost) {
    this.#timer = setInterval(() => {
      this.#still += 1;
      if (this.#still < STILL) return;
      clearInterval(this.#timer);
      lost();
    }, LOOK);
  }

  // Where there is no context, the microphone that comes later must not stay on
  async #ask(lost) {
    this.#stream = await navigator.mediaDevices.getUserMedia({ audio: WANTED });
    if (this.#isClosed) this.#release();
    this.#track.addEventListener("ended", lost);
  }

  get #track() {
    return this.#stream.getAudioTracks()[0];
  }

  // Some browsers connect a microphone only to a context of its own rate; the worklet then makes ours of it
  async #connect() {
    try {
      this.#source = this.#context.createMediaStreamSource(this.#stream);
    } catch {
      shared = null;
      this.#context.close();
      this.#context = await recordingContext({});
      this.#source = this.#context.createMediaStreamSource(this.#stream);
    }
  }

  close() {
    if (this.#isClosed) return;
    this.#isClosed = true;
    underWay -= 1;
    clearInterval(this.#timer);
    this.#end();
    this.#release();
    rest();
  }

  #end() {
    if (this.#node) {
      this.#node.port.onmessage = null;
      this.#node.port.postMessage("end");
    }
    this.#source?.disconnect();
  }

  #release() {
    this.#stream?.getTracks().forEach((track) => track.stop());
  }
}

const later = (time) => new Promise((resolve) => setTimeout(resolve, time));

// How loud a frame is, 0 to 1, where `full` is the largest sample.
export function levelOf(samples, full = 32768) {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return Math.sqrt(sum / (samples.length || 1)) / full;
}

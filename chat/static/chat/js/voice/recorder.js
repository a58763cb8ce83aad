// The microphone: frames of 20 ms, 320 samples of 16 bits at 16 kHz, from when it is opened until it is closed.

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
  await context.audioWorklet.addModule(said("worklet")).catch((problem) => {
    context.close();
    throw problem;
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
  #isClosed = false;

  // `frame(samples)` is called with each frame, `lost()` when the microphone is taken away. Throws an Error whose
  // message is the sentence for the person.
  static async open({ frame, lost }) {
    const recorder = new Recorder();
    try {
      await recorder.#open(frame, lost);
    } catch (problem) {
      recorder.close();
      throw new Error(said(WHY[problem.name] ?? "noRecording"), { cause: problem });
    }
    return recorder;
  }

  // Both at once: asking the person takes longest the first time, the context later
  async #open(frame, lost) {
    underWay += 1;
    [, this.#context] = await Promise.all([this.#ask(lost), recordingContext()]);
    await this.#connect();
    const options = { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" };
    this.#node = new AudioWorkletNode(this.#context, "frames", options);
    this.#node.port.onmessage = ({ data }) => frame(data);
    this.#source.connect(this.#node);
    await this.#context.resume();
  }

  // Where there is no context, the microphone that comes later must not stay on
  async #ask(lost) {
    this.#stream = await navigator.mediaDevices.getUserMedia({ audio: WANTED });
    if (this.#isClosed) this.#release();
    this.#stream.getAudioTracks()[0].addEventListener("ended", lost);
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
    if (this.#node) {
      this.#node.port.onmessage = null;
      this.#node.port.postMessage("end");
    }
    this.#source?.disconnect();
    this.#release();
    rest();
  }

  #release() {
    this.#stream?.getTracks().forEach((track) => track.stop());
  }
}

// How loud a frame is, 0 to 1.
export function levelOf(samples) {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return Math.sqrt(sum / (samples.length || 1)) / 32768;
}

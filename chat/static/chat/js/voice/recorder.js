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

export class Recorder {
  #context;
  #stream;
  #node;

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

  // Both at once: asking the person takes longest the first time, the worklet later
  async #open(frame, lost) {
    const asked = navigator.mediaDevices.getUserMedia({ audio: WANTED });
    this.#context = new AudioContext({ sampleRate: RATE, latencyHint: "interactive" });
    const [stream] = await Promise.all([asked, this.#context.audioWorklet.addModule(said("worklet"))]);
    this.#stream = stream;
    const source = await this.#source();
    const options = { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" };
    this.#node = new AudioWorkletNode(this.#context, "frames", options);
    this.#node.port.onmessage = ({ data }) => frame(data);
    source.connect(this.#node);
    const [track] = stream.getAudioTracks();
    track.addEventListener("ended", lost);
    await this.#context.resume();
  }

  // Some browsers connect a microphone only to a context of its own rate; the worklet then makes ours of it
  async #source() {
    try {
      return this.#context.createMediaStreamSource(this.#stream);
    } catch {
      await this.#context.close();
      this.#context = new AudioContext({ latencyHint: "interactive" });
      await this.#context.audioWorklet.addModule(said("worklet"));
      return this.#context.createMediaStreamSource(this.#stream);
    }
  }

  close() {
    if (this.#node) this.#node.port.onmessage = null;
    this.#stream?.getTracks().forEach((track) => track.stop());
    if (this.#context && this.#context.state !== "closed") this.#context.close();
  }
}

// How loud a frame is, 0 to 1.
export function levelOf(samples) {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return Math.sqrt(sum / (samples.length || 1)) / 32768;
}

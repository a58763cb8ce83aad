// The connection to /ws/voice/: opened when something needs it, again while something does, and closed after a while.
// What needs it is an owner: `opened(id)` is called with its number on each connection, `closed()` when that breaks,
// `received(event)` and `heard(sentence, samples)` with what comes for it.

import { logIn } from "../core/requests.js";
import { said } from "./parts.js";

// Milliseconds
const FIRST = 500;
const LAST = 10000;
const IDLE = 5 * 60 * 1000;
const CODE = { loggedOut: 4401, denied: 4403 };
// Bytes in front of samples: the number of a clip; and that of a reading and its sentence
const CLIP_HEAD = 4;
const SPEECH_HEAD = 8;

export class VoiceSocket {
  #socket = null;
  #ready = false;
  #owners = new Map();
  #last = 0;
  #attempt = 0;
  #timer = 0;
  #idle = 0;

  constructor() {
    addEventListener("online", () => this.#timer && this.#connect());
    addEventListener("offline", () => this.#drop());
  }

  get ready() {
    return this.#ready;
  }

  // Bytes that are still on their way out.
  get waiting() {
    return this.#socket?.bufferedAmount ?? 0;
  }

  add(owner) {
    clearTimeout(this.#idle);
    this.#owners.set(owner, 0);
    if (this.#ready) this.#open(owner);
    else if (!this.#socket && !this.#timer) this.#connect();
    else if (this.#timer && navigator.onLine) this.#connect();
  }

  remove(owner) {
    this.#owners.delete(owner);
    if (this.#owners.size) return;
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#drop(), IDLE);
  }

  // Whether it went out.
  send(command) {
    if (!this.#ready) return false;
    this.#socket.send(JSON.stringify(command));
    return true;
  }

  // Samples of a clip.
  sendSound(id, samples) {
    if (!this.#ready) return false;
    const frame = new Uint8Array(CLIP_HEAD + samples.byteLength);
    new DataView(frame.buffer).setUint32(0, id, true);
    frame.set(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength), CLIP_HEAD);
    this.#socket.send(frame);
    return true;
  }

  #connect() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}${document.body.dataset.voiceSocket}`);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => socket === this.#socket && this.#receive(data));
    socket.addEventListener("close", ({ code }) => this.#closed(socket, code));
  }

  #receive(data) {
    if (typeof data !== "string") {
      this.#hear(new DataView(data));
      return;
    }
    const event = JSON.parse(data);
    if (event.type !== "hello") {
      this.#owner(event.id)?.received(event);
      return;
    }
    this.#ready = true;
    this.#attempt = 0;
    [...this.#owners.keys()].forEach((owner) => this.#open(owner));
    if (!this.#owners.size) this.remove(null);
  }

  #hear(view) {
    const samples = new Int16Array(view.buffer.slice(SPEECH_HEAD));
    this.#owner(view.getUint32(0, true))?.heard(view.getUint32(4, true), samples);
  }

  #owner(id) {
    return [...this.#owners].find(([, number]) => number === id)?.[0];
  }

  #open(owner) {
    this.#last += 1;
    this.#owners.set(owner, this.#last);
    owner.opened(this.#last);
  }

  #closed(socket, code) {
    if (socket !== this.#socket) return;
    this.#socket = null;
    this.#ready = false;
    if (code === CODE.loggedOut) {
      logIn();
      return;
    }
    const owners = [...this.#owners.keys()];
    owners.forEach((owner) => this.#owners.set(owner, 0));
    if (code === CODE.denied) owners.forEach((owner) => owner.received({ type: "error", text: said("denied") }));
    else owners.forEach((owner) => owner.closed());
    if (code !== CODE.denied && this.#owners.size) this.#again();
  }

  #again() {
    const ceiling = Math.min(LAST, FIRST * 2 ** this.#attempt);
    this.#attempt += 1;
    this.#timer = setTimeout(() => this.#connect(), ceiling / 2 + (Math.random() * ceiling) / 2);
  }

  // A socket whose network is gone would say so only minutes later
  #drop() {
    const socket = this.#socket;
    if (!socket) return;
    this.#closed(socket, 0);
    socket.close();
  }
}

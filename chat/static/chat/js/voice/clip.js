// What is being said: sent while it is said, and kept until its words have come, so that a connection that breaks loses
// none of it. On the next one all of it goes out again, as another clip.

import { FRAME_MS } from "./recorder.js";

// Frames that go out together: 100 ms while one speaks, 2 s of what was kept, which is near the server's limit
const TOGETHER = 5;
const KEPT_TOGETHER = 100;
// Bytes on the way out beyond which more would wait in the browser instead of here; looked at so often, in milliseconds
const MUCH = 1 << 20;
const LOOK = 50;
// The server's word for a recording that has got no sound for a minute, as where a machine was asleep
const IDLE = "clip_idle";

export class Clip {
  #socket;
  #told;
  #frames = [];
  #sent = 0;
  #id = 0;
  #finished = false;
  #isIdle = false;
  #timer = 0;
  #language;

  // `language` is what is spoken, "" for whatever the service finds. `told.words(text, final)` is called with all words
  // so far, `told.failed(event)` with an error of the server's, and `told.away(isAway)` when the connection breaks or
  // comes.
  constructor(socket, language, told) {
    this.#socket = socket;
    this.#language = language;
    this.#told = told;
    socket.add(this);
    if (!socket.ready) told.away(!navigator.onLine);
  }

  get frames() {
    return this.#frames;
  }

  get seconds() {
    return (this.#frames.length * FRAME_MS) / 1000;
  }

  add(frame) {
    this.#frames.push(frame);
    if (this.#frames.length - this.#sent >= TOGETHER) this.#flush();
  }

  finish() {
    this.#finished = true;
    this.#flush();
  }

  discard() {
    if (this.#id) this.#socket.send({ type: "discard", id: this.#id });
    this.#end();
  }

  // Its service failed: it is recognised once more.
  again() {
    this.#socket.add(this);
  }

  opened(id) {
    this.#id = id;
    this.#sent = 0;
    this.#socket.send({ type: "listen", id, language: this.#language });
    this.#told.away(false);
    this.#flush();
  }

  closed() {
    this.#id = 0;
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#told.away(true);
  }

  received(event) {
    if (event.type === "words") {
      if (event.final) this.#end();
      this.#told.words(event.text, event.final);
    } else if (event.code === IDLE) {
      this.#end();
      this.#isIdle = true;
    } else if (event.type === "error") {
      this.#end();
      this.#told.failed(event);
    }
  }

  // What the server let go of while nothing was heard comes anew with what is heard next, or at the end.
  #flush() {
    if (this.#isIdle) {
      this.#isIdle = false;
      this.again();
      return;
    }
    if (!this.#id || this.#timer) return;
    while (this.#sent < this.#frames.length) {
      if (this.#socket.waiting > MUCH) {
        this.#timer = setTimeout(() => {
          this.#timer = 0;
          this.#flush();
        }, LOOK);
        return;
      }
      const part = this.#frames.slice(this.#sent, this.#sent + KEPT_TOGETHER);
      this.#socket.sendSound(this.#id, joined(part));
      this.#sent += part.length;
    }
    if (this.#finished) this.#socket.send({ type: "finish", id: this.#id });
  }

  #end() {
    clearTimeout(this.#timer);
    this.#timer = this.#id = 0;
    this.#socket.remove(this);
  }
}

function joined(frames) {
  const samples = new Int16Array(frames.reduce((sum, { length }) => sum + length, 0));
  let place = 0;
  for (const frame of frames) {
    samples.set(frame, place);
    place += frame.length;
  }
  return samples;
}

// A reply, or a sample, as it is spoken: by the site's service or built-in voice, sentence by sentence over the socket
// and played as they come; or by the browser's own voice, which gets the sentences in the same way but without sound.

import { BrowserPlayer, speaksAtHome } from "./browser_voice.js";
import { settings } from "./parts.js";
import { Player } from "./player.js";

// The voice that stands for the browser's own
const BROWSER = "browser";

export class Speech {
  #voice;
  #told;
  #command;
  #player;
  #sentences = new Map();
  #id = 0;
  #next;

  // `command` is `read` or `try` without its number. `told.began(sentence)` gets each with its `number`, `text` and
  // place as it begins to sound; then come `told.done()` or `told.failed(event)`, once.
  constructor(voice, command, told) {
    this.#voice = voice;
    this.#told = told;
    this.#command = command;
    this.#next = command.sentence ?? 0;
    this.#begin();
  }

  get sounding() {
    return this.#player.sounding;
  }

  // How loud it sounds, 0 to 1, or null where that is not told.
  get level() {
    return this.#player.level;
  }

  pause() {
    return this.#player.pause();
  }

  resume() {
    return this.#player.resume();
  }

  // For good; gives the sentence that was heard last and the share of it. `isInterrupted` by somebody who talks over
  // it: then the model is told of that.
  stop(isInterrupted = false) {
    const heard = this.#player.stop();
    const interrupted = isInterrupted && this.#isReply;
    if (this.#id) this.#voice.socket.send({ type: "quiet", id: this.#id, ...heard, interrupted });
    this.#leave();
    return heard;
  }

  get #isReply() {
    return this.#command.type === "read";
  }

  #begin() {
    const told = {
      began: (number) => this.#told.began(this.#sentences.get(number)),
      ended: (number) => this.#ended(number),
      done: () => this.#over(() => this.#told.done()),
      cannot: (number) => this.#change(number),
    };
    const { audio } = this.#voice.page;
    this.#player = this.#command.voice === BROWSER ? new BrowserPlayer(told) : new Player(audio, told);
    this.#voice.socket.add(this);
  }

  // The site's own voice goes on where the browser has none.
  #change(number) {
    if (document.body.dataset.voiceSpeaking === BROWSER) {
      this.#told.began(this.#sentences.get(number));
      this.#player.skip(number);
      return;
    }
    this.stop();
    this.#command = { ...this.#command, voice: "" };
    this.#next = number;
    this.#begin();
  }

  // After a connection that broke it goes on with the first sentence that had not come whole
  opened(id) {
    this.#id = id;
    this.#player.forget(this.#next);
    const { type, ...rest } = this.#command;
    const from = this.#isReply ? { sentence: this.#next } : {};
    this.#voice.socket.send({ type, id, ...rest, ...from });
  }

  closed() {
    this.#id = 0;
  }

  received(event) {
    if (event.type === "sentence") {
      const sentence = { ...event, number: event.sentence };
      this.#sentences.set(event.sentence, sentence);
      this.#player.begin(sentence);
    } else if (event.type === "spoken") {
      this.#next = event.sentence + 1;
      this.#player.end(event.sentence);
    } else if (event.type === "done") {
      this.#player.finish();
    } else if (event.type === "error") {
      this.#over(() => this.#told.failed(event));
    }
  }

  heard(number, samples) {
    this.#player.add(number, samples);
  }

  #ended(number) {
    if (this.#id && this.#isReply) this.#voice.socket.send({ type: "played", id: this.#id, sentence: number });
  }

  #over(tell) {
    this.#player.stop();
    this.#leave();
    tell();
  }

  #leave() {
    this.#id = 0;
    this.#voice.socket.remove(this);
  }
}

// A reply from a sentence on: spoken by the site's service; else by the browser if it has a voice of this machine for
// the page's language; else by the built-in voice. Which voice the site takes for a language it knows by the settings.
export function speakReply(voice, message, sentence, told) {
  const { voiceSpeaking } = document.body.dataset;
  const isBetter = voiceSpeaking === "builtin" && speaksAtHome(document.documentElement.lang);
  const isOwn = voiceSpeaking === BROWSER || isBetter;
  const { speed } = settings();
  return new Speech(voice, { type: "read", message, sentence, speed, voice: isOwn ? BROWSER : "" }, told);
}

// Reading replies aloud: the buttons of each, the sentence that is marked, and one reading at a time.

import { clone, one } from "../core/dom.js";
import { toast } from "../core/toast.js";
import { Marking } from "./marking.js";
import { Controls } from "./media_session.js";
import { keepSettings, labelButton, said, settings } from "./parts.js";
import { ReadingBar } from "./reading_bar.js";
import { speakReply } from "./speech.js";

export class Reading {
  #voice;
  #page;
  #controls = new Controls();
  #bar = new ReadingBar({
    press: () => (this.#now.isPaused ? this.#resume() : this.#pause()),
    show: () => this.#now.marking.scrollTo(this.#page.thread.find(this.#now.message)),
    stop: () => this.stop(),
    speed: (speed) => this.#changeSpeed(speed),
  });
  // The message that is read, what speaks it, where it is marked, and whether it is paused
  #now = null;
  #wantsNext = false;

  constructor(voice) {
    this.#voice = voice;
    this.#page = voice.page;
    const { events, clicks, keys } = this.#page;
    voice.tabs.onHush(() => this.stop());
    clicks.on("stop-reading", () => this.stop());
    keys.on("Escape", (event) => this.#escape(event));
    events.on("page:reply", () => this.#wantsNext && this.#startNext());
    events.on("page:refreshed", () => this.#showNow());
    events.on("page:ended", () => this.#showNow());
    events.on("page:left", () => this.#leave());
  }

  // Begins with this reply, or pauses it, or goes on.
  press(article) {
    if (this.#now?.message !== article.dataset.message) this.#start(article);
    else if (this.#now.isPaused) this.#resume();
    else this.#pause();
  }

  // The reply to what is being sent is read as it comes. `before` is what was being written then: where all this had to
  // be fetched first, the reply may have begun since.
  readNext(before) {
    this.#wantsNext = settings().readEvery;
    const { running } = this.#page.thread;
    if (this.#wantsNext && running && running !== before) this.#startNext();
  }

  // A voice from a conversation that is out of view could not be stopped there
  #leave() {
    this.#wantsNext = false;
    this.stop();
  }

  stop() {
    if (!this.#now) return;
    const { speech, marking, message } = this.#now;
    // What has the focus may go away
    const isHeld = this.#bar.hasFocus || document.activeElement?.matches("[data-action=stop-reading]");
    this.#now = null;
    speech.stop();
    marking.end();
    this.#controls.end();
    this.#bar.end();
    this.#showOn(message, "");
    const article = isHeld && this.#page.thread.find(message);
    if (article) one("[data-action=read]", article)?.focus({ preventScroll: true });
  }

  #startNext() {
    this.#wantsNext = false;
    const { running } = this.#page.thread;
    if (running) this.#start(running);
  }

  #start(article) {
    this.stop();
    this.#voice.tabs.hush();
    const { message } = article.dataset;
    const now = { message, speech: null, marking: new Marking(article, this.#page.scroll), isPaused: false };
    this.#now = now;
    this.#showOn(message, "playing");
    this.#controls.begin({
      play: () => this.#resume(),
      pause: () => this.#pause(),
      stop: () => this.stop(),
    });
    this.#speak(now, 0);
  }

  #speak(now, sentence) {
    now.speech = speakReply(this.#voice, now.message, sentence, {
      began: (begun) => now.marking.show(begun, settings().follow),
      done: () => now === this.#now && this.stop(),
      failed: (event) => this.#failed(now, event.text),
    });
  }

  // Until the page is left; the voice settings keep it. What is being said begins anew.
  #changeSpeed(speed) {
    const now = this.#now;
    keepSettings({ ...settings(), speed });
    const { sentence } = now.speech.stop();
    this.#speak(now, sentence);
    this.#resume();
  }

  #failed(now, text) {
    if (now !== this.#now) return;
    this.stop();
    toast(text);
  }

  #pause() {
    this.#now.isPaused = true;
    this.#now.speech.pause();
    this.#controls.pause();
    this.#showOn(this.#now.message, "paused");
  }

  #resume() {
    this.#now.isPaused = false;
    this.#now.speech.resume();
    this.#controls.play();
    this.#voice.tabs.hush();
    this.#showOn(this.#now.message, "playing");
  }

  // What else has to do with Escape goes first
  #escape(event) {
    const isElsewhere = event.defaultPrevented || event.isComposing || event.target.matches("input");
    if (!this.#now || isElsewhere || document.querySelector("dialog[open], details.menu[open], .drawer")) return;
    event.preventDefault();
    this.stop();
  }

  #showNow() {
    if (!this.#now) return;
    if (!this.#page.thread.find(this.#now.message)) this.stop();
    else this.#showOn(this.#now.message, this.#now.isPaused ? "paused" : "playing");
  }

  // "" is not being read
  #showOn(message, state) {
    const article = this.#page.thread.find(message);
    const button = article && one("[data-action=read]", article);
    if (!button) return;
    const label = said({ playing: "pause", paused: "resume" }[state] ?? "readAloud");
    labelButton(button, label);
    if (state) article.dataset.reading = state;
    else delete article.dataset.reading;
    const stop = one("[data-action=stop-reading]", article);
    if (!state) stop?.remove();
    else if (!stop) button.after(clone("t-stop-reading"));
    if (state) this.#bar.watch(button, state === "paused");
  }
}

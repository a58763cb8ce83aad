// One quiet line that says how things stand; a final word goes away by itself.

import { one } from "../core/dom.js";

// Milliseconds
const SHORT = 5000;
const SLOW = 700;

export class StatusLine {
  #line = one("#status");
  #outbox;
  #connection = "connecting";
  #now = "";
  #timer = 0;

  constructor({ events, outbox, thread }) {
    this.#outbox = outbox;
    events.on("page:connection", (state) => {
      this.#connection = document.body.dataset.connection = state;
      thread.changed();
    });
    events.on("page:changed", (running) => this.#follow(running));
    events.on("page:grown", (running) => this.#follow(running));
    events.on("page:ended", (status) => this.#announce(status));
  }

  #follow(running) {
    if (this.#connection !== "open") this.#show(this.#connection, SLOW);
    else if (running) this.#show(one(".body > *", running) ? "writing" : "waiting");
    else this.#show(this.#outbox.sending ? "waiting" : "");
  }

  // `delay` keeps what is over in a moment from being shown at all
  #show(name, delay = 0) {
    if (name === this.#now) return;
    this.#now = name;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#write(name), delay);
  }

  #announce(name) {
    clearTimeout(this.#timer);
    this.#now = "";
    // After the reply's last words, if those are said too (thread/announcer.js)
    this.#timer = setTimeout(() => {
      this.#write(name);
      this.#timer = setTimeout(() => this.#write(""), SHORT);
    });
  }

  // Any words, for those who hear the page.
  say(words) {
    clearTimeout(this.#timer);
    this.#now = "";
    this.#line.dataset.now = "said";
    this.#line.textContent = words;
    this.#timer = setTimeout(() => this.#write(""), SHORT);
  }

  #write(name) {
    this.#line.dataset.now = name;
    this.#line.textContent = (this.#line.dataset[name] ?? "").replaceAll("{origin}", location.origin);
  }
}

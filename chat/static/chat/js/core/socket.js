// The connection: opens /ws/chat/, opens it again when it breaks, and says how it stands.

import { logIn } from "./requests.js";

const FIRST = 500;
const LAST = 10000;
const CROWDED = 30000;
const CODE = { tooLarge: 1009, loggedOut: 4401, denied: 4403, crowded: 4429 };
// Attempts after which it is said that the site cannot be reached
const MANY = 4;

export class Socket {
  #socket = null;
  #ready = false;
  #attempt = 0;
  // Whether it was ever taken: what is refused by the address of the page will be refused for ever
  #known = false;
  #timer = 0;
  #events;

  // Tells of "page:open", of "page:connection" with a state, of "page:received" with what came, and of "page:too-large"
  // when that was what was sent.
  constructor({ events }) {
    this.#events = events;
    addEventListener("online", () => this.#wake());
    addEventListener("offline", () => this.#drop());
    addEventListener("pageshow", (event) => event.persisted && this.#wake());
    document.addEventListener("visibilitychange", () => document.hidden || this.#wake());
  }

  get ready() {
    return this.#ready;
  }

  connect() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}/ws/chat/`);
    this.#socket = socket;
    this.#events.tell("page:connection", this.#closedState);
    socket.addEventListener("message", (message) => this.#receive(socket, message));
    socket.addEventListener("close", (event) => this.#closed(socket, event.code));
  }

  // Whether it went out.
  send(command) {
    if (!this.#ready) return false;
    this.#socket.send(JSON.stringify(command));
    return true;
  }

  #receive(socket, message) {
    if (socket !== this.#socket) return;
    const event = JSON.parse(message.data);
    const { user } = document.body.dataset;
    // A process of the version before does not say whose it is
    if (event.type === "hello" && String(event.user ?? user) !== user) {
      // Somebody else has logged in here since: nothing of this page is theirs, and nothing that waits in it goes out as
      // theirs
      location.reload();
    } else if (event.type === "hello") {
      this.#ready = this.#known = true;
      this.#attempt = 0;
      this.#events.tell("page:connection", "open");
      this.#events.tell("page:open");
    } else {
      this.#events.tell("page:received", event);
    }
  }

  #closed(socket, code) {
    if (socket !== this.#socket) return;
    this.#socket = null;
    this.#ready = false;
    if (code === CODE.tooLarge) this.#events.tell("page:too-large");
    if (code === CODE.loggedOut) logIn();
    else if (code === CODE.denied) this.#events.tell("page:connection", "denied");
    else if (!this.#known && !isAtHome()) this.#events.tell("page:connection", "elsewhere");
    else this.#again(code);
  }

  get #closedState() {
    if (!navigator.onLine) return "offline";
    return this.#attempt > MANY ? "away" : "connecting";
  }

  #again(code) {
    const ceiling = Math.min(LAST, FIRST * 2 ** this.#attempt);
    this.#attempt += 1;
    const wait = ceiling / 2 + (Math.random() * ceiling) / 2;
    const isCrowded = code === CODE.crowded;
    this.#events.tell("page:connection", isCrowded ? "crowded" : this.#closedState);
    this.#timer = setTimeout(() => this.connect(), (isCrowded ? CROWDED : 0) + wait);
  }

  #wake() {
    if (this.#timer) this.connect();
  }

  // A new connection in place of one that does not answer.
  renew() {
    this.#drop();
  }

  // A socket whose network is gone would say so only minutes later
  #drop() {
    const socket = this.#socket;
    if (!socket) return;
    this.#closed(socket, 0);
    socket.close();
  }
}

// Whether the browser is where the site expects it: from elsewhere it takes no socket and no form.
const isAtHome = () => document.body.dataset.origins.split(" ").includes(location.origin);

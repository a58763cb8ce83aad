// What the server tells of the conversation in view, and asking it for what the page lacks.

import { undecided } from "../composer/outbox.js";
import { LiveReplies } from "./live.js";

export class Updates {
  #events;
  #socket;
  #thread;
  #refresher;
  #outbox;
  #composer;
  #column;
  #scroll;
  #live;
  // There is more than the page shows, and it waits until what was written here is decided on
  #held = false;

  // Tells of "page:refreshed" when the page is as the server has it, of "page:messages" when other messages are on it,
  // of "page:grown" with a reply of which there is more to see, and of "page:ended" with the status that one has ended
  // with.
  constructor(page) {
    const { events } = page;
    this.#events = events;
    this.#socket = page.socket;
    this.#thread = page.thread;
    this.#refresher = page.refresher;
    this.#outbox = page.outbox;
    this.#composer = page.composer;
    this.#column = page.column;
    this.#scroll = page.scroll;
    this.#live = new LiveReplies(page, {
      lost: () => this.#refresher.busy || this.watch(),
      grown: (article) => article.isConnected && events.tell("page:grown", article),
    });
    events.on("page:open", () => this.#opened());
    events.on("page:received", (event) => this.#received(event));
    events.on("page:fetched", (fetched) => this.#place(fetched));
    events.on("page:left", () => this.#left());
    events.on("patch", (event) => this.#live.patch(event));
    events.on("snapshot", (event) => this.#snapshot(event));
    events.on("ended", (event) => this.#ended(event));
    events.on("replaced", (event) => this.#replaced(event));
    events.on("stale", ({ conversation }) => this.stale(conversation));
  }

  // Whether the page waits with what is newer.
  get held() {
    return this.#held;
  }

  // Asks for what is newer than what is in view.
  watch() {
    this.#socket.send(this.#thread.watch);
  }

  // Fetches the page anew. Gives a promise of whether it is up to date; false when its reader has left.
  refresh() {
    this.#held = false;
    return this.#refresher.refresh();
  }

  // What its reader has written is not to find itself below something that they have not seen
  stale(conversation) {
    if (conversation !== this.#thread.conversation || this.#refresher.swap) return;
    this.#held = this.#outbox.of(conversation).some(undecided);
    if (!this.#held) this.refresh();
  }

  // Less of what was written here is undecided.
  release() {
    if (!this.#held || this.#outbox.of(this.#thread.conversation).some(undecided)) return;
    this.#held = false;
    this.watch();
  }

  #opened() {
    this.#live.renew();
    this.watch();
    this.#outbox.pump();
    this.#thread.changed();
  }

  // A patch has no type, since it comes most often; by it nothing begins or ends
  #received(event) {
    const isPatch = Array.isArray(event);
    this.#events.tell(isPatch ? "patch" : event.type, event);
    if (!isPatch) this.#thread.changed();
  }

  #snapshot(event) {
    if (this.#thread.isOver(event.reply, event.seq)) return;
    this.#refresher.touched();
    this.#thread.begin(event.reply);
    this.#live.snapshot(event);
  }

  // An end is shown only with all the words that belong to it; those that did not come are fetched, also while
  // something waits to be sent: it waits for this very end
  #ended({ reply, status, seq = 0, ...rest }) {
    if (this.#thread.isOver(reply, seq)) return;
    if (this.#live.end(reply, seq)) this.#end(reply, status, () => this.#thread.end(reply, status, { seq, ...rest }));
    // What turns to another version fetches it anyway
    else if (!this.#refresher.swap) this.refresh();
  }

  #replaced({ message, html }) {
    // Of what has not come yet, or stands elsewhere: the page knows best what belongs on it
    if (!this.#thread.find(message)) this.stale(this.#thread.conversation);
    this.#live.end(message);
    this.#end(message, null, () => this.#thread.replace(message, html));
    this.#events.tell("page:messages");
  }

  #end(id, status, change) {
    const state = () => this.#thread.find(id)?.dataset.status;
    const before = state();
    this.#refresher.touched();
    if (before === "running" && status) this.#scroll.end(this.#thread.find(id), change);
    else change();
    const now = status ?? state();
    if (before === "running" && now && now !== "running") this.#events.tell("page:ended", now);
  }

  #place(fetched) {
    const focused = this.#column.contains(document.activeElement);
    this.#live.forget();
    const running = this.#thread.running?.dataset.message;
    this.#end(running, null, () => this.#thread.refresh(fetched, this.#refresher.swap));
    this.#events.tell("page:refreshed");
    if (focused && document.activeElement === document.body && !this.#refresher.swap) this.#composer.takeFocus();
    this.watch();
    this.#outbox.pump();
    this.#thread.changed();
  }

  #left() {
    this.#held = false;
    this.#refresher.swap = null;
    this.#refresher.touched();
    this.#live.forget();
    this.watch();
    this.#outbox.pump();
  }
}

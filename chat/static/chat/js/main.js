// The chat page: builds its parts and carries the events of the socket and of the reader to them.

import { Actions } from "./actions.js";
import { address, fetchPage, forgetAll, logIn, one, word } from "./dom.js";
import { Composer } from "./composer.js";
import { LiveReplies } from "./live.js";
import { Outbox } from "./outbox.js";
import { Scroll } from "./scroll.js";
import { Sidebar } from "./sidebar.js";
import { Socket } from "./socket.js";
import { Thread } from "./thread.js";
import { Status, setUpWidgets, toast } from "./widgets.js";

const SLOW = 700;

class Page {
  #connection = "connecting";
  #stopWanted = false;
  #scroll = new Scroll(one("#transcript"), one("#messages"), one("#jump"));
  #thread = new Thread(one("#messages"), this.#scroll);
  #status = new Status(one("#status"));
  #socket = new Socket({
    open: () => this.#opened(),
    event: (event) => this.#receive(event),
    state: (state) => this.#connected(state),
    loggedOut: logIn,
  });
  #live = new LiveReplies({
    article: (id) => this.#thread.find(id),
    ack: (handle, seq) => this.#socket.send({ type: "ack", handle, seq }),
    lost: () => this.#watch(),
    around: (change) => this.#scroll.around(change),
  });
  #outbox = new Outbox({
    send: (command) => this.#socket.send(command),
    online: () => this.#socket.ready,
    busy: (item) => item.conversation === this.#thread.conversation && Boolean(this.#thread.running),
    state: (item) => this.#thread.mark(item.client_id, item.state, item.error),
  });
  #sidebar = new Sidebar(one("#sidebar"), {
    current: () => this.#thread.conversation,
    deleted: () => this.#leave(),
    restored: (id) => location.assign(address("conversation", id)),
  });
  #composer = new Composer(one("#composer"), this.#thread.conversation, {
    submit: (text) => this.#say(text),
    stop: () => this.#stop(),
  });
  #buttons = new Actions(one("#messages"), one("#report"), {
    say: (text) => this.#say(text),
    take: (client) => {
      this.#thread.drop(client);
      return this.#outbox.take(client).text;
    },
    put: (text) => this.#composer.put(text),
    retry: (reply) => this.#outbox.retry(this.#thread.conversation, reply),
  });

  start() {
    this.#outbox.of(this.#thread.conversation).forEach((item) => this.#thread.addMine(item));
    one(".log-out").addEventListener("submit", forgetAll);
    // A link to a place on this page, such as the message box, is told as popstate too
    addEventListener("popstate", () => location.pathname === this.#thread.path || location.reload());
    setUpWidgets();
    this.#sync();
    this.#socket.connect();
  }

  #opened() {
    this.#live.forget();
    this.#watch();
    this.#outbox.pump();
    if (this.#stopWanted) this.#stop();
    this.#sync();
  }

  #connected(state) {
    this.#connection = document.body.dataset.connection = state;
    if (state !== "open") this.#outbox.broken();
    this.#sync();
  }

  #receive(event) {
    if (Array.isArray(event)) this.#live.patch(event);
    else this.#on[event.type]?.(event);
    this.#sync();
  }

  #on = {
    sent: (event) => this.#sent(event),
    snapshot: (event) => this.#live.snapshot(event),
    ended: ({ reply, status, text = "" }) => {
      this.#live.end(reply);
      this.#ended(reply, status, () => this.#thread.end(reply, status, text));
    },
    replaced: ({ message, html }) => {
      this.#live.end(message);
      this.#ended(message, null, () => this.#thread.replace(message, html));
    },
    stale: ({ conversation }) => this.#refresh(conversation),
    listed: ({ conversation, title, moved }) => {
      this.#sidebar.listed(conversation, title, moved);
      if (conversation === this.#thread.conversation) this.#thread.entitle(title);
    },
    unlisted: ({ conversation }) => {
      if (!this.#sidebar.unlisted(conversation) || conversation !== this.#thread.conversation) return;
      this.#leave();
      toast(word("Deleted"));
    },
    standing: ({ may_send: maySend, text }) => this.#composer.standing(maySend, text),
    error: (event) => this.#refused(event),
  };

  #sent({ client_id: client, conversation, reply, message, message_html: html = "", replaces }) {
    const mine = this.#outbox.sent(client, conversation);
    const began = mine !== null && mine.conversation === null && this.#thread.conversation === null;
    if (began) {
      this.#thread.settle(conversation);
      this.#composer.moveTo(conversation);
      const title = this.#sidebar.mark(conversation);
      if (title) this.#thread.entitle(title);
    }
    if (conversation === this.#thread.conversation) {
      if (mine && message && this.#thread.find(message)) this.#thread.drop(client);
      else if (mine) this.#thread.confirm(client, message);
      else if (message) this.#thread.addTheirs(message, html);
      this.#thread.addReply(reply, replaces);
      if (this.#stopWanted) this.#stop();
    }
    this.#outbox.pump();
  }

  #ended(id, status, change) {
    const state = () => this.#thread.find(id)?.dataset.status;
    const before = state();
    change();
    const now = status ?? state();
    if (before !== "running" || now === "running") return;
    this.#stopWanted = false;
    this.#status.announce(now);
    this.#outbox.pump();
  }

  #refused({ code, text, client_id: client, reply }) {
    const item = client ? this.#outbox.refused(client, text) : null;
    if (item?.conversation === this.#thread.conversation) {
      if (item.type === "retry") toast(text);
      this.#watch();
    } else if (code === "not_running" && reply) {
      this.#watch();
    } else {
      toast(text);
    }
    this.#outbox.pump();
  }

  #watch() {
    this.#socket.send(this.#thread.watch);
  }

  async #refresh(conversation) {
    if (conversation !== this.#thread.conversation) return;
    const page = await fetchPage(address("conversation", conversation)).catch(() => null);
    if (!page || conversation !== this.#thread.conversation) return;
    this.#live.forget();
    this.#thread.refresh(page);
    this.#watch();
    this.#sync();
  }

  #say(text) {
    const item = this.#outbox.add(this.#thread.conversation, this.#thread.last, text);
    this.#thread.addMine(item);
    this.#outbox.pump();
    this.#sync();
  }

  #stop() {
    const reply = this.#thread.running?.dataset.message;
    this.#stopWanted = !(reply && this.#socket.send({ type: "stop", reply }));
  }

  #sync() {
    const running = this.#thread.running;
    this.#composer.running = Boolean(running);
    if (this.#connection !== "open") this.#status.show(this.#connection, SLOW);
    else if (running) this.#status.show(one(".body > *", running) ? "writing" : "waiting");
    else this.#status.show(this.#outbox.waits ? "waiting" : "");
  }

  #leave() {
    this.#live.forget();
    this.#thread.leave();
    this.#composer.openDraft(null);
    this.#watch();
    this.#sync();
  }
}

new Page().start();

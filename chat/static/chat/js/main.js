// The chat page: builds its parts and carries the events of the socket and of the reader to them.

import { Actions } from "./thread/actions.js";
import { address, forgetAll, logIn, one, word } from "./core/dom.js";
import { choose } from "./composer/choosing.js";
import { Composer } from "./composer/composer.js";
import { Editors, Waiting } from "./thread/editor.js";
import { LiveReplies } from "./thread/live.js";
import { Outbox, belongs, undecided } from "./composer/outbox.js";
import { Scroll } from "./thread/scroll.js";
import { open as openSettings } from "./thread/settings.js";
import { Sidebar } from "./sidebar/sidebar.js";
import { Socket } from "./core/socket.js";
import { Thread } from "./thread/thread.js";
import { Pager, Refresher } from "./thread/versions.js";
import { Status, setUpPrinting, setUpWidgets, toast } from "./core/widgets.js";

// Milliseconds
const SLOW = 700;
const AGAIN = 3000;

class Page {
  #connection = "connecting";
  #stopWanted = false;
  // There is more than the page shows, and it waits until what was written here is decided on
  #held = false;
  #column = one("#messages");
  #scroll = new Scroll(one("#transcript"), this.#column, one("#jump"), {
    conversation: () => this.#thread.conversation,
    changed: () => {
      this.#editors.settle();
      this.#sync();
    },
  });
  #thread = new Thread(this.#column, this.#scroll);
  #status = new Status(one("#status"));
  #socket = new Socket({
    open: () => this.#opened(),
    event: (event) => this.#scroll.whenStill(() => this.#receive(event)),
    state: (state) => this.#connected(state),
    loggedOut: logIn,
    atHome: () => this.#status.atHome,
    tooLarge: () => this.#waiting.refused(this.#outbox.refuseInFlight(word("TooLarge"))),
  });
  #live = new LiveReplies({
    article: (id) => this.#thread.find(id),
    ack: (handle, seq) => this.#socket.send({ type: "ack", handle, seq }),
    lost: () => this.#refresher.busy || this.#watch(),
    around: (change) => this.#scroll.around(change),
  });
  #refresher = new Refresher({
    conversation: () => this.#thread.conversation,
    from: () => this.#thread.before(this.#pager.swap?.from) ?? this.#pager.swap?.to ?? null,
    place: (page) => this.#place(page),
  });
  #outbox = new Outbox({
    send: (command) => this.#socket.send(command),
    online: () => this.#socket.ready,
    silence: () => this.#socket.renew(),
    inView: (item) => this.#thread.isOf(item),
    busy: (item) => this.#thread.isOf(item) && (Boolean(this.#thread.running) || this.#refresher.busy),
    state: (item) => this.#waiting.show(item),
    found: (item) => {
      this.#waiting.found(item);
      this.#sync();
    },
  });
  #sidebar = new Sidebar(one("#sidebar"), {
    current: () => this.#thread.conversation,
    deleted: () => this.#leave(),
    restored: (id) => location.assign(address("conversation", id)),
  });
  #composer = new Composer(one("#composer"), this.#thread.conversation, {
    submit: (text) => this.#say(text),
    stop: () => this.#stop(),
    choose: (model) => choose(model, this.#thread, (id) => this.#settle(id)),
  });
  #editors = new Editors({
    find: (message) => this.#thread.find(message),
    send: (message, text) => this.#edit(message, text),
    take: (client) => this.#outbox.take(client),
    withdraw: (client) => this.#outbox.withdraw(client),
    closed: (article) => one("[data-action=edit]", article).focus(),
    homeless: (text) => this.#composer.append(text, word("EditKept")),
  });
  #waiting = new Waiting(
    { outbox: this.#outbox, thread: this.#thread, composer: this.#composer, editors: this.#editors },
    {
      focus: () => this.#focus(),
      watch: () => this.#watch(),
      refresh: () => this.#refresh(),
      release: () => this.#release(),
      held: () => this.#held,
    },
  );
  #pager = new Pager(this.#column, {
    find: (id) => this.#thread.find(id),
    refresh: () => {
      this.#refresher.touched();
      return this.#refresh();
    },
    lost: () => this.#watch(),
    say: (words) => this.#status.say(words),
    unseen: () => this.#scroll.focus(),
    version: word("Version"),
  });
  #buttons = new Actions(this.#column, {
    say: (text) => this.#say(text),
    edit: (article) => this.#editors.open(article),
    resend: (client) => this.#waiting.again(client, false),
    branch: (client) => this.#waiting.again(client, true),
    putBack: (client) => this.#waiting.putBack(client),
    remove: (client) => this.#waiting.remove(client),
    inform: (client) => this.#waiting.inform(client),
    retry: (reply) => this.#outbox.retry(this.#thread.conversation, reply, this.#thread.tip),
    goOn: (reply) => this.#continue(reply),
  });

  start() {
    one(".log-out").addEventListener("submit", forgetAll);
    setUpWidgets();
    one("#settings").addEventListener("click", (event) => {
      event.preventDefault();
      openSettings(this.#thread, (id) => this.#settle(id));
    });
    setUpPrinting(() => this.#scroll.whole());
    this.#outbox.start();
    this.#editors.settle();
    this.#sync();
    this.#socket.connect();
  }

  // What the server tells

  #opened() {
    this.#live.renew();
    this.#composer.standing(true, "");
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
    snapshot: (event) => {
      if (this.#thread.isOver(event.reply, event.seq)) return;
      this.#refresher.touched();
      this.#thread.begin(event.reply);
      this.#live.snapshot(event);
    },
    // An end is shown only with all the words that belong to it; those that did not come are fetched, also while
    // something waits to be sent: it waits for this very end
    ended: ({ reply, status, seq = 0, ...rest }) => {
      if (this.#thread.isOver(reply, seq)) return;
      if (this.#live.end(reply, seq)) this.#ended(reply, status, () => this.#thread.end(reply, status, { seq, ...rest }));
      // What turns to another version fetches it anyway
      else if (!this.#pager.swap) this.#refresh();
    },
    replaced: ({ message, html }) => {
      // Of what has not come yet, or stands elsewhere: the page knows best what belongs on it
      if (!this.#thread.find(message)) this.#stale(this.#thread.conversation);
      this.#live.end(message);
      this.#ended(message, null, () => this.#thread.replace(message, html));
      this.#editors.settle();
    },
    stale: ({ conversation }) => this.#stale(conversation),
    listed: ({ conversation, title, moved }) => {
      this.#sidebar.listed(conversation, title, moved);
      if (conversation === this.#thread.conversation) this.#thread.entitle(title);
    },
    unlisted: ({ conversation }) => this.#gone(conversation, this.#sidebar.unlisted(conversation)),
    standing: ({ may_send: maySend, text }) => this.#composer.standing(maySend, text),
    error: (event) => this.#refused(event),
  };

  // A deleted conversation; what was written for it waits in the box of a new chat.
  #gone(conversation, news = true) {
    const open = news && conversation === this.#thread.conversation;
    const kept = this.#outbox.abandon(conversation);
    this.#composer.keepForNew(kept);
    if (open) this.#leave();
    if (kept) toast(word("Rescued"));
    else if (open) toast(word("Deleted"));
  }

  #sent(event) {
    const { client_id: client, conversation } = event;
    const mine = this.#outbox.sent(client, conversation);
    if (mine?.conversation === null && this.#thread.conversation === null) this.#settle(conversation);
    if (conversation !== this.#thread.conversation) {
      this.#thread.drop(client);
    } else {
      this.#refresher.touched();
      const branched = event.branched || (mine && (mine.type !== "send" || mine.branch));
      if (branched) this.#branched(event, mine);
      // What others say belongs below what the page does not show yet; it comes with that
      else if (mine || !(this.#held || this.#refresher.busy)) this.#next(event, mine);
    }
    this.#outbox.pump();
  }

  #settle(conversation) {
    this.#outbox.adopt(conversation);
    this.#thread.settle(conversation);
    this.#composer.moveTo(conversation);
    const title = this.#sidebar.mark(conversation);
    if (title) this.#thread.entitle(title);
  }

  // The old branch stays in view until the new one can take its place
  #branched({ client_id: client, conversation, message }, mine) {
    if (!mine) {
      this.#stale(conversation);
      return;
    }
    this.#thread.promise(client, message);
    this.#refresh().then((done) => done && this.#scroll.toEnd());
  }

  #next({ client_id: client, reply, message, message_html: html = "", persona }, mine) {
    if (mine && this.#thread.find(message)) this.#thread.drop(client);
    else if (mine) this.#thread.confirm(client, message);
    else this.#thread.addTheirs(message, html);
    this.#thread.addReply(reply, persona);
    if (this.#stopWanted) this.#stop();
    if (mine) this.#release();
  }

  #ended(id, status, change) {
    const state = () => this.#thread.find(id)?.dataset.status;
    const before = state();
    this.#refresher.touched();
    change();
    const now = status ?? state();
    if (before !== "running" || !now || now === "running") return;
    this.#stopWanted = false;
    if (now === "stopped") this.#waiting.holdBack();
    this.#status.announce(now);
    this.#outbox.pump();
  }

  #refused({ code, text, client_id: client, reply }) {
    if (client) {
      const item = this.#outbox.refused(client, code, text);
      if (code === "not_found" && belongs(item)) this.#gone(item.conversation);
      else this.#waiting.refused(item, text);
    } else if (code === "not_found" && !reply) {
      this.#gone(this.#thread.conversation);
    } else if (code === "storage" && !reply) {
      // Nobody asked for it by hand: it was a look at the conversation, which is repeated in silence
      setTimeout(() => this.#watch(), AGAIN);
    } else {
      if (code !== "not_running") toast(text);
      if (reply) this.#watch();
    }
    this.#outbox.pump();
  }

  // The page and what is true

  #watch() {
    this.#socket.send(this.#thread.watch);
  }

  // What its reader has written is not to find itself below something that they have not seen
  #stale(conversation) {
    if (conversation !== this.#thread.conversation || this.#pager.swap) return;
    this.#held = this.#outbox.of(conversation).some(undecided);
    if (!this.#held) this.#refresh();
  }

  #release() {
    if (!this.#held || this.#outbox.of(this.#thread.conversation).some(undecided)) return;
    this.#held = false;
    this.#watch();
  }

  #refresh() {
    this.#held = false;
    return this.#refresher.refresh();
  }

  #place(page) {
    const focused = this.#column.contains(document.activeElement);
    this.#live.forget();
    const running = this.#thread.running?.dataset.message;
    this.#ended(running, null, () => this.#thread.refresh(page, this.#pager.swap));
    this.#outbox.of(this.#thread.conversation).forEach((item) => this.#waiting.show(item));
    this.#editors.settle();
    if (focused && document.activeElement === document.body && !this.#pager.swap) this.#focus();
    this.#watch();
    this.#outbox.pump();
    this.#sync();
  }

  #sync() {
    const running = this.#thread.running;
    if (!running) this.#thread.remember();
    this.#composer.running = Boolean(running);
    this.#column.classList.toggle("busy", Boolean(running));
    if (this.#connection !== "open") this.#status.show(this.#connection, SLOW);
    else if (running) this.#status.show(one(".body > *", running) ? "writing" : "waiting");
    else this.#status.show(this.#outbox.sending ? "waiting" : "");
  }

  #leave() {
    this.#held = false;
    this.#live.forget();
    this.#editors.leave();
    this.#thread.leave();
    this.#composer.openDraft(null);
    this.#watch();
    this.#sync();
  }

  // What the reader does

  #say(text) {
    const item = this.#outbox.add(this.#thread.conversation, this.#thread.last, text);
    this.#thread.addMine(item);
    this.#outbox.pump();
    this.#sync();
  }

  #edit(message, text) {
    const item = this.#outbox.edit(this.#thread.conversation, message, this.#thread.tip, text);
    this.#editors.show(item);
    this.#outbox.pump();
    this.#sync();
  }

  #continue(reply) {
    if (this.#socket.send({ type: "continue", reply })) this.#focus();
    else toast(word("Away"));
  }

  #stop() {
    this.#waiting.holdBack();
    const reply = this.#thread.running?.dataset.message;
    this.#stopWanted = !(reply && this.#socket.send({ type: "stop", reply }));
  }

  #focus() {
    if (!this.#composer.focusUnlessTouched()) this.#scroll.focus();
  }

}

new Page().start();

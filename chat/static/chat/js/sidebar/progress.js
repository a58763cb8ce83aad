// Which conversations are being written, and which have a reply that was not seen yet: dots in the list, and their number
// in the tab's title.

import { all, clone, one } from "../core/dom.js";

export function register(page) {
  new Progress(page);
}

class Progress {
  #list = one("#conversations");
  #title = one("title");
  #states = new Map();
  #socket;
  #thread;
  #events;

  // Tells of "page:unseen" with the conversation whose reply has ended.
  constructor({ events, socket, thread }) {
    this.#socket = socket;
    this.#thread = thread;
    this.#events = events;
    events.on("page:open", () => this.#present());
    events.on("progress", ({ states, whole = false }) => this.#told(states, whole));
    events.on("page:deleted", ({ conversation }) => this.#told({ [conversation]: "" }));
    events.on("page:arranged", (places) => this.#told(archivedIn(places)));
    events.on("page:changed", () => this.#look());
    document.addEventListener("visibilitychange", () => this.#present());
    // Whoever changes the list or the title knows nothing of this
    new MutationObserver(() => this.#show()).observe(this.#list, { childList: true, subtree: true });
    new MutationObserver(() => this.#count()).observe(this.#title, { childList: true });
  }

  #present() {
    this.#socket.send({ type: "presence", visible: !document.hidden });
    this.#look();
  }

  #told(states, whole) {
    if (whole) this.#states.clear();
    for (const [conversation, state] of Object.entries(states)) {
      if (state) this.#states.set(conversation, state);
      else this.#states.delete(conversation);
      if (state === "unseen" && !whole) this.#events.tell("page:unseen", conversation);
    }
    this.#look();
    this.#show();
    this.#count();
  }

  // What is in view is seen, once all of it is on the page.
  #look() {
    const { conversation, running } = this.#thread;
    if (document.hidden || running || this.#states.get(conversation) !== "unseen") return;
    if (this.#socket.send({ type: "seen", conversation })) this.#told({ [conversation]: "" }, false);
  }

  #show() {
    all(".item", this.#list).forEach((item) => show(item, this.#states.get(item.dataset.conversation) ?? ""));
  }

  #count() {
    const bare = document.title.replace(/^\(\d+\) /, "");
    const count = [...this.#states.values()].filter((state) => state === "unseen").length;
    const title = count ? `(${count}) ${bare}` : bare;
    if (document.title !== title) document.title = title;
  }
}

// What is archived is no news any more.
function archivedIn(places) {
  return Object.fromEntries(Object.keys(places).filter((id) => places[id] === "archived").map((id) => [id, ""]));
}

function show(item, state) {
  if ((item.dataset.progress ?? "") === state) return;
  one(".progress", item)?.remove();
  const link = one(".item-link", item);
  link.removeAttribute("aria-describedby");
  delete item.dataset.progress;
  if (!state) return;
  const dot = clone("t-progress");
  dot.dataset.state = state;
  all("[data-state]", dot).forEach((text) => text.dataset.state === state || text.remove());
  dot.id = `progress-${item.dataset.conversation}`;
  item.append(dot);
  item.dataset.progress = state;
  link.setAttribute("aria-describedby", dot.id);
}

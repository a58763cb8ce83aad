// Small things every page part uses: toasts, menus, the drawer, the theme switch, the status line.

import { closeByBack } from "./dialog.js";
import { all, clone, one } from "./dom.js";

const SHORT = 5000;

export function setUpWidgets() {
  setUpMenus();
  setUpDrawer();
  setUpLinkButtons();
  setUpTheme(one("#theme"));
}

// A sentence at the bottom, with at most one action, whose button it gives; it waits while the reader is on it.
export function toast(text, { label = "", run = null, time = SHORT } = {}) {
  const holder = one("#toasts");
  const item = clone("t-toast");
  const button = one(".toast-action", item);
  const reasons = new Set();
  let timer = 0;
  const close = () => item.remove();
  const hold = (reason) => {
    reasons.add(reason);
    clearTimeout(timer);
  };
  const letGo = (reason) => {
    reasons.delete(reason);
    clearTimeout(timer);
    if (!reasons.size) timer = setTimeout(close, time);
  };
  one(".toast-text", item).textContent = text;
  button.textContent = label;
  button.hidden = !run;
  button.addEventListener("click", () => {
    close();
    run();
  });
  item.addEventListener("pointerenter", () => hold("pointer"));
  item.addEventListener("pointerleave", () => letGo("pointer"));
  item.addEventListener("focusin", () => hold("focus"));
  item.addEventListener("focusout", () => letGo("focus"));
  // The same sentence again takes the place of the first; one with an action is about a thing of its own
  if (!run) all(".toast", holder).filter((other) => says(other, text)).forEach((other) => other.remove());
  holder.append(item);
  letGo("");
  return button;
}

const says = (item, text) => one(".toast-action", item).hidden && one(".toast-text", item).textContent === text;

// Menus are <details>: one open at a time, closed by Escape and by a click elsewhere.
function setUpMenus() {
  const open = () => all("details.menu[open]");
  document.addEventListener("click", (event) => {
    open().forEach((menu) => (menu.open = menu.contains(event.target)));
  });
  document.addEventListener("focusin", (event) => {
    open().forEach((menu) => (menu.open = menu.contains(event.target)));
  });
  document.addEventListener("keydown", (event) => {
    const [menu] = open();
    if (event.key !== "Escape" || !menu) return;
    event.preventDefault();
    menu.open = false;
    one("summary", menu).focus();
  });
  document.addEventListener("toggle", (event) => event.target.matches(".menu[open]") && turn(event.target), true);
}

// Upwards where there is no room below
function turn(menu) {
  menu.classList.remove("up");
  const edge = menu.closest(".conversations")?.getBoundingClientRect().bottom ?? innerHeight;
  menu.classList.toggle("up", one(".menu-panel", menu).getBoundingClientRect().bottom > edge);
}

function setUpTheme(group) {
  const root = document.documentElement;
  const show = () => {
    const now = root.dataset.theme || "system";
    all("button", group).forEach((button) => button.setAttribute("aria-pressed", String(button.value === now)));
  };
  group.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    root.dataset.theme = button.value === "system" ? "" : button.value;
    try {
      localStorage.setItem("theme", button.value);
    } finally {
      show();
    }
  });
  show();
}

// One quiet line that says how things stand; a final word goes away by itself.
export class Status {
  #line;
  #now = "";
  #timer = 0;

  constructor(line) {
    this.#line = line;
  }

  // Whether the browser is where the site expects it: from elsewhere it takes no socket and no form.
  get atHome() {
    return this.#line.dataset.origins.split(" ").includes(location.origin);
  }

  // `delay` keeps what is over in a moment from being shown at all
  show(name, delay = 0) {
    if (name === this.#now) return;
    this.#now = name;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#write(name), delay);
  }

  announce(name) {
    clearTimeout(this.#timer);
    this.#now = "";
    this.#write(name);
    this.#timer = setTimeout(() => this.#write(""), SHORT);
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

// On a phone the sidebar is a drawer; what lies behind it cannot be reached meanwhile.
function setUpDrawer() {
  const root = document.documentElement;
  const opener = one("#drawer-open");
  const turnTo = (open) => {
    if (root.classList.contains("drawer") === open) return;
    root.classList.toggle("drawer", open);
    one("#main").inert = open;
    // What is told meanwhile, such as Undo, must be in reach
    (open ? document.body : one(".stage")).append(one("#toasts"));
    opener.setAttribute("aria-expanded", String(open));
    (open ? one("#drawer-close") : opener).focus();
    heard(open);
  };
  const close = () => turnTo(false);
  const heard = closeByBack("drawer", close);
  opener.addEventListener("click", () => turnTo(true));
  one("#drawer-close").addEventListener("click", close);
  one("#veil").addEventListener("click", close);
  document.addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && close());
  matchMedia("(max-width: 48rem)").addEventListener("change", close);
}

// Links that are called buttons answer to the space bar as buttons do.
function setUpLinkButtons() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== " " || !event.target.matches("a[role=button]")) return;
    event.preventDefault();
    event.target.click();
  });
}

// The key that prints waits until all that is to be printed is on the page.
export function setUpPrinting(whole) {
  document.addEventListener("keydown", async (event) => {
    if (event.key.toLowerCase() !== "p" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    event.preventDefault();
    await whole();
    print();
  });
}

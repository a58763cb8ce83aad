// Keyboard shortcuts, by their names: which keys each has is written down once, on the server (chat/pages/shortcuts.py),
// and so is what the sheet says of them.

import { all, one } from "./dom.js";

const IS_MAC = /mac|iphone|ipad/i.test(navigator.userAgentData?.platform ?? navigator.platform);
const ON_A_MAC = { Ctrl: "⌘", Alt: "⌥", Shift: "⇧", Esc: "esc" };
const FIELDS = "input, textarea, select, [contenteditable]";

export class Shortcuts {
  #names = new Map();
  #handlers = new Map();

  constructor() {
    const table = JSON.parse(document.body.dataset.shortcuts);
    for (const [name, keys] of Object.entries(table)) this.#names.set(keys, name);
    // After everything on the page that has a use of its own for a key
    addEventListener("keydown", (event) => this.#pressed(event));
  }

  // `act(event)` does what the shortcut is for; when it gives false there is nothing to do now, and the browser does
  // what it does with these keys.
  on(name, act) {
    this.#handlers.set(name, act);
  }

  // Leaves in a sheet what works here, with the keys as this keyboard has them.
  explain(sheet) {
    all("[data-shortcut]", sheet).forEach((row) => this.#handlers.has(row.dataset.shortcut) || row.remove());
    if (IS_MAC) all("kbd", sheet).forEach((key) => (key.textContent = ON_A_MAC[key.textContent] ?? key.textContent));
  }

  // What is being composed with an input method belongs to that, and a dialog keeps its keys.
  #pressed(event) {
    if (event.defaultPrevented || event.repeat || event.isComposing || event.keyCode === 229) return;
    const name = keysOf(event).map((keys) => this.#names.get(keys)).find(Boolean);
    const act = this.#handlers.get(name);
    // It is asked of all of the page: only for a key that means something
    if (!act || one("dialog[open]")) return;
    if (act(event) !== false) event.preventDefault();
  }
}

// What this press may be called. Shift chooses the sign on some keyboards, and another script has other letters on its
// keys: then the place of the key counts as well.
function keysOf(event) {
  const { key = "", code = "", ctrlKey, metaKey, altKey, shiftKey } = event;
  const [held, other] = IS_MAC ? [metaKey, ctrlKey] : [ctrlKey, metaKey];
  // Together they are the key for a third sign
  if (other || (altKey && held)) return [];
  const isSign = key.length === 1 && key.toLowerCase() === key.toUpperCase();
  if (isSign && !held && !altKey) return event.target.closest?.(FIELDS) ? [] : [key];
  const front = `${held ? "Ctrl+" : ""}${altKey ? "Alt+" : ""}${shiftKey ? "Shift+" : ""}`;
  const place = { Semicolon: ";", Comma: ",", Period: "." }[code] ?? code.replace("Key", "");
  const names = [key === "Escape" ? "Esc" : key.toUpperCase(), /^[\x20-\x7e]$/.test(key) && !isSign ? "" : place];
  return names.filter(Boolean).map((name) => front + name);
}

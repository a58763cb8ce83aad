// Who wants to hear of what: handlers by the name of what happens. What the server tells has the name of its `type`
// (chat/realtime/protocol.py); what the parts of the page tell each other begins with "page:".

export class Events {
  #handlers = new Map();

  // Those of one name are called as they came, and none relies on it (tests/browser/test_handler_order.py).
  on(name, handler) {
    this.#handlers.set(name, [...(this.#handlers.get(name) ?? []), handler]);
  }

  tell(name, ...values) {
    for (const handler of this.#handlers.get(name) ?? []) handler(...values);
  }
}

// Presses of what has a `data-action`, by that. A handler gets the element, its message, if any, and the event.
export function clicksIn(root) {
  const clicks = new Events();
  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-action]");
    if (button) clicks.tell(button.dataset.action, button, button.closest(".message"), event);
  });
  return clicks;
}

// Keys that mean something everywhere, such as "Escape" and "Ctrl+p", by their names; Ctrl is Command on a Mac. Those of an
// input method are its own (Safari calls the last one 229, after the composition).
export function keysIn(root) {
  const keys = new Events();
  root.addEventListener("keydown", (event) => {
    const { key, ctrlKey, metaKey, altKey, shiftKey, isComposing, keyCode } = event;
    if (isComposing || keyCode === 229) return;
    const held = [(ctrlKey || metaKey) && "Ctrl+", altKey && "Alt+", shiftKey && "Shift+"].filter(Boolean);
    keys.tell(held.join("") + (held.length ? key.toLowerCase() : key), event);
  });
  return keys;
}

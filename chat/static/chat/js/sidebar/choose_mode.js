// Several conversations chosen together in the side bar: by presses, with Shift all between two of them, and by
// keyboard. This comes with its first use.

import { all, clone, one, takeLostFocus } from "../core/dom.js";
import { Choice } from "./choice.js";

export function open(page, list, deeds) {
  return new ChooseMode(page, list, deeds);
}

class ChooseMode {
  #list;
  #deeds;
  #bar = null;
  #choice = null;
  #observer = new MutationObserver(() => this.#equip());

  constructor({ keys, clicks }, list, deeds) {
    this.#list = list;
    this.#deeds = deeds;
    // Before what a press in the list means otherwise
    list.addEventListener("click", (event) => this.#pressed(event), true);
    list.addEventListener("pointerdown", (event) => this.#rowOf(event) && event.stopPropagation(), true);
    clicks.on("end-choice", () => this.#end());
    keys.on("Escape", (event) => {
      if (!this.#bar || event.defaultPrevented || one("dialog[open]") || one(".menu[open]")) return;
      event.preventDefault();
      this.#end();
    });
  }

  // With this one chosen.
  begin(item) {
    if (!this.#bar) this.#show();
    this.#choice.set(one(".choice", item), true);
    one(".choice", item).focus();
  }

  #show() {
    this.#bar = clone("t-choice");
    this.#list.after(this.#bar);
    this.#list.classList.add("choosing");
    this.#bar.addEventListener("submit", (event) => this.#submit(event));
    this.#choice = new Choice(this.#list, this.#bar);
    this.#equip();
    this.#observer.observe(this.#list, { childList: true, subtree: true });
  }

  // A button that has done its work may be disabled, and has no focus any more. `next` is what gets it then.
  #end(wasPressed = false, next = null) {
    if (!this.#bar) return;
    const focused = one(".choice:focus", this.#list)?.closest(".item");
    const hadFocus = focused || wasPressed || this.#bar.contains(document.activeElement);
    const item = focused ?? one(".choice:checked", this.#list)?.closest(".item");
    this.#observer.disconnect();
    this.#choice.end();
    this.#bar.remove();
    this.#bar = null;
    this.#list.classList.remove("choosing");
    all(".choice", this.#list).forEach((box) => box.remove());
    all(".item-link[tabindex]", this.#list).forEach((link) => link.removeAttribute("tabindex"));
    if (hadFocus) takeLostFocus(next ?? (item ? one(".item-link", item) : one(".new-chat")));
  }

  // What came into the list since can be chosen, too.
  #equip() {
    for (const item of all(".item", this.#list)) {
      const link = one(".item-link", item);
      const box = one(".choice", item) ?? this.#boxFor(item);
      if (box.ariaLabel !== link.textContent) box.ariaLabel = link.textContent;
    }
    this.#choice.count();
  }

  #boxFor(item) {
    const box = clone("t-choice-box");
    box.value = item.dataset.conversation;
    item.prepend(box);
    one(".item-link", item).tabIndex = -1;
    return box;
  }

  // The row that a press chooses; with keys that open another tab it does that.
  #rowOf({ target, ctrlKey, metaKey }) {
    return this.#bar && !ctrlKey && !metaKey && !target.matches(".choice") ? target.closest(".item") : null;
  }

  #pressed(event) {
    const row = this.#rowOf(event);
    if (!row) return;
    event.preventDefault();
    event.stopPropagation();
    const box = one(".choice", row);
    box.checked = !box.checked;
    this.#choice.chosen(box, event.shiftKey);
    box.focus({ preventScroll: true });
  }

  // What leads to another page, or to a file, is the browser's.
  async #submit(event) {
    const { submitter } = event;
    if (submitter.dataset.leads !== undefined) return;
    event.preventDefault();
    const byKeyboard = submitter.matches(":focus-visible");
    const undo = await this.#deeds.do(submitter, this.#choice.ids).catch(() => null);
    if (undo) this.#end(true, byKeyboard ? undo : null);
  }
}

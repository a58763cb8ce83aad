// What opens at a reply, before anybody has opened it: its menu, and the dialogs of a report, of what was sent, of two
// versions side by side and of why a thumb is down. Their script comes when somebody is about to open one.

import { later } from "../core/later.js";
import { toast } from "../core/toast.js";

const OPENERS = "[data-action=more], [data-action=compare], .rate";

export class Opening {
  #load;

  constructor(page) {
    this.#load = later(document.body.dataset.openedScript, page);
    const { clicks, column } = page;
    clicks.on("more", (button, article, event) => this.#press(event, (it) => it.menu.toggle(button, article)));
    clicks.on("compare", (link, article, event) => this.#press(event, (it) => it.compare(link, article)));
    for (const kind of ["pointerover", "focusin"]) column.addEventListener(kind, (event) => this.#prepare(event));
  }

  async use(act) {
    try {
      await act(await this.#load());
    } catch (problem) {
      toast(problem.message);
    }
  }

  #press(event, act) {
    event.preventDefault();
    this.use(act);
  }

  // What goes wrong is said after the press
  #prepare({ target }) {
    if (target.closest(OPENERS)) this.#load().catch(() => {});
  }
}

// What may be done with a reply beside its row of buttons: one menu for all replies, filled when it is opened. It lies
// in the reply that it belongs to, so that whoever acts on a press finds its message, and Tab goes on from there.

import { closeMenuByBack } from "../core/dialog.js";
import { address, all, clone, one } from "../core/dom.js";
import { float, putBeside } from "../core/floating.js";
import { toast } from "../core/toast.js";
import { isPinned } from "./pins.js";
import { momentOf } from "./times.js";

const STEPS = { ArrowDown: 1, ArrowUp: -1 };

export class MessageMenu {
  #thread;
  #outbox;
  #choosing;
  #menu = null;
  #opener = null;
  #leave = () => {};
  #closeModels = () => {};
  #heard = closeMenuByBack("message-menu", () => this.close());

  constructor({ thread, outbox, choosing }) {
    this.#thread = thread;
    this.#outbox = outbox;
    this.#choosing = choosing;
  }

  // A press beside the menu closes it, also one of its own button
  toggle(opener, article) {
    if (opener.getAttribute("aria-expanded") === "true") this.close();
    else this.#open(opener, article);
  }

  close() {
    if (!this.#opener) return;
    const opener = this.#opener;
    const held = this.#menu.contains(document.activeElement);
    this.#opener = null;
    this.#leave();
    this.#closeModels();
    this.#closeModels = () => {};
    opener.setAttribute("aria-expanded", "false");
    this.#heard(false);
    this.#menu.hidePopover();
    if (held) opener.focus();
  }

  // The same models as beside the message box; the one that is chosen writes another version of this reply.
  async offerModels(article) {
    const opener = this.#opener;
    let chooser;
    try {
      chooser = await (await this.#choosing.load()).bring("models");
    } catch (problem) {
      toast(problem.message);
      return;
    }
    if (opener !== this.#opener) return;
    this.#show("models");
    chooser.choices.mark(one("#model").dataset.value);
    chooser.openAt(one(".message-options", this.#menu), opener, {
      instead: (model) => this.#retry(article, Number(model)),
      closed: () => this.close(),
    });
    this.#closeModels = () => chooser.close();
    this.#place();
  }

  #retry(article, model) {
    this.close();
    this.#outbox.retry(this.#thread.conversation, article.dataset.message, this.#thread.tip, model);
  }

  #open(opener, article) {
    this.close();
    this.#menu ??= this.#made();
    this.#fill(article);
    opener.after(this.#menu);
    this.#opener = opener;
    opener.setAttribute("aria-expanded", "true");
    this.#show("acts");
    this.#leave = float(this.#menu, opener, () => this.close());
    this.#heard(true);
    this.#items[0].focus();
  }

  #place() {
    putBeside(this.#menu, this.#opener.getBoundingClientRect());
  }

  #made() {
    const menu = clone("t-message-menu");
    menu.addEventListener("keydown", (event) => event.target.matches(".menu-item") && this.#key(event));
    // Fewer models fit what is typed, or more
    menu.addEventListener("input", () => this.#place());
    // Its own button closes it when it is pressed: closed before that, it would be opened again
    const isAway = (to) => to && !menu.contains(to) && to !== this.#opener;
    menu.addEventListener("focusout", ({ relatedTarget: to }) => isAway(to) && this.close());
    return menu;
  }

  #fill(article) {
    const { message, reported } = article.dataset;
    const model = one(".model", article)?.textContent ?? "";
    one(".message-facts", this.#menu).textContent = [momentOf(article), model].filter(Boolean).join(" · ");
    const link = (name) => one(`[data-action=${name}]`, this.#menu);
    link("sent").href = address("sent", message);
    link("report").href = address("report", message);
    link("compare").href = address("versions", message);
    link("compare").hidden = !one(".siblings", article);
    one("[data-action=pin]", this.#menu).setAttribute("aria-pressed", String(isPinned(article)));
    const [report, isReported] = all("[data-action=report] > span", this.#menu);
    report.hidden = reported !== undefined;
    isReported.hidden = reported === undefined;
  }

  #show(what) {
    one(".message-facts", this.#menu).hidden = what === "models";
    for (const name of ["acts", "models"]) one(`.message-${name}`, this.#menu).hidden = name !== what;
  }

  get #items() {
    return all(".menu-item", this.#menu).filter((item) => item.checkVisibility());
  }

  // As in other menus: arrows walk, a letter goes to the next one that begins with it, Escape closes.
  #key(event) {
    const items = this.#items;
    const at = items.indexOf(document.activeElement);
    let next = null;
    if (event.key in STEPS) next = items.at((at + STEPS[event.key]) % items.length);
    else if (event.key === "Home") next = items[0];
    else if (event.key === "End") next = items.at(-1);
    else if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const turned = [...items.slice(at + 1), ...items.slice(0, at + 1)];
      next = turned.find((item) => item.textContent.trim().toLowerCase().startsWith(event.key.toLowerCase()));
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.close();
    }
    if (!next) return;
    event.preventDefault();
    next.focus();
  }
}

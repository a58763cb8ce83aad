// The buttons on messages: copy, edit, retry, continue, report, and what to do with one that waits or was refused.

import { textOf, toClipboard } from "./copy.js";
import { fetchPage, one, post, word } from "./dom.js";
import { toast } from "./widgets.js";

const DONE_FOR = 1600;

export class Actions {
  #report;
  #tell;

  // `tell` has: say(text), resend(client), branch(client), putBack(client), inform(client), edit(article),
  // retry(reply), goOn(reply)
  constructor(column, dialog, tell) {
    this.#report = new ReportDialog(dialog);
    this.#tell = tell;
    column.addEventListener("click", (event) => this.#clicked(event));
  }

  #clicked(event) {
    const button = event.target.closest("[data-action]");
    if (button) this.#acts[button.dataset.action]?.(button, button.closest(".message"), event);
  }

  #acts = {
    starter: (button) => this.#tell.say(button.textContent),
    copy: (button, article) => copied(button, textOf(article)),
    "copy-code": (button) => copied(button, one("pre", button.closest(".code")).textContent.replace(/\n$/, "")),
    edit: (button, article) => this.#tell.edit(article),
    retry: (button, article) => this.#tell.retry(article.dataset.message),
    continue: (button, article) => this.#tell.goOn(article.dataset.message),
    resend: (button, article) => this.#tell.resend(article.dataset.client),
    branch: (button, article) => this.#tell.branch(article.dataset.client),
    inform: (button, article) => this.#tell.inform(article.dataset.client),
    "take-back": (button, article) => this.#tell.putBack(article.dataset.client),
    report: (button, article, event) => {
      event.preventDefault();
      this.#report.open(button);
    },
  };
}

async function copied(button, text) {
  if (!(await toClipboard(text))) return;
  button.classList.add("done");
  toast(word("Copied"), { time: DONE_FOR });
  setTimeout(() => button.classList.remove("done"), DONE_FOR);
}

// The form is that of the report's own page, fetched when it is asked for.
class ReportDialog {
  #dialog;
  #opener = null;

  constructor(dialog) {
    this.#dialog = dialog;
    dialog.addEventListener("submit", (event) => this.#send(event));
    dialog.addEventListener("click", (event) => this.#clicked(event));
    dialog.addEventListener("close", () => this.#opener?.focus());
  }

  async open(opener) {
    this.#opener = opener;
    try {
      const page = await fetchPage(opener.href);
      this.#dialog.replaceChildren(document.importNode(one(".report-form", page), true));
      this.#dialog.showModal();
    } catch (problem) {
      toast(problem.message);
    }
  }

  #clicked(event) {
    if (event.target !== this.#dialog && !event.target.closest("[data-action=close]")) return;
    event.preventDefault();
    this.#dialog.close();
  }

  async #send(event) {
    event.preventDefault();
    const form = event.target;
    event.submitter.disabled = true;
    try {
      await post(this.#opener.href, new FormData(form));
      this.#dialog.close();
      toast(word("Reported"));
    } catch (problem) {
      one(".form-error", form).textContent = problem.message;
    }
    event.submitter.disabled = false;
  }
}

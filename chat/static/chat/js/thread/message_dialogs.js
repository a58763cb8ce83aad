// Reporting an answer, and what was sent for it: as on their own pages, which are fetched when they are asked for.

import { onItsWay, openDialog } from "../core/dialog.js";
import { one, word } from "../core/dom.js";
import { fetchPage, post } from "../core/requests.js";
import { toast } from "../core/toast.js";

export function register({ clicks }) {
  clicks.on("report", open);
  clicks.on("sent", open);
}

// The menu that leads here is closed by then: the focus goes back to its button.
function open({ href }, article, event) {
  event.preventDefault();
  onItsWay(async () => {
    const content = document.importNode(one(".report-form, .sent", await fetchPage(href)), true);
    const dialog = openDialog(content, { opener: one("[data-action=more]", article) });
    content.addEventListener("submit", (event) => report(event, href, article, dialog));
  });
}

async function report(event, href, article, dialog) {
  event.preventDefault();
  const form = event.target;
  event.submitter.disabled = true;
  try {
    await post(href, new FormData(form));
    // As the page has it when it is made anew (_assistant_message.html)
    article.dataset.reported = "";
    dialog.close();
    toast(word("Reported"));
  } catch (problem) {
    one(".form-error", form).textContent = problem.message;
  }
  event.submitter.disabled = false;
}

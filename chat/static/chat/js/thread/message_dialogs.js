// Reporting an answer, and what was sent for it: as on their own pages, which are fetched when they are asked for.

import { onItsWay, openDialog } from "../core/dialog.js";
import { one, word } from "../core/dom.js";
import { fetchPage, post } from "../core/requests.js";
import { toast } from "../core/toast.js";

export function register({ clicks }) {
  clicks.on("report", open);
  clicks.on("sent", open);
}

// As the page has it when it is made anew (_assistant_message.html).
function showReported(button) {
  button.setAttribute("aria-pressed", "true");
  button.setAttribute("aria-label", word("Flagged"));
  button.title = word("Flagged");
}

function open(opener, article, event) {
  event.preventDefault();
  onItsWay(async () => {
    const content = document.importNode(one(".report-form, .sent", await fetchPage(opener.href)), true);
    const dialog = openDialog(content, { opener });
    content.addEventListener("submit", (event) => report(event, opener, dialog));
  });
}

async function report(event, opener, dialog) {
  event.preventDefault();
  const form = event.target;
  event.submitter.disabled = true;
  try {
    await post(opener.href, new FormData(form));
    showReported(opener);
    dialog.close();
    toast(word("Reported"));
  } catch (problem) {
    one(".form-error", form).textContent = problem.message;
  }
  event.submitter.disabled = false;
}

// Reporting a reply, why it was found bad, and what was sent for it: as on their own pages, which are fetched when they
// are asked for.

import { onItsWay, openDialog } from "../core/dialog.js";
import { one, word } from "../core/dom.js";
import { fetchPage, post } from "../core/requests.js";
import { toast } from "../core/toast.js";

// From the menu, which is closed by then: the focus goes back to its button.
export function openMessageDialog({ href }, article, event) {
  event.preventDefault();
  return open(href, one("[data-action=more]", article), () => {
    // As the page has it when it is made anew (_assistant_message.html)
    article.dataset.reported = "";
    toast(word("Reported"));
  });
}

export function askWhy(href, opener) {
  return open(href, opener, () => toast(word("Rated")));
}

// `sent` is called when the server has taken what its form says.
function open(href, opener, sent) {
  return onItsWay(async () => {
    const content = document.importNode(one(".report-form, .feedback-form, .sent", await fetchPage(href)), true);
    const dialog = openDialog(content, { opener });
    content.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (!(await send(event, href))) return;
      dialog.close();
      sent();
    });
  });
}

// Gives whether it was taken; if not, the form says why.
async function send({ target: form, submitter }, href) {
  submitter.disabled = true;
  try {
    await post(href, new FormData(form));
    return true;
  } catch (problem) {
    one(".form-error", form).textContent = problem.message;
    submitter.disabled = false;
    return false;
  }
}

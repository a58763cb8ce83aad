// Thumbs up and down: kept at once, and after a thumb down one may say why.

import { onItsWay, openDialog } from "../core/dialog.js";
import { address, all, one, word } from "../core/dom.js";
import { fetchPage, post } from "../core/requests.js";
import { toast } from "../core/toast.js";

export function register({ clicks }) {
  let last = Promise.resolve();
  // One after the other, so that the last press is what is kept
  clicks.on("rate", (button, article) => (last = last.then(() => rate(button, article))));
}

async function rate(button, article) {
  const before = all(".rate", article).map((thumb) => thumb.getAttribute("aria-pressed"));
  const rating = button.getAttribute("aria-pressed") === "true" ? "" : button.value;
  const url = address("feedback", article.dataset.message);
  all(".rate", article).forEach((thumb) => thumb.setAttribute("aria-pressed", String(thumb.value === rating)));
  try {
    await post(url, { rating });
  } catch (problem) {
    all(".rate", article).forEach((thumb, index) => thumb.setAttribute("aria-pressed", before[index]));
    toast(problem.message);
    return;
  }
  if (rating === "down") await onItsWay(() => askWhy(url, button));
  else if (rating) toast(word("Rated"));
}

async function askWhy(url, opener) {
  const form = document.importNode(one(".feedback-form", await fetchPage(url)), true);
  const dialog = openDialog(form, { opener });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.submitter.disabled = true;
    try {
      await post(url, new FormData(form));
      dialog.close();
      toast(word("Rated"));
    } catch (problem) {
      one(".form-error", form).textContent = problem.message;
    }
    event.submitter.disabled = false;
  });
}

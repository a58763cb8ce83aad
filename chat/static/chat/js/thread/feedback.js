// Thumbs up and down: kept at once, and after a thumb down one may say why.

import { address, all, word } from "../core/dom.js";
import { post } from "../core/requests.js";
import { toast } from "../core/toast.js";

export function register({ clicks, opening }) {
  let last = Promise.resolve();
  // One after the other, so that the last press is what is kept
  clicks.on("rate", (button, article) => (last = last.then(() => rate(button, article, opening))));
}

async function rate(button, article, opening) {
  const before = all(".rate", article).map((thumb) => thumb.getAttribute("aria-pressed"));
  const rating = button.getAttribute("aria-pressed") === "true" ? "" : button.value;
  const url = address("feedback", article.dataset.message);
  all(".rate", article).forEach((thumb) => thumb.setAttribute("aria-pressed", String(thumb.value === rating)));
  try {
    await post(url, { rating }, { keepalive: true });
  } catch (problem) {
    all(".rate", article).forEach((thumb, index) => thumb.setAttribute("aria-pressed", before[index]));
    toast(problem.message);
    return;
  }
  if (rating === "down") await opening.use((it) => it.askWhy(url, button));
  else if (rating) toast(word("Rated"));
}

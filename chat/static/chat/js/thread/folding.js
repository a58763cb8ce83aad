// Long messages of one's own show their beginning first.

import { one } from "../core/dom.js";

export function register({ clicks, column, scroll }) {
  clicks.on("fold", (button, article) => turn(button, article, scroll));
  // What was found or selected in the folded part has scrolled there
  column.addEventListener("scroll", ({ target }) => unfold(target.closest?.("[data-long=folded]")), true);
}

// What is read on stays where it is: the message's beginning, or its button.
function turn(button, article, scroll) {
  const opens = article.dataset.long === "folded";
  scroll.hold(opens ? article : button, () => (opens ? unfold : fold)(article));
}

// Whether a message that is not saved yet will be shown so: the server says what is long (chat/core/text.py).
export function isLong(text, { foldCharacters, foldLines }) {
  return [...text].length > Number(foldCharacters) || text.split("\n").length > Number(foldLines);
}

export const unfold = (article) => article && setFold(article, "open");
const fold = (article) => setFold(article, "folded");

function setFold(article, state) {
  article.dataset.long = state;
  one("[data-action=fold]", article).setAttribute("aria-expanded", String(state === "open"));
}

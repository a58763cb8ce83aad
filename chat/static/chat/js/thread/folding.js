// Long messages of one's own show their beginning first.

import { one } from "../core/dom.js";

// More characters or lines than these are long; the same rule as in chat/core/text.py
const LONG = { characters: 1200, lines: 20 };

export function register({ clicks, column, scroll }) {
  clicks.on("fold", (button, article) => turn(button, article, scroll));
  // What was found or selected in the folded part has scrolled there
  column.addEventListener("scroll", ({ target }) => unfold(target.closest?.("[data-long=folded]")), true);
}

// What is read on stays where it is: the message's beginning, or its button.
function turn(button, article, scroll) {
  const opens = article.dataset.long === "folded";
  const place = () => (opens ? article : button);
  scroll.pinned(place, place, () => (opens ? unfold : fold)(article));
}

export const isLong = (text) => [...text].length > LONG.characters || text.split("\n").length > LONG.lines;
export const unfold = (article) => article && setFold(article, "open");
const fold = (article) => setFold(article, "folded");

function setFold(article, state) {
  article.dataset.long = state;
  one("[data-action=fold]", article).setAttribute("aria-expanded", String(state === "open"));
}

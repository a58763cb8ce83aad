// On pages that log out and have no list of conversations: what this browser keeps for its person goes, as it does by the
// menu of the list. Their other tabs hear of it.

import { forgetAll, lastPerson } from "./core/storage.js";

document.addEventListener("submit", ({ target }) => {
  if (!target.matches(".log-out")) return;
  // These pages say of nobody whose they are
  document.body.dataset.user = lastPerson();
  forgetAll();
});

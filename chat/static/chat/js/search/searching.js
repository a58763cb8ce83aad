// Search: the palette comes when somebody is about to search; what a search led to is marked on the page.

import { onItsWay } from "../core/dialog.js";
import { later } from "../core/later.js";

export function register(page) {
  const load = later(document.body.dataset.searchScript, page);
  const open = (opener) => onItsWay(async () => (await load()).open(opener));
  page.shortcuts.on("search", () => open(document.activeElement));
  page.clicks.on("search", (link, article, event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(link);
  });
  if (new URLSearchParams(location.search).has("q") && location.hash.startsWith("#m-")) {
    load().then((it) => it.markFound()).catch(() => {});
  }
}

// Search: the palette comes when somebody is about to search; what a search led to is marked on the page.

import { later } from "../core/later.js";
import { toast } from "../core/toast.js";

export function register(page) {
  const load = later(document.body.dataset.searchScript, page);
  const open = async (opener) => {
    try {
      (await load()).open(opener);
    } catch (problem) {
      toast(problem.message);
    }
  };
  page.shortcuts.on("search", () => void open(document.activeElement));
  page.clicks.on("search", (link, article, event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(link);
  });
  if (new URLSearchParams(location.search).has("q") && location.hash.startsWith("#m-")) {
    load().then((it) => it.markFound()).catch(() => {});
  }
}

// The sheet of keyboard shortcuts: that of its own page, fetched when it is asked for.

import { onItsWay, openDialog } from "./dialog.js";
import { one } from "./dom.js";
import { fetchPage } from "./requests.js";

export function register({ shortcuts, clicks }) {
  const open = (opener) =>
    onItsWay(async () => {
      const sheet = document.importNode(one(".shortcuts", await fetchPage(document.body.dataset.shortcutsUrl)), true);
      shortcuts.explain(sheet);
      openDialog(sheet, { opener });
    });
  shortcuts.on("shortcuts", () => open(document.activeElement));
  clicks.on("shortcuts", (link, article, event) => {
    event.preventDefault();
    open(one("summary", link.closest(".menu")));
    link.closest(".menu").open = false;
  });
}

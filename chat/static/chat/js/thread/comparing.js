// Two versions of a reply side by side, as on their own page, which is fetched when it is asked for.

import { onItsWay, openDialog } from "../core/dialog.js";
import { one } from "../core/dom.js";
import { fetchPage } from "../core/requests.js";
import { enhance } from "./blocks.js";

// From a reply's row, or from one version in the dialog to the next one, which takes its place there.
export function compare({ versions }, link, article) {
  return onItsWay(async () => {
    const content = document.importNode(one(".compared", await fetchPage(link.href)), true);
    enhance(content);
    const shown = link.closest(".compared");
    if (shown) {
      shown.replaceChildren(...content.childNodes);
      one("h2", shown).focus();
      return;
    }
    const opener = link.closest("[popover]") ? one("[data-action=more]", article) : link;
    const dialog = openDialog(content, { opener, wide: true });
    content.addEventListener("submit", (event) => {
      event.preventDefault();
      dialog.close();
      versions.turnTo(event.target.action, article.dataset.message, "action after");
    });
  });
}

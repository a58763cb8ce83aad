// What leads to an export asks for the format in a dialog: the form of its own page, which the browser sends itself.

import { onItsWay, openDialog } from "../core/dialog.js";
import { one } from "../core/dom.js";
import { fetchPage } from "../core/requests.js";

export function register({ clicks }) {
  clicks.on("export", (link, _, event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const menu = link.closest("details");
    if (menu) menu.open = false;
    onItsWay(async () => {
      const form = document.importNode(one(".export-form", await fetchPage(link.href)), true);
      const dialog = openDialog(form, { opener: menu ? one("summary", menu) : link });
      // Once the browser has taken it: a form that is gone is not sent
      form.addEventListener("submit", () => setTimeout(() => dialog.close()));
    });
  });
}

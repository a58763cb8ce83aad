// Search: the palette comes when somebody is about to search; what a search led to is marked on the page.

import { openDialog } from "../core/dialog.js";
import { clone, one, opensElsewhere } from "../core/dom.js";
import { later } from "../core/later.js";

export function register(page) {
  const load = later(document.body.dataset.searchScript, page);
  page.shortcuts.on("search", () => openPalette(load, document.activeElement));
  page.clicks.on("search", (link, article, event) => {
    if (opensElsewhere(event)) return;
    event.preventDefault();
    openPalette(load, link);
  });
  if (new URLSearchParams(location.search).has("q") && location.hash.startsWith("#m-")) {
    load().then((it) => it.markFound()).catch(() => {});
  }
}

// Its field is there at once: what is typed while its script comes over a slow line must not go into the message box.
function openPalette(load, opener) {
  if (one("dialog[open]")) return;
  const dialog = openDialog(clone("t-palette"), { opener });
  dialog.classList.add("palette-dialog");
  one("input", dialog).focus();
  bring(load, dialog);
}

// After a failure, who types on tries again.
async function bring(load, dialog) {
  try {
    (await load()).open(dialog);
  } catch (problem) {
    one("[role=listbox]", dialog).replaceChildren(note(problem.message));
    one("input", dialog).addEventListener("input", () => bring(load, dialog), { once: true });
  }
}

// What the palette says in place of results.
export function note(text) {
  const line = document.createElement("p");
  line.className = "chooser-none";
  line.textContent = text;
  return line;
}

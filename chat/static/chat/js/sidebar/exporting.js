// What leads to an export asks for the format in a dialog: the form of its own page, which the browser sends itself.

import { onItsWay, openDialog, openerOf, outOfHistory } from "../core/dialog.js";
import { one, opensElsewhere } from "../core/dom.js";
import { fetchPage } from "../core/requests.js";

// Milliseconds after which the browser has surely taken what is to be sent
const TAKEN = 1000;

export function register({ clicks }) {
  clicks.on("export", (link, _, event) => {
    if (opensElsewhere(event)) return;
    event.preventDefault();
    const opener = openerOf(link);
    onItsWay(() => ask(link.href, opener));
  });
}

async function ask(url, opener) {
  const form = document.importNode(one(".export-form", await fetchPage(url)), true);
  let pressed = null;
  const dialog = openDialog(form, { opener, closed: () => pressed && send(form, pressed) });
  form.addEventListener("submit", (event) => {
    if (pressed) return;
    event.preventDefault();
    pressed = event.submitter;
    dialog.close();
  });
}

// The dialog's entry in the history goes first: a step back would stop what is being sent.
async function send(form, button) {
  await outOfHistory();
  form.hidden = true;
  document.body.append(form);
  form.requestSubmit(button);
  setTimeout(() => form.remove(), TAKEN);
}

// Sharing the conversation in view, in a dialog: the form of its own page, and then the page of the link.

import { openDialog } from "../core/dialog.js";
import { all, one, sheetLoaded } from "../core/dom.js";
import { markWrong, unmark } from "../core/form_dialog.js";
import { fetchPage, post } from "../core/requests.js";
import { copyAddress } from "./address.js";
import { Redacting } from "./redacting.js";

// Throws what `fetchPage` throws.
export async function open(url, opener) {
  const page = await fetchPage(url);
  await style(page);
  const form = document.importNode(one(".share-form", page), true);
  const redacting = new Redacting(form);
  const dialog = openDialog(form, { opener, wide: true, closed: () => redacting.end() });
  dialog.addEventListener("click", copyAddress);
  one("[data-choose]", form).addEventListener("click", () => chooseAll(form));
  form.addEventListener("submit", (event) => submit(event, url, dialog, redacting));
}

async function style(page) {
  if (one(".sharing-style")) return;
  const sheet = document.importNode(one(".sharing-style", page));
  document.head.append(sheet);
  await sheetLoaded(sheet);
}

async function submit(event, url, dialog, redacting) {
  event.preventDefault();
  const { target: form, submitter: button } = event;
  button.disabled = true;
  unmark(form);
  try {
    const { address } = await (await post(url, new FormData(form))).json();
    const link = document.importNode(one(".shared-link", await fetchPage(address)), true);
    redacting.end();
    form.replaceWith(link);
    dialog.setAttribute("aria-labelledby", one("h2", link).id);
    one("[data-copied]", link)?.focus();
  } catch (problem) {
    const wrong = markWrong(form, fitting(form, problem));
    (wrong ?? button).focus();
    button.disabled = false;
  }
}

// All of them, or none if all are chosen.
function chooseAll(form) {
  const boxes = all("input[name=message]", form);
  const isAll = boxes.every(({ checked }) => checked);
  for (const box of boxes) box.checked = !isAll;
}

// Of messages there are many fields, or none: what is wrong with them is said of the form.
function fitting(form, { message, fields = {} }) {
  const { message: unchosen, ...others } = fields;
  return { message: unchosen ?? message, fields: others };
}

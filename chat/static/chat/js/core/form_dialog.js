// A form of settings in a dialog: that of its own page, fetched when it is asked for.

import { onItsWay, openDialog } from "./dialog.js";
import { all, one } from "./dom.js";
import { fetchPage, post } from "./requests.js";
import { toast } from "./toast.js";

// Fetches and shows it, once for presses in a row.
export function openFormDialog(url, options) {
  return onItsWay(() => showForm(url, options));
}

// `placed(form)` is called when it is shown, `saved(answer)` with what holds from now on. Throws what `fetchPage` throws.
export async function showForm(url, { opener, saved, placed = () => {} }) {
  const form = document.importNode(one(".settings-form", await fetchPage(url)), true);
  const dialog = openDialog(form, { opener, wide: true });
  placed(form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await save(form, url, event.submitter);
    if (!answer) return;
    saved(answer);
    dialog.close();
    toast(form.dataset.saved);
  });
}

// What holds now, or nothing when it was refused: the form says why.
async function save(form, url, button) {
  button.disabled = true;
  unmark(form);
  try {
    return await (await post(url, new FormData(form))).json();
  } catch (problem) {
    (markWrong(form, problem) ?? button).focus();
    button.disabled = false;
    return null;
  }
}

// Takes away what was said of an earlier try.
export function unmark(form) {
  all(".field-error", form).forEach((line) => line.remove());
  all("[aria-invalid]", form).forEach((field) => field.removeAttribute("aria-invalid"));
  one(".form-error", form).textContent = "";
}

// Says in a form why it was refused. Gives the first wrong field, if there is one.
export function markWrong(form, { message, fields = {} }) {
  const wrong = Object.entries(fields).map(([name, sentence]) => mark(form.elements[name], sentence));
  if (!wrong.length) one(".form-error", form).textContent = message;
  return wrong[0];
}

// As the server marks it where there is no script (_setting.html). Gives the field.
function mark(field, sentence) {
  const line = document.createElement("p");
  line.className = "field-error";
  line.id = `${field.id}_error`;
  line.textContent = sentence;
  field.after(line);
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", `${field.id}_helptext ${line.id}`);
  const folded = field.closest("details");
  if (folded) folded.open = true;
  return field;
}

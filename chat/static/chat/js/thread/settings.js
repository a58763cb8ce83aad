// The settings of the conversation in view, in a dialog: the form of their own page, fetched when it is asked for.

import { conversationOf } from "../composer/choosing.js";
import { openDialog } from "../core/dialog.js";
import { address, all, fetchPage, one, post } from "../core/dom.js";
import { toast } from "../core/widgets.js";

// `settle(conversation)` is told of the one that a new chat is from now on.
export async function open(thread, settle) {
  try {
    const url = address("settings", await conversationOf(thread, settle));
    const page = await fetchPage(url);
    show(document.importNode(one(".settings-form", page), true), url, thread);
  } catch (problem) {
    toast(problem.message);
  }
}

function show(form, url, thread) {
  const dialog = openDialog(form, { opener: one("#settings"), wide: true });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await save(form, url, event.submitter);
    if (!answer) return;
    if (url === address("settings", thread.conversation)) thread.sees(answer.exchanges, answer.memory);
    dialog.close();
    toast(form.dataset.saved);
  });
}

// What holds now, or nothing when it was refused: the form says why.
async function save(form, url, button) {
  button.disabled = true;
  all(".field-error", form).forEach((line) => line.remove());
  all("[aria-invalid]", form).forEach((field) => field.removeAttribute("aria-invalid"));
  one(".form-error", form).textContent = "";
  try {
    return await (await post(url, new FormData(form))).json();
  } catch ({ message, fields = {} }) {
    const wrong = Object.entries(fields).map(([name, sentence]) => mark(form.elements[name], sentence));
    if (!wrong.length) one(".form-error", form).textContent = message;
    button.disabled = false;
    (wrong[0] ?? button).focus();
    return null;
  }
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
  return field;
}

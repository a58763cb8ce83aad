// The settings of the conversation in view, in a dialog: the form of their own page, fetched when it is asked for.

import { conversationOf } from "../composer/conversation.js";
import { onItsWay, openDialog } from "../core/dialog.js";
import { address, all, one } from "../core/dom.js";
import { fetchPage, post } from "../core/requests.js";
import { toast } from "../core/toast.js";

// Tells of "page:context" with the number of exchanges that the model sees from now on, and the line that says so.
export function register({ events, thread }) {
  one("#settings").addEventListener("click", (event) => {
    event.preventDefault();
    open(thread, events);
  });
}

function open(thread, events) {
  onItsWay(async () => {
    const url = address("settings", await conversationOf(thread));
    const form = document.importNode(one(".settings-form", await fetchPage(url)), true);
    show(form, url, (answer) => {
      if (url !== address("settings", thread.conversation)) return;
      events.tell("page:context", answer);
      thread.changed();
    });
  });
}

// `saved(answer)` is called with what holds from now on.
function show(form, url, saved) {
  const dialog = openDialog(form, { opener: one("#settings"), wide: true });
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

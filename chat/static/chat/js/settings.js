// The settings of the conversation in view, in a dialog: the form of their own page, fetched when it is asked for.

import { conversationOf } from "./choosing.js";
import { address, fetchPage, one, post } from "./dom.js";
import { toast } from "./widgets.js";

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
  const dialog = document.createElement("dialog");
  dialog.className = "dialog wide";
  dialog.setAttribute("aria-labelledby", "settings-title");
  dialog.append(form);
  dialog.addEventListener("click", (event) => {
    if (event.target !== dialog && !event.target.closest("[data-action=close]")) return;
    event.preventDefault();
    dialog.close();
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    one("#settings").focus();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save(form, url, event.submitter).then((answer) => {
      if (!answer) return;
      if (url === address("settings", thread.conversation)) thread.sees(answer.exchanges, answer.memory);
      dialog.close();
      toast(form.dataset.saved);
    });
  });
  document.body.append(dialog);
  dialog.showModal();
}

// What holds now, or nothing when it was refused: the form says why.
async function save(form, url, button) {
  button.disabled = true;
  one(".form-error", form).textContent = "";
  try {
    return await (await post(url, new FormData(form))).json();
  } catch (problem) {
    one(".form-error", form).textContent = problem.message;
    return null;
  } finally {
    button.disabled = false;
  }
}

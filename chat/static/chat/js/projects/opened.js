// The dialogs of projects, which are the forms of their own pages: what a project is, where a conversation goes, and
// whether the conversations of one that is deleted stay.

import { onItsWay, openDialog, openerOf, outOfHistory } from "../core/dialog.js";
import { all, one, sheetLoaded } from "../core/dom.js";
import { markWrong, unmark } from "../core/form_dialog.js";
import { fetchPage, post } from "../core/requests.js";

export function open({ events }, projects) {
  return {
    edit: (link) => onItsWay(() => edit(events, link)),
    move: (link) => onItsWay(() => move(projects, link)),
    ask: (link) => onItsWay(() => show(link)),
  };
}

// What it is now is in view when it is saved.
async function edit(events, link) {
  const url = link.href;
  link.closest("dialog")?.close();
  const { form, dialog } = await show(link, url);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    unmark(form);
    event.submitter.disabled = true;
    try {
      const answer = await (await post(url, new FormData(form))).json();
      dialog.close();
      await outOfHistory();
      events.tell("page:wanted", answer.url);
    } catch (problem) {
      (markWrong(form, problem) ?? event.submitter).focus();
      event.submitter.disabled = false;
    }
  });
}

async function move(projects, link) {
  const [, conversation] = /([0-9a-f-]{36})/.exec(link.pathname);
  const { form, dialog } = await show(link);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const byKeyboard = document.activeElement.matches(":focus-visible");
    dialog.close();
    projects.move(conversation, new FormData(form).get("project"), byKeyboard);
  });
}

// A form that is sent as it is leads to another page.
async function show(link, url = link.href) {
  const page = await fetchPage(url);
  const sheet = one(".projects-style", page);
  if (sheet && !one(".projects-style")) {
    document.head.append(document.importNode(sheet));
    await sheetLoaded(one(".projects-style"));
  }
  const form = document.importNode(one(".settings-form", page), true);
  form.action = url;
  const dialog = openDialog(form, { opener: openerOf(link), wide: !form.matches(".project-move") });
  (all("input[type=text], input:checked", form)[0] ?? one("h2", form)).focus();
  return { form, dialog };
}

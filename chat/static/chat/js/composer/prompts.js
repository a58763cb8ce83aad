// One's saved prompts, offered above the message box while it holds "/" and the beginning of a name.

import { openDialog } from "../core/dialog.js";
import { one } from "../core/dom.js";
import { Chooser } from "./chooser.js";
import { sends } from "./limited_text.js";

// A word in double braces is asked for; anything else in them ({{7*7}}) is text as well as the rest
const VARIABLE = /\{\{\s*(\p{L}[\p{L}\p{N}\p{M}_ -]{0,39}?)\s*\}\}/gu;
const MOST_VARIABLES = 20;

export function makePrompts({ composer }, holder) {
  return new Chooser(holder, (option) => {
    choose(option, holder, composer);
  });
}

async function choose(option, holder, composer) {
  const { text } = option.dataset;
  const names = [...new Set([...text.matchAll(VARIABLE)].map((found) => found[1]))].slice(0, MOST_VARIABLES);
  if (!names.length) {
    composer.place(text);
    return;
  }
  const words = await ask(holder, one(".saved-name", option).textContent, names);
  if (words) composer.place(text.replace(VARIABLE, (whole, name) => words.get(name) ?? whole));
}

// What is to stand for each name; null when its reader thinks better of it.
function ask(holder, title, names) {
  const form = document.importNode(one("template", holder).content, true).firstElementChild;
  one("h2", form).textContent = title;
  const fields = names.map((name, number) => field(one(".fill-fields", form), name, `fill-${number}`));
  let words = null;
  return new Promise((resolve) => {
    const dialog = openDialog(form, { opener: one("#text"), closed: () => resolve(words) });
    form.addEventListener("keydown", (event) => {
      if (!event.target.matches("textarea") || !sends(event)) return;
      event.preventDefault();
      form.requestSubmit();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      words = new Map(names.map((name, number) => [name, fields[number].value]));
      dialog.close();
    });
    fields[0].focus();
  });
}

function field(holder, name, id) {
  const label = document.createElement("label");
  const area = document.createElement("textarea");
  label.className = "field-label";
  label.htmlFor = area.id = id;
  label.textContent = name;
  area.className = "field-input";
  area.rows = 1;
  area.dir = "auto";
  holder.append(label, area);
  return area;
}

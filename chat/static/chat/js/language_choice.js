// The choice of a language on a card: the same page in that language takes this one's place, and what was typed stays.

import { all, one } from "./core/dom.js";
import { fetchPage, post } from "./core/requests.js";

addEventListener("change", ({ target }) => {
  const choice = target.closest(".language-choice");
  if (choice) change(choice, target.value);
});

async function change(choice, language) {
  try {
    await post(choice.action, { language });
    show(await fetchPage(location.href));
  } catch {
    const { form } = one("select", choice);
    form.requestSubmit(one("button", choice)); // the browser says what is wrong, or loads the page anew
  }
}

function show(page) {
  const { lang, dir } = page.documentElement;
  Object.assign(document.documentElement, { lang, dir });
  document.title = page.title;
  const body = document.importNode(page.body, true);
  all("input:not([type=hidden]), textarea", body).forEach(keep);
  all("select", body).forEach(choose);
  document.body.replaceChildren(...body.children);
  one(".language-choice select").focus();
}

// The field itself moves, with what is in it and may be undone; its words are those of the new page.
function keep(fresh) {
  const field = document.getElementById(fresh.id);
  if (field?.tagName !== fresh.tagName) return;
  const { value, checked } = field;
  for (const { name, value: words } of fresh.attributes) if (name !== "value") field.setAttribute(name, words);
  if (field.type !== "file") Object.assign(field, { value, checked });
  fresh.replaceWith(field);
}

function choose(fresh) {
  const field = fresh.id && document.getElementById(fresh.id);
  if (field) fresh.value = field.value;
}

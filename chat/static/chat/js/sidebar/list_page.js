// The pages of the list: rows are chosen as in the side bar. Without this they are a plain form.

import { all, one } from "../core/dom.js";
import { Choice } from "./choice.js";

const form = one(".list-form");
if (form) new Choice(form, form).count();

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !form) return;
  all(".choice:checked, .choice-all", form).forEach((box) => (box.checked = false));
  one(".choice-all", form).dispatchEvent(new Event("change"));
});

// The eye in the field of a password: what is typed there can be read. A password is never sent or left behind in the
// open: browsers and password managers keep what stands in a field of that kind, and no other.

import { all, one } from "./core/dom.js";

const BUTTON = ".show-password";

// The focus stays in the field, and on a phone the keyboard
addEventListener("mousedown", (event) => {
  if (event.target.closest(BUTTON)) event.preventDefault();
});
addEventListener("click", ({ target }) => {
  const button = target.closest(BUTTON);
  if (button) show(button, button.getAttribute("aria-pressed") !== "true");
});
addEventListener("submit", hide, { capture: true });
addEventListener("pagehide", hide);

function hide() {
  for (const button of all(`${BUTTON}[aria-pressed="true"]`)) show(button, false);
}

// Another kind of field begins with its caret at the start
function show(button, isShown) {
  const field = one("input", button.parentElement);
  const { selectionStart, selectionEnd, selectionDirection } = field;
  field.type = isShown ? "text" : "password";
  field.setSelectionRange(selectionStart, selectionEnd, selectionDirection);
  button.setAttribute("aria-pressed", isShown);
}

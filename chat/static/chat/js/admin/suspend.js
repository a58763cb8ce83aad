// The page that suspends people: a press on a usual length fills in its last day.

const field = document.querySelector("#id_until");

function show() {
  for (const button of document.querySelectorAll("[data-until]")) {
    button.setAttribute("aria-pressed", String(button.dataset.until === field.value));
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-until]");
  if (!button) return;
  field.value = button.dataset.until;
  show();
});
field.addEventListener("input", show);
show();

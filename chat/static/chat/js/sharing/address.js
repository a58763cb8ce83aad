// Copying the address of a link, on its page and in the dialog that has just made it.

// Milliseconds
const DONE_FOR = 1600;

export async function copyAddress({ target }) {
  const button = target.closest("[data-copied]");
  if (!button) return;
  const field = button.parentElement.querySelector("input");
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    // On plain http outside of this machine there is no navigator.clipboard; what is selected can be copied by hand
    field.select();
    if (!document.execCommand("copy")) return;
  }
  if (button.textContent === button.dataset.copied) return; // pressed again meanwhile
  const { textContent: words } = button;
  button.textContent = button.dataset.copied;
  setTimeout(() => (button.textContent = words), DONE_FOR);
}

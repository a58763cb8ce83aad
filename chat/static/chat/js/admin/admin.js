// A name on a bare element is not read out; Django's filter icons are pictures with one.
// On a phone each row of a list is a card, where every cell bears the name of its column, below the links that sort them
// (admin.css). They are named as they come: those that are seen before they are named would move what is below.
// The sections scroll sideways there: a browser leaves one that has the focus where it is while a bit of it can be seen.

const names = (row) => [...row.cells].map((cell) => cell.querySelector(".text")?.textContent.trim() ?? "");

function nameCells() {
  const table = document.querySelector("#result_list");
  const head = table?.tBodies.length && table.tHead.rows[0];
  if (!head) return;
  head.dataset.label = document.querySelector("#sections")?.dataset.sort ?? "";
  const columns = names(head);
  for (const cell of table.querySelectorAll("tbody > tr > :not([data-column])")) {
    cell.dataset.column = columns[cell.cellIndex];
  }
}

const parsed = new MutationObserver(nameCells);
parsed.observe(document, { childList: true, subtree: true });

addEventListener("DOMContentLoaded", () => {
  parsed.disconnect();
  nameCells();
  const show = (section) => section?.scrollIntoView({ block: "nearest", inline: "nearest" });
  const sections = document.querySelector("#sections");
  show(sections?.querySelector("[aria-current]"));
  sections?.addEventListener("focusin", ({ target }) => show(target));
  // Django makes them once all has loaded, in a script that comes before this line
  addEventListener("load", () => {
    for (const icon of document.querySelectorAll(".search-label-icon[aria-label]")) icon.setAttribute("role", "img");
  });
});

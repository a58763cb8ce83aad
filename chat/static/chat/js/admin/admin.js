// A name on a bare element is not read out; Django's filter icons are pictures with one.
// On a phone each row of a list is a card, where every cell bears the name of its column, below the links that sort them
// (admin.css). The sections scroll sideways there: a browser leaves one that has the focus where it is while a bit of it
// can be seen.

addEventListener("load", () => {
  for (const table of document.querySelectorAll("#result_list")) {
    table.tHead.rows[0].dataset.label = document.querySelector("#sections")?.dataset.sort ?? "";
    const names = [...table.tHead.rows[0].cells].map((cell) => cell.querySelector(".text")?.textContent.trim() ?? "");
    for (const cell of table.querySelectorAll("tbody > tr > *")) cell.dataset.column = names[cell.cellIndex];
  }
  for (const icon of document.querySelectorAll(".search-label-icon[aria-label]")) icon.setAttribute("role", "img");
  const show = (section) => section?.scrollIntoView({ block: "nearest", inline: "nearest" });
  const sections = document.querySelector("#sections");
  show(sections?.querySelector("[aria-current]"));
  sections?.addEventListener("focusin", ({ target }) => show(target));
});

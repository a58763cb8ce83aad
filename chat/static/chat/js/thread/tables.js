// Tables can be copied as a whole: as Markdown, or as CSV for a spreadsheet.

import { copy } from "../core/clipboard.js";
import { all, clone, one } from "../core/dom.js";
import { FORMULAS, latexOf, tableMarkdown } from "./markdown_of.js";

export function register({ clicks }) {
  clicks.on("copy-markdown", (button) => copy(button, tableMarkdown(tableOf(button))));
  clicks.on("copy-csv", (button) => copy(button, csv(tableOf(button))));
}

export function enhanceTable(block) {
  if (!one(".table-bar", block)) block.append(clone("t-table"));
}

const tableOf = (button) => button.closest(".table");

// As RFC 4180 has it.
function csv(block) {
  return all("tr", block).map((row) => [...row.cells].map((cell) => field(words(cell))).join(",")).join("\r\n");
}

// A cell as it is read, its formulas as LaTeX.
function words(cell) {
  const part = cell.cloneNode(true);
  all(FORMULAS, part).forEach((node) => node.replaceWith(latexOf(node)));
  all("br", part).forEach((node) => node.replaceWith("\n"));
  return part.textContent.trim();
}

function field(text) {
  const safe = harmless(text);
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

// A spreadsheet would calculate what begins like a formula, and one may send what stands in other cells to an
// address. What a model wrote is nobody's word, so such a cell is text there; numbers stay numbers.
function harmless(text) {
  const isFormula = /^[=+@＝＋－＠-]./.test(text) && !/^[+-]?[\d.,\s]+%?$/.test(text);
  return isFormula ? `'${text}` : text;
}

// Copying a selection with formulas: each is its LaTeX. What a browser makes of MathML is letters below each other.

import { all, one } from "./dom.js";

// `math` has its LaTeX in `data-latex`; `code.math` is LaTeX that is not drawn, or not yet
const FORMULAS = "math[data-latex], code.math";

export function setUpCopying(root) {
  root.addEventListener("copy", copied);
}

// A formula as it is written in Markdown.
export function latexOf(node) {
  const display = node.getAttribute("display") === "block" || node.parentElement?.closest("div.math, span.math");
  const mark = display ? "$$" : "$";
  return `${mark}${node.dataset.latex ?? node.textContent}${mark}`;
}

function copied(event) {
  const selection = getSelection();
  if (selection.isCollapsed) return;
  const range = selection.getRangeAt(0);
  const part = document.createElement("div");
  part.append(formulaAround(range)?.cloneNode(true) ?? range.cloneContents());
  if (!one(FORMULAS, part)) return;
  event.clipboardData.setData("text/html", part.innerHTML);
  event.clipboardData.setData("text/plain", words(part));
  event.preventDefault();
}

// The formula of which the selection is a part, since a part of it has no LaTeX.
function formulaAround(range) {
  const node = range.commonAncestorContainer;
  return (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest(FORMULAS);
}

// The text of what was cloned, with the lines and tabs that it has on the page: for these it must be in one.
function words(part) {
  all(FORMULAS, part).forEach((node) => node.replaceWith(latexOf(node)));
  all("button, .code-bar", part).forEach((node) => node.remove());
  part.className = "prose sr-only";
  part.inert = true;
  document.body.append(part);
  const text = part.innerText;
  part.remove();
  return text;
}

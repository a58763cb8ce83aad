// Copying: a message's Markdown as the model wrote it, or as its blocks still tell when the server
// cannot be asked; a selection with its formulas and tables.

import { copy } from "../core/clipboard.js";
import { address, all, one } from "../core/dom.js";
import { fetchText } from "../core/requests.js";
import { FORMULAS, blocksOf, latexOf } from "./markdown_of.js";

const ROWS = "tr, thead, tbody, table";

export function register({ clicks, shortcuts, column, thread, scroll }) {
  clicks.on("copy", (button, article) => copy(button, textOf(article), { html: htmlOf(article) }));
  clicks.on("copy-source", (button, article) => copy(button, textOf(article), { isSeen: true }));
  clicks.on("copy-command", (button) => copy(button, button.previousElementSibling.textContent));
  shortcuts.on("copy-reply", () => press("[data-action=copy]", thread));
  shortcuts.on("copy-code", () => press("[data-action=copy-code]", thread));
  // Before the browser, or what follows, looks at what is selected. All of the page is copied elsewhere than in the column
  document.addEventListener("copy", () => takeOutSelected(scroll), true);
  column.addEventListener("copy", selectionCopied);
}

// Presses the last of these buttons in a reply that is whole. Gives false when there is none.
function press(button, thread) {
  const replies = thread.articles.filter(({ dataset }) => dataset.message && dataset.status !== "running");
  const found = all(`.message.assistant ${button}`).findLast((each) => replies.includes(each.closest(".message")));
  found?.click();
  return Boolean(found);
}

// What a message says, at once or as a promise.
function textOf(article) {
  const body = one(".body", article);
  if (!body.classList.contains("prose")) return body.textContent;
  return fetchText(address("text", article.dataset.message)).catch(() => blocksOf(body).join("\n\n"));
}

// The same with its looks, for what takes that; "" for words without any.
function htmlOf(article) {
  const body = one(".body", article);
  if (!body.classList.contains("prose")) return "";
  const part = body.cloneNode(true);
  all("[data-added]", part).forEach((node) => node.remove());
  return new XMLSerializer().serializeToString(part);
}

// The box of messages that are put away has their words alone, without formulas, tables, and lines of their own.
function takeOutSelected(scroll) {
  const selection = getSelection();
  if (!selection.isCollapsed) scroll.unfold((holder) => selection.containsNode(holder));
}

// Copying a selection with formulas: each is its LaTeX. What a browser makes of MathML is letters below each other.

function selectionCopied(event) {
  const selection = getSelection();
  if (selection.isCollapsed) return;
  const part = partOf(selection.getRangeAt(0));
  if (!one(`${FORMULAS}, td, th, .code`, part)) return;
  event.clipboardData.setData("text/html", new XMLSerializer().serializeToString(part));
  event.clipboardData.setData("text/plain", wordsOf(part));
  event.preventDefault();
}

// The words of a selection as they are copied.
export const wordsIn = (range) => wordsOf(partOf(range));

function partOf(range) {
  const part = document.createElement("div");
  part.append(formulaAround(range)?.cloneNode(true) ?? range.cloneContents());
  wrap(part, range);
  all("[data-added]", part).forEach((node) => node.remove());
  return part;
}

// The formula of which the selection is a part, since a part of it has no LaTeX.
function formulaAround(range) {
  return element(range.commonAncestorContainer).closest(FORMULAS);
}

const element = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement);

// Rows and cells that were cloned without their table get it back: spreadsheets take cells with tabs between them.
function wrap(part, range) {
  let node = element(range.commonAncestorContainer).closest(ROWS);
  for (; node?.matches(ROWS); node = node.parentElement) {
    const outer = node.cloneNode(false);
    outer.append(...part.childNodes);
    part.append(outer);
  }
}

// The text of what was cloned, with the lines and tabs that it has on the page: for these it must be in one.
function wordsOf(part) {
  all(FORMULAS, part).forEach((node) => node.replaceWith(latexOf(node)));
  part.className = "prose sr-only";
  part.inert = true;
  document.body.append(part);
  const text = part.innerText;
  part.remove();
  return text;
}

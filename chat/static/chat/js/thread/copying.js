// Copying: a message's Markdown as the model wrote it, or as its blocks still tell when the server
// cannot be asked; a code block; a selection with its formulas and tables.

import { copy } from "../core/clipboard.js";
import { address, all, one } from "../core/dom.js";
import { fetchText } from "../core/requests.js";

const HEADING = /^H([1-6])$/;
// `math` has its LaTeX in `data-latex`; `code.math` is LaTeX that is not drawn, or not yet
const FORMULAS = "math[data-latex], code.math";
const ROWS = "tr, thead, tbody, table";
const RULE = { right: " ---: |", center: " :---: |", left: " :--- |" };

export function register({ clicks, column }) {
  clicks.on("copy", (button, article) => copy(button, textOf(article)));
  clicks.on("copy-code", (button) => copy(button, one("pre", button.closest(".code")).textContent.replace(/\n$/, "")));
  column.addEventListener("copy", selectionCopied);
}

// What a message says, at once or as a promise.
function textOf(article) {
  const body = one(".body", article);
  if (!body.classList.contains("prose")) return body.textContent;
  return fetchText(address("text", article.dataset.message)).catch(() => blocksOf(body).join("\n\n"));
}

const blocksOf = (parent) => [...parent.children].map(block).filter(Boolean);

function block(element) {
  const heading = HEADING.exec(element.tagName);
  if (heading) return `${"#".repeat(Number(heading[1]))} ${inline(element)}`;
  if (element.matches(".code")) return code(element);
  if (element.matches(".table")) return table(element);
  if (element.matches("ul, ol")) return list(element);
  if (element.matches("blockquote")) return indent(blocksOf(element).join("\n\n"), "> ");
  if (element.matches("section")) return blocksOf(element).join("\n\n");
  if (element.matches("hr")) return "---";
  return inline(element);
}

function code(element) {
  const text = element.querySelector("pre").textContent.replace(/\n$/, "");
  const ticks = text.match(/`{3,}/g) ?? [];
  const fence = "`".repeat(Math.max(3, ...ticks.map((run) => run.length + 1)));
  return `${fence}${element.dataset.language ?? ""}\n${text}\n${fence}`;
}

function table(element) {
  const lines = [...element.querySelectorAll("tr")].map((row) => {
    const cells = [...row.cells].map((cell) => inline(cell).replaceAll("|", "\\|"));
    return `| ${cells.join(" | ")} |`;
  });
  const head = [...(element.querySelector("tr")?.cells ?? [])];
  lines.splice(1, 0, `|${head.map((cell) => RULE[cell.getAttribute("align")] ?? " --- |").join("")}`);
  return lines.join("\n");
}

function list(element) {
  let number = element.start ?? 1;
  const items = [...element.children].map((item) => {
    const mark = element.tagName === "OL" ? `${number++}. ` : "- ";
    return mark + indent(itemText(item), " ".repeat(mark.length)).trimStart();
  });
  return items.join("\n");
}

function itemText(item) {
  const parts = [];
  let line = "";
  const flush = () => {
    if (line.trim()) parts.push(line.trim());
    line = "";
  };
  for (const node of item.childNodes) {
    if (node.nodeType === Node.ELEMENT_NODE && node.matches("p, ul, ol, blockquote, .code, .table, .math")) {
      flush();
      parts.push(block(node));
    } else {
      line += inlineNode(node);
    }
  }
  flush();
  return parts.join("\n");
}

const indent = (text, by) => text.split("\n").map((line) => by + line).join("\n");
const inline = (element) => [...element.childNodes].map(inlineNode).join("").trim();

function inlineNode(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (node.nodeType !== Node.ELEMENT_NODE) return "";
  const text = () => [...node.childNodes].map(inlineNode).join("");
  switch (node.tagName.toLowerCase()) {
    case "strong":
      return `**${text()}**`;
    case "em":
      return `*${text()}*`;
    case "del":
      return `~~${text()}~~`;
    case "code":
      return node.matches(".math") ? latexOf(node) : `\`${node.textContent}\``;
    case "br":
      return "\n";
    case "a":
      return node.href && node.href !== node.textContent ? `[${text()}](${node.href})` : text();
    case "sup":
      return `[^${text()}]`;
    case "math":
      return node.dataset.latex ? latexOf(node) : node.textContent;
    case "input":
      return node.checked ? "[x]" : "[ ]";
    case "p":
      return `${text()}\n`;
    default:
      return text();
  }
}

// Copying a selection with formulas: each is its LaTeX. What a browser makes of MathML is letters below each other.

// A formula as it is written in Markdown.
function latexOf(node) {
  const display = node.getAttribute("display") === "block" || node.parentElement?.closest("div.math, span.math");
  const mark = display ? "$$" : "$";
  return `${mark}${node.dataset.latex ?? node.textContent}${mark}`;
}

function selectionCopied(event) {
  const selection = getSelection();
  if (selection.isCollapsed) return;
  const range = selection.getRangeAt(0);
  const part = document.createElement("div");
  part.append(formulaAround(range)?.cloneNode(true) ?? range.cloneContents());
  wrap(part, range);
  all("[data-added]", part).forEach((node) => node.remove());
  if (!one(`${FORMULAS}, td, th, .code`, part)) return;
  event.clipboardData.setData("text/html", new XMLSerializer().serializeToString(part));
  event.clipboardData.setData("text/plain", wordsOf(part));
  event.preventDefault();
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

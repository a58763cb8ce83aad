// Copying: a message's Markdown as the model wrote it, or as its blocks still tell when the server
// cannot be asked; and the way to the clipboard.

import { address, fetchText, one } from "./dom.js";

const HEADING = /^H([1-6])$/;
const RULE = { right: " ---: |", center: " :---: |", left: " :--- |" };

// What a message says, at once or as a promise.
export function textOf(article) {
  const body = one(".body", article);
  if (!body.classList.contains("prose")) return body.textContent;
  return fetchText(address("text", article.dataset.message)).catch(() => blocksOf(body).join("\n\n"));
}

// `text` may be a promise. Gives whether it is on the clipboard.
export async function toClipboard(text) {
  try {
    await write(text);
  } catch {
    return byCommand(await text);
  }
  return true;
}

// Some browsers allow it only in the click itself, so the promise is handed over, not its text
function write(text) {
  if (typeof text === "string") return navigator.clipboard.writeText(text);
  const blob = text.then((words) => new Blob([words], { type: "text/plain" }));
  return navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
}

// On plain http outside of this machine there is no navigator.clipboard
function byCommand(text) {
  const before = document.activeElement;
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "sr-only";
  (document.querySelector("dialog[open]") ?? document.body).append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  before?.focus();
  return done;
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
      return `\`${node.textContent}\``;
    case "br":
      return "\n";
    case "a":
      return node.href && node.href !== node.textContent ? `[${text()}](${node.href})` : text();
    case "sup":
      return `[^${text()}]`;
    case "math":
      return node.hasAttribute("alttext") ? `$${node.getAttribute("alttext")}$` : node.textContent;
    case "input":
      return node.checked ? "[x]" : "[ ]";
    case "p":
      return `${text()}\n`;
    default:
      return text();
  }
}

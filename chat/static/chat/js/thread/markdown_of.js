// The Markdown that blocks on the page still tell.

// `math` has its LaTeX in `data-latex`; `code.math` is LaTeX that is not drawn, or not yet
export const FORMULAS = "math[data-latex], code.math";
const HEADING = /^H([1-6])$/;
const RULE = { right: " ---: |", center: " :---: |", left: " :--- |" };

export const blocksOf = (parent) => [...parent.children].map(block).filter(Boolean);

function block(element) {
  const heading = HEADING.exec(element.tagName);
  if (heading) return `${"#".repeat(Number(heading[1]))} ${inline(element)}`;
  if (element.matches(".code")) return code(element);
  if (element.matches(".table")) return tableMarkdown(element);
  if (element.matches("ul, ol")) return list(element);
  if (element.matches("blockquote")) return indent(blocksOf(element).join("\n\n"), "> ");
  if (element.matches("section")) return blocksOf(element).join("\n\n");
  if (element.matches("hr")) return "---";
  return inline(element);
}

// The text of a block of code, without the line's end that closes it.
export const codeIn = (element) => element.querySelector("pre").textContent.replace(/\n$/, "");

function code(element) {
  const text = codeIn(element);
  const ticks = text.match(/\x60{3,}/g) ?? [];
  const fence = "\x60".repeat(Math.max(3, ...ticks.map((run) => run.length + 1)));
  return `${fence}${element.dataset.language ?? ""}\n${text}\n${fence}`;
}

export function tableMarkdown(element) {
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

// A formula as it is written in Markdown.
export function latexOf(node) {
  const display = node.getAttribute("display") === "block" || node.parentElement?.closest("div.math, span.math");
  const mark = display ? "$$" : "$";
  return `${mark}${node.dataset.latex ?? node.textContent}${mark}`;
}

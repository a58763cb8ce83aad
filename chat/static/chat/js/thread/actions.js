// The buttons on messages: copy, edit, retry, continue, pin, what was sent, report, and what to do with one that waits or was refused.

import { openDialog } from "../core/dialog.js";
import { address, all, fetchPage, fetchText, messagesIn, one, post, word } from "../core/dom.js";
import { toast } from "../core/widgets.js";

const DONE_FOR = 1600;
const HEADING = /^H([1-6])$/;
// `math` has its LaTeX in `data-latex`; `code.math` is LaTeX that is not drawn, or not yet
const FORMULAS = "math[data-latex], code.math";
const ROWS = "tr, thead, tbody, table";
const RULE = { right: " ---: |", center: " :---: |", left: " :--- |" };

export class Actions {
  #column;
  #tell;

  // `tell` has: say(text), resend(client), branch(client), putBack(client), inform(client), edit(article),
  // remove(client), retry(reply), goOn(reply)
  constructor(column, tell) {
    this.#column = column;
    this.#tell = tell;
    column.addEventListener("click", (event) => this.#clicked(event));
    column.addEventListener("copy", selectionCopied);
  }

  #clicked(event) {
    const button = event.target.closest("[data-action]");
    if (button) this.#acts[button.dataset.action]?.(button, button.closest(".message"), event);
  }

  // Shown at once; what the server says of the whole branch comes with the page fetched anew
  async #pin(article) {
    const on = turnPin(this.#column, article) ? "1" : "0";
    try {
      await post(address("pin", article.dataset.message), { on });
    } catch (problem) {
      turnPin(this.#column, article);
      toast(problem.message);
    }
  }

  #acts = {
    starter: (button) => this.#tell.say(button.textContent),
    copy: (button, article) => copied(button, textOf(article)),
    "copy-code": (button) => copied(button, one("pre", button.closest(".code")).textContent.replace(/\n$/, "")),
    edit: (button, article) => this.#tell.edit(article),
    retry: (button, article) => this.#tell.retry(article.dataset.message),
    continue: (button, article) => this.#tell.goOn(article.dataset.message),
    resend: (button, article) => this.#tell.resend(article.dataset.client),
    branch: (button, article) => this.#tell.branch(article.dataset.client),
    inform: (button, article) => this.#tell.inform(article.dataset.client),
    "take-back": (button, article) => this.#tell.putBack(article.dataset.client),
    remove: (button, article) => this.#tell.remove(article.dataset.client),
    pin: (button, article) => this.#pin(article),
    report: (button, article, event) => opened(button, event),
    sent: (button, article, event) => opened(button, event),
  };
}

// A pin is a question's, and its answer's buttons show it too. How many there are is said at the message box.
export function showPins(column) {
  const count = Number(column.dataset.pinned);
  const said = one("#pins");
  said.textContent = (count === 1 ? said.dataset.one : said.dataset.many).replace("{count}", count);
  said.hidden = !count;
  for (const article of messagesIn(column)) {
    const pinned = String(question(article)?.hasAttribute("data-pinned") ?? false);
    const button = one(".actions > [data-action=pin]", article);
    if (!button || button.getAttribute("aria-pressed") === pinned) continue;
    button.setAttribute("aria-pressed", pinned);
    button.title = pinned === "true" ? word("Unpin") : button.getAttribute("aria-label");
  }
}

// Gives whether the exchange is to be pinned from now on.
function turnPin(column, article) {
  const pinned = one("[data-action=pin]", article).getAttribute("aria-pressed") === "false";
  question(article)?.toggleAttribute("data-pinned", pinned);
  column.dataset.pinned = Math.max(0, Number(column.dataset.pinned) + (pinned ? 1 : -1));
  showPins(column);
  return pinned;
}

function question(article) {
  return article.dataset.role === "user" ? article : article.previousElementSibling?.closest('[data-role="user"]');
}

async function copied(button, text) {
  if (!(await toClipboard(text))) return;
  button.classList.add("done");
  toast(word("Copied"), { time: DONE_FOR });
  setTimeout(() => button.classList.remove("done"), DONE_FOR);
}

// As the page has it when it is made anew (_assistant_message.html).
function showReported(button) {
  button.setAttribute("aria-pressed", "true");
  button.setAttribute("aria-label", word("Flagged"));
  button.title = word("Flagged");
}

function opened(link, event) {
  event.preventDefault();
  openPage(link);
}

// The report's form, or what was sent, as on its own page, which is fetched when it is asked for.
async function openPage(opener) {
  try {
    const content = document.importNode(one(".report-form, .sent", await fetchPage(opener.href)), true);
    const dialog = openDialog(content, { opener });
    content.addEventListener("submit", (event) => report(event, opener, dialog));
  } catch (problem) {
    toast(problem.message);
  }
}

async function report(event, opener, dialog) {
  event.preventDefault();
  const form = event.target;
  event.submitter.disabled = true;
  try {
    await post(opener.href, new FormData(form));
    showReported(opener);
    dialog.close();
    toast(word("Reported"));
  } catch (problem) {
    one(".form-error", form).textContent = problem.message;
  }
  event.submitter.disabled = false;
}

// Copying: a message's Markdown as the model wrote it, or as its blocks still tell when the server
// cannot be asked; and the way to the clipboard.
// What a message says, at once or as a promise.
function textOf(article) {
  const body = one(".body", article);
  if (!body.classList.contains("prose")) return body.textContent;
  return fetchText(address("text", article.dataset.message)).catch(() => blocksOf(body).join("\n\n"));
}

// `text` may be a promise. Gives whether it is on the clipboard.
async function toClipboard(text) {
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

// Code blocks get their language, Copy, Download and Wrap; a long one shows its beginning first.

import { copy } from "../core/clipboard.js";
import { all, clone, one, word } from "../core/dom.js";
import { codeIn } from "./markdown_of.js";

const page = document.documentElement;
// Milliseconds in which a browser has taken up a file that it was given: Safari loses one whose address is gone at once
const TAKEN = 40000;

export function register({ clicks, column, scroll }) {
  clicks.on("copy-code", (button) => copy(button, codeIn(button.closest(".code"))));
  clicks.on("download-code", (button) => download(button.closest(".code")));
  clicks.on("wrap-code", (button) => scroll.hold(button, turnWrapping));
  clicks.on("show-source", (button) => scroll.hold(button, () => turnSource(button.closest(".code"))));
  clicks.on("fold-code", (button) => turn(button.closest(".code"), button, scroll));
  // What was found or selected in the folded part has scrolled there
  column.addEventListener("scroll", ({ target }) => target.scrollTop > 0 && unfold(target.closest?.(".code")), true);
}

export function enhanceCode(block) {
  const language = [block.dataset.name, block.dataset.file].filter(Boolean).join(" · ");
  let bar = one(".code-bar", block);
  if (!bar) {
    bar = clone("t-code");
    block.prepend(bar);
    one(".wrap", bar).setAttribute("aria-pressed", String(isWrapping()));
  }
  const label = one(".code-language", bar);
  if (label.textContent !== language) label.textContent = language;
  // Who sees it being written sees all of it, also when it has ended
  if (!block.dataset.fold && block.closest("[data-status=running]")) block.dataset.fold = "open";
  if (block.dataset.lines) offerFold(block);
  if (one("figure", block)) showSource(block, sourceOf(block).open);
}

// Below a diagram is what it was drawn from
const sourceOf = (block) => one("details", block);

const turnSource = (block) => showSource(block, !sourceOf(block).open);

function showSource(block, isOpen) {
  sourceOf(block).open = isOpen;
  one(".code-source", block).setAttribute("aria-expanded", String(isOpen));
}

function download(block) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([`${codeIn(block)}\n`], { type: "text/plain" }));
  link.download = nameOf(block);
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), TAKEN);
}

// The name that the answer gave it, or "code.py", "code-2.py" by its place in the message.
function nameOf(block) {
  const given = block.dataset.file?.split(/[/\\]/).at(-1);
  if (given) return given;
  const number = all(".code", block.closest(".message")).indexOf(block);
  return `code${number > 0 ? `-${number + 1}` : ""}.${block.dataset.ending ?? "txt"}`;
}

// All lines are wrapped or none, on this browser (theme.js does it before the first paint)
const isWrapping = () => page.dataset.wrap === "on";

function turnWrapping() {
  page.dataset.wrap = isWrapping() ? "off" : "on";
  all(".code-bar .wrap").forEach((button) => button.setAttribute("aria-pressed", String(isWrapping())));
  try {
    localStorage.setItem("wrap", page.dataset.wrap);
  } catch {
    return;
  }
}

function offerFold(block) {
  if (!one(".code-fold", block)) block.append(clone("t-code-fold"));
  const button = one(".code-fold", block);
  const isOpen = block.dataset.fold === "open";
  const words = isOpen ? word("Less") : word("AllLines").replace("{count}", block.dataset.lines);
  if (button.textContent !== words) one("span", button).textContent = words;
  button.setAttribute("aria-expanded", String(isOpen));
}

// What is read on stays where it is: the block's beginning, or its button
function turn(block, button, scroll) {
  const opens = block.dataset.fold !== "open";
  scroll.hold(opens ? block : button, () => setFold(block, opens ? "open" : "folded"));
}

export const unfold = (block) => block?.dataset.lines && block.dataset.fold !== "open" && setFold(block, "open");

function setFold(block, state) {
  block.dataset.fold = state;
  one("pre", block).scrollTop = 0;
  offerFold(block);
}

// The way to the clipboard.

import { word } from "./dom.js";
import { toast } from "./toast.js";

// Milliseconds
const DONE_FOR = 1600;

// Copies the text, which may be a promise, with its looks as `html` if it has any, and shows at the button that it is
// done; who does not see it hears so. With `isSeen` it is said for all, where the button is gone.
export async function copy(button, text, { html = "", isSeen = false } = {}) {
  if (!(await toClipboard(text, html))) return;
  button.classList.add("done");
  toast(word("Copied"), { time: DONE_FOR, isSeen });
  setTimeout(() => button.classList.remove("done"), DONE_FOR);
}

// Gives whether it is on the clipboard.
async function toClipboard(text, html) {
  try {
    await write(text, html);
  } catch {
    return byCommand(await text);
  }
  return true;
}

// Some browsers allow it only in the click itself, so the promise is handed over, not its text
function write(text, html) {
  if (typeof text === "string") return navigator.clipboard.writeText(text);
  const kinds = { "text/plain": text.then((words) => new Blob([words], { type: "text/plain" })) };
  if (html) kinds["text/html"] = new Blob([html], { type: "text/html" });
  return navigator.clipboard.write([new ClipboardItem(kinds)]);
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

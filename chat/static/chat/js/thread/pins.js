// Pins: exchanges that are always a part of what is sent.

import { address, one, word } from "../core/dom.js";
import { post } from "../core/requests.js";
import { toast } from "../core/toast.js";
import { messagesIn } from "./distant_messages.js";

export function register({ events, clicks, column }) {
  clicks.on("pin", (button, article) => pin(column, article));
  events.on("page:changed", (running) => running || showPins(column));
}

// Shown at once; what the server says of the whole branch comes with the page fetched anew
async function pin(column, article) {
  const on = turnPin(column, article) ? "1" : "0";
  try {
    await post(address("pin", article.dataset.message), { on });
  } catch (problem) {
    if (article.isConnected) turnPin(column, article);
    toast(problem.message);
  }
}

// A pin is a question's, and its reply's menu shows it too. How many there are is said at the message box.
function showPins(column) {
  const count = Number(column.dataset.pinned);
  const said = one("#pins");
  said.textContent = (count === 1 ? said.dataset.one : said.dataset.many).replace("{count}", count);
  said.hidden = !count;
  for (const article of messagesIn(column)) {
    const pinned = String(isPinned(article));
    const button = one(".actions > [data-action=pin]", article);
    if (!button || button.getAttribute("aria-pressed") === pinned) continue;
    button.setAttribute("aria-pressed", pinned);
    button.title = pinned === "true" ? word("Unpin") : button.getAttribute("aria-label");
  }
}

// Gives whether the exchange is to be pinned from now on.
function turnPin(column, article) {
  const pinned = !isPinned(article);
  question(article)?.toggleAttribute("data-pinned", pinned);
  column.dataset.pinned = Math.max(0, Number(column.dataset.pinned) + (pinned ? 1 : -1));
  showPins(column);
  return pinned;
}

// Whether a message's exchange is one of them.
export function isPinned(article) {
  return question(article)?.hasAttribute("data-pinned") ?? false;
}

function question(article) {
  return article.dataset.role === "user" ? article : article.previousElementSibling?.closest('[data-role="user"]');
}

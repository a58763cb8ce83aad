// The page that the service worker shows when the site cannot be reached: what waits to be sent, and trying again.

import { waiting } from "../composer/outbox_storage.js";
import { one } from "../core/dom.js";
import { lastPerson } from "../core/storage.js";

// Milliseconds between two looks whether the site is there again
const AGAIN = 10000;

// The page is the same for everybody, and their storage is kept apart by this
document.body.dataset.user = lastPerson();

const texts = waiting().flatMap(({ text }) => text ?? []);
one("#waiting").hidden = texts.length === 0;
one("#waiting ul").append(...texts.map(entry));

function entry(text) {
  const item = document.createElement("li");
  item.dir = "auto";
  item.textContent = text;
  return item;
}

async function look() {
  const isThere = await fetch("/healthz", { cache: "no-store" }).then(({ ok }) => ok, () => false);
  if (isThere) location.reload();
}

addEventListener("online", look);
setInterval(look, AGAIN);

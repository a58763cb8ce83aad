// What opens at a reply: its menu, and the dialogs that it leads to. This comes with the first of them.

import { compare } from "./comparing.js";
import { askWhy, openMessageDialog } from "./message_dialogs.js";
import { MessageMenu } from "./message_menu.js";

export function open(page) {
  const { clicks } = page;
  const menu = new MessageMenu(page);
  clicks.on("retry-with", (button, article) => menu.offerModels(article));
  clicks.on("report", (link, article, event) => openMessageDialog(link, article, event));
  clicks.on("sent", (link, article, event) => openMessageDialog(link, article, event));
  for (const name of ["pin", "copy-source", "compare", "sent", "report"]) clicks.on(name, () => menu.close());
  return { menu, askWhy, compare: (link, article) => compare(page, link, article) };
}

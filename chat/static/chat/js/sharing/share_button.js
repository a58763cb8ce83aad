// What shares a conversation, the one in view or one of the list; the dialog comes with the first press.

import { onItsWay, openerOf } from "../core/dialog.js";
import { address, one, opensElsewhere } from "../core/dom.js";
import { script } from "../core/later.js";

export function register({ events, clicks, thread }) {
  const button = one("#share");
  // A new chat has nothing to share, and a temporary one does not stay
  const fit = () => {
    if (!button) return;
    button.hidden = !thread.conversation || thread.isTemporary;
    button.href = thread.conversation ? address("share", thread.conversation) : "";
  };
  events.on("page:settled", fit);
  events.on("page:left", fit);
  clicks.on("share", (link, article, event) => {
    if (opensElsewhere(event)) return;
    event.preventDefault();
    const opener = openerOf(link);
    onItsWay(async () => (await script(document.body.dataset.shareScript)).open(link.href, opener));
  });
}

// Telling that a reply is ready while the page is hidden, in a browser whose person has chosen it. Where the browser can
// be reached with the site closed the server does it; what that takes comes when the settings are opened.

import { address, word } from "../core/dom.js";
import { stored } from "../core/storage.js";

export function register({ events }) {
  const open = (path) => events.tell("page:wanted", path);
  events.on("page:unseen", (conversation) => {
    if (document.hidden && stored("notify") === "page") show(conversation, open);
  });
  events.on("page:preferences", async (form) => {
    const script = form.dataset.notifications;
    if (script) await import(script).then((it) => it.fill(form)).catch(() => {});
  });
  navigator.serviceWorker?.addEventListener("message", ({ data }) => data.open && open(data.open));
}

function show(conversation, open) {
  if (!window.Notification || Notification.permission !== "granted") return;
  const notice = new Notification(word("Ready"), { tag: conversation });
  notice.addEventListener("click", () => {
    window.focus();
    open(address("conversation", conversation));
    notice.close();
  });
}

// Telling that a reply is ready while the page is hidden, in a browser whose person has chosen it. Where the browser can
// be reached with the site closed the server does it; what that takes comes when the settings are opened.

import { address, word } from "../core/dom.js";
import { store, stored } from "../core/storage.js";

// A lock that every page holds while it is looked at. Without locks (plain http) browsers tell nobody of anything
const LOOKING = `${document.body.dataset.user}:looking`;
// Milliseconds after which the server is told again of this browser
const A_DAY = 24 * 3600 * 1000;

export function register({ events }) {
  const open = (path) => events.tell("page:wanted", path);
  events.on("page:unseen", (conversation) => tell(conversation, open).catch(() => {}));
  events.on("page:preferences", async (form) => {
    const script = form.dataset.notifications;
    if (script) await import(script).then((it) => it.fill(form)).catch(() => {});
  });
  navigator.serviceWorker?.addEventListener("message", ({ data, ports: [answer] }) => {
    answer?.postMessage(true);
    if (data.open) open(data.open);
  });
  showWhetherLookedAt();
  if (stored("notify") === "push") addEventListener("load", () => renew().catch(() => {}));
}

async function tell(conversation, open) {
  if (!document.hidden || stored("notify") !== "page" || window.Notification?.permission !== "granted") return;
  const { held } = await navigator.locks.query();
  if (!held.some(({ name }) => name === LOOKING)) await show(conversation, open);
}

async function show(conversation, open) {
  const path = address("conversation", conversation);
  const options = { tag: conversation, data: { url: path } };
  let notice;
  try {
    notice = new Notification(word("Ready"), options);
  } catch {
    // On Android only a service worker may show one; what pressing it does is in worker/push.js
    await (await navigator.serviceWorker.ready).showNotification(word("Ready"), options);
    return;
  }
  notice.addEventListener("click", () => {
    window.focus();
    open(path);
    notice.close();
  });
}

function showWhetherLookedAt() {
  let letGo = () => {};
  const turn = () => {
    letGo();
    if (document.hidden) return;
    navigator.locks?.request(LOOKING, { mode: "shared" }, () => new Promise((done) => (letGo = done)));
  };
  document.addEventListener("visibilitychange", turn);
  turn();
}

// The server forgets a browser with the session that it was chosen in, and a session ends also by itself or with an old
// password. So it is told again: by the page that comes after those of the account, and once a day.
async function renew() {
  const account = new URL("..", new URL(document.body.dataset.loginUrl, location.href)).href;
  const isRecent = Date.now() - Number(stored("notify-told")) < A_DAY;
  if (isRecent && !document.referrer.startsWith(account)) return;
  const registration = await navigator.serviceWorker.ready;
  registration.active.postMessage({ renew: true });
  store("notify-told", String(Date.now()));
}

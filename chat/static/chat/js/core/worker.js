// The service worker: static files from a cache, and a page that says what waits when the site cannot be reached.

import { notePerson } from "./storage.js";

export function register() {
  notePerson();
  // Only where the page is encrypted, or on this machine. It comes when all else is there
  if (!navigator.serviceWorker) return;
  addEventListener("load", () => {
    navigator.serviceWorker.register(document.body.dataset.workerUrl).catch(() => {});
  });
}

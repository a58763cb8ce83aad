// A part of the service worker: static files from a cache, and a page of its own when the site cannot be reached.
// What is made for a person is never kept. The names in capitals are those of /sw.js (chat/pages/app.py), whose text
// changes with every file of the offline page: so a browser sees that there is another.

const FILES = "files";
const PAGE = `offline-${VERSION}`;
// About three times what a chat page and its parts are
const MOST_FILES = 60;
// The name of a file that never changes, since it carries the hash of what is in it
const HASHED = /\.[0-9a-f]{12}\.\w+$/;

// At once, beside pages of an older version too: their files have other names than those of this one
addEventListener("install", (event) => event.waitUntil(keepPage().then(() => skipWaiting())));
addEventListener("activate", (event) => event.waitUntil(takeOver()));

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (pathname.startsWith(STATIC) && HASHED.test(pathname) && !request.headers.has("range")) {
    event.respondWith(file(request));
  }
});

async function keepPage() {
  const cache = await caches.open(PAGE);
  await cache.addAll([OFFLINE_PAGE, ...OFFLINE_FILES]);
}

async function takeOver() {
  const old = (await caches.keys()).filter((name) => name !== FILES && name !== PAGE);
  await Promise.all(old.map((name) => caches.delete(name)));
  // Else a page would wait until this script has been started
  await registration.navigationPreload?.enable();
  await clients.claim();
}

async function page(event) {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch (problem) {
    const kept = await caches.match(OFFLINE_PAGE);
    if (kept) return kept;
    throw problem;
  }
}

async function file(request) {
  const kept = await caches.match(request);
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok) keepFile(request, response.clone()).catch(() => {});
  return response;
}

// The oldest goes first
async function keepFile(request, response) {
  const cache = await caches.open(FILES);
  await cache.put(request, response);
  const names = await cache.keys();
  await Promise.all(names.slice(0, Math.max(0, names.length - MOST_FILES)).map((name) => cache.delete(name)));
}

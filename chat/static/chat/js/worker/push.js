// What the server tells while no page of the site is looked at: shown, and opened where it is pressed.

// Milliseconds for a page to answer
const PATIENCE = 300;

self.addEventListener("push", (event) => {
  const { title, body, url, tag } = event.data.json();
  event.waitUntil(self.registration.showNotification(title, { body, tag, data: { url } }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data.url));
});

// The push service has given this browser another address, or taken back the one that it had. Browsers that tell of the
// new one have subscribed already.
self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(tellAnew(event.newSubscription)));

// A page says when the server may have forgotten this browser.
self.addEventListener("message", (event) => event.data.renew && event.waitUntil(renew()));

async function renew() {
  const subscription = await self.registration.pushManager.getSubscription();
  if (subscription) await tellAnew(subscription);
}

// Throws what a request throws that fails, or is sent to log in: then nobody is to be told any more.
async function tellAnew(given) {
  const { key, token } = await (await fetch(SUBSCRIBE)).json();
  const options = { userVisibleOnly: true, applicationServerKey: key };
  const { endpoint, keys } = (given ?? (await self.registration.pushManager.subscribe(options))).toJSON();
  const headers = { "X-CSRFToken": token, "X-Fragment": "1" };
  await fetch(SUBSCRIBE, { method: "POST", headers, body: new URLSearchParams({ endpoint, ...keys }) });
}

// In a tab that is there, whose page goes to the conversation by itself; else in a new one. Not every page of the site
// does: those of the admin or of an account, say, hear nothing.
async function open(url) {
  const tabs = await self.clients.matchAll({ includeUncontrolled: true, type: "window" });
  const heard = await Promise.all(tabs.map(hears));
  const tab = tabs.find((_, number) => heard[number]);
  if (!tab) return self.clients.openWindow(url);
  tab.postMessage({ open: url });
  return tab.focus();
}

// A browser lets a window be opened only for a moment after the press
function hears(tab) {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => resolve(true);
    setTimeout(() => resolve(false), PATIENCE);
    tab.postMessage({}, [port2]);
  });
}

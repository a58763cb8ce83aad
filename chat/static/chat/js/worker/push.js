// What the server tells while no page of the site is looked at: shown, and opened where it is pressed.

self.addEventListener("push", (event) => {
  const { title, body, url, tag } = event.data.json();
  event.waitUntil(self.registration.showNotification(title, { body, tag, data: { url } }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data.url));
});

// In a tab that is there, whose page goes to the conversation by itself; else in a new one.
async function open(url) {
  const [tab] = await self.clients.matchAll({ includeUncontrolled: true, type: "window" });
  if (!tab) return self.clients.openWindow(url);
  tab.postMessage({ open: url });
  return tab.focus();
}

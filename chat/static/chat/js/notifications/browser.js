// Whether this browser tells its person of replies: asked for after a press, kept on the server, and taken back.

import { one } from "../core/dom.js";
import { fetchText, post } from "../core/requests.js";
import { store, stored } from "../core/storage.js";

// Milliseconds
const PATIENCE = 10000;

// Shows how it stands in the form of the settings, and lets it be changed there.
export function fill(form) {
  const box = one("#notify", form);
  box.checked = Boolean(stored("notify")) && window.Notification?.permission === "granted";
  box.disabled = !window.Notification;
  if (!window.Notification) say(form, form.dataset.missing);
  else if (Notification.permission === "denied") say(form, form.dataset.blocked);
  else if (stored("notify") === "page") say(form, form.dataset.open);
  one(".notify-nowhere").addEventListener("submit", () => store("notify", null));
  box.addEventListener("change", async (event) => {
    // It is none of the fields that are saved together
    event.stopPropagation();
    box.disabled = true;
    await (box.checked ? turnOn(form, box) : turnOff(form)).catch((problem) => {
      say(form, problem.message);
      box.checked = !box.checked;
    });
    box.disabled = false;
  });
}

const say = (form, text) => (one("#notify-note", form).textContent = text);

async function turnOn(form, box) {
  say(form, "");
  if ((await Notification.requestPermission()) !== "granted") {
    box.checked = false;
    say(form, form.dataset.blocked);
    return;
  }
  const subscription = await subscribe(form.dataset).catch(() => null);
  if (subscription) {
    const { endpoint, keys } = subscription.toJSON();
    await post(form.dataset.subscribe, { endpoint, ...keys });
  } else {
    say(form, form.dataset.open);
  }
  store("notify", subscription ? "push" : "page");
}

// Throws what the browser throws that has no push service, or cannot reach it.
async function subscribe({ worker, subscribe: address }) {
  await navigator.serviceWorker.register(worker);
  // A worker that cannot be installed would be waited for without an end
  const late = new Promise((_, reject) => setTimeout(reject, PATIENCE));
  const { pushManager } = await Promise.race([navigator.serviceWorker.ready, late]);
  const { key } = JSON.parse(await fetchText(address));
  const options = { userVisibleOnly: true, applicationServerKey: key };
  return pushManager.subscribe(options).catch(async () => {
    // One that was made for another key, before the site was set up anew
    await (await pushManager.getSubscription())?.unsubscribe();
    return pushManager.subscribe(options);
  });
}

async function turnOff(form) {
  say(form, "");
  store("notify", null);
  const registration = await navigator.serviceWorker?.getRegistration();
  const subscription = await registration?.pushManager?.getSubscription();
  if (!subscription) return;
  await post(form.dataset.unsubscribe, { endpoint: subscription.endpoint });
  await subscription.unsubscribe();
}

"""Being told that a reply is ready. A push service cannot be reached here, so the browser's part of it is stood in for."""

from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.browser.chat_page import ChatPage
from tests.browser.test_unseen import HIDE

# What was asked for and shown; a permission that is given, and a push service that is there or away
STAND_IN = """
window.shown = [];
window.asked = 0;
window.Notification = class {
  static permission = "default";
  static async requestPermission() { window.asked += 1; return (this.permission = "granted"); }
  constructor(title, options) { window.shown.push({ title, ...options }); window.last = this; this.on = {}; }
  addEventListener(name, act) { this.on[name] = act; }
  close() {}
};
let subscription = null;
const keys = { p256dh: "BGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU", auth: "A".repeat(22) };
const pushManager = {
  async subscribe({ applicationServerKey }) {
    if (!window.reachable) throw new DOMException("away", "AbortError");
    window.key = applicationServerKey;
    return (subscription = {
      endpoint: "https://push.example.org/1",
      toJSON: () => ({ endpoint: "https://push.example.org/1", keys }),
      unsubscribe: async () => (subscription = null),
    });
  },
  getSubscription: async () => subscription,
};
if (window.ServiceWorkerRegistration) Object.defineProperty(ServiceWorkerRegistration.prototype, "pushManager", { get: () => pushManager });
"""
# In the service worker: what its requests are answered with when a push service tells it of a new subscription
ANOTHER_ADDRESS = """async () => {
  const statuses = [];
  const ask = self.fetch;
  self.fetch = async (...given) => {
    const answer = await ask(...given);
    statuses.push(answer.status);
    return answer;
  };
  const event = new Event("pushsubscriptionchange");
  const keys = { p256dh: "BGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU", auth: "A".repeat(22) };
  event.newSubscription = { toJSON: () => ({ endpoint: "https://push.example.org/2", keys }) };
  event.waitUntil = (work) => (event.work = work);
  self.dispatchEvent(event);
  await event.work;
  return statuses;
}"""

# The person of the page has chosen to be told in this browser, in one of two ways
CHOSEN = """(way) => {
  localStorage.setItem(`${document.body.dataset.user}:notify`, way);
  if (window.Notification) Notification.permission = "granted";
}"""
# In the service worker: a notification is pressed. What is brought to the front then, and what is opened
PRESS = """async (url) => {
  const done = [];
  self.clients.openWindow = async (opened) => done.push(`new ${opened}`);
  WindowClient.prototype.focus = async function () { done.push(`front ${new URL(this.url).pathname}`); };
  const event = new Event("notificationclick");
  event.notification = { close() {}, data: { url } };
  event.waitUntil = (work) => (event.work = work);
  self.dispatchEvent(event);
  await event.work;
  return done;
}"""
# In the service worker: the browser has a subscription, and what the server says to hearing of it is counted
SUBSCRIBED = """() => {
  const keys = { p256dh: "BGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU", auth: "A".repeat(22) };
  const subscription = { toJSON: () => ({ endpoint: "https://push.example.org/3", keys }) };
  const pushManager = { getSubscription: async () => subscription };
  Object.defineProperty(ServiceWorkerRegistration.prototype, "pushManager", { get: () => pushManager });
  const ask = self.fetch;
  self.told = [];
  self.fetch = async (...given) => {
    const answer = await ask(...given);
    if (given[1]?.method === "POST") self.told.push(answer.status);
    return answer;
  };
}"""


def test_a_person_is_told_only_once_they_have_asked_for_it_and_pressing_it_leads_there(
    new_context, site, model
):
    context = new_context(site, site.someone(), service_workers="allow")
    context.add_init_script(STAND_IN)
    chat = ChatPage(context.new_page()).open("/")
    chat.ask("Hello")
    chat.page.keyboard.press("Control+,")
    dialog = chat.page.get_by_role("dialog")
    dialog.get_by_role("link", name="Notifications").click()
    switch = dialog.get_by_role("checkbox", name="Notify me in this browser")
    assert chat.page.evaluate("window.asked") == 0
    switch.check()
    expect(dialog.get_by_text("On while this site is open in a tab")).to_be_visible()
    assert chat.page.evaluate("window.asked") == 1
    chat.page.keyboard.press("Escape")
    chat.page.evaluate(HIDE, True)
    chat.ask("And again")
    chat.until("window.shown.length === 1")
    assert chat.page.evaluate("window.shown[0].title") == "Your reply is ready"
    chat.page.get_by_role("button", name="New chat").first.click()
    expect(chat.mine).to_have_count(0)
    chat.page.evaluate("window.last.on.click()")
    expect(chat.mine).to_have_count(2)

    # With a push service it is the server that tells
    chat.page.evaluate(HIDE, False)
    chat.page.keyboard.press("Control+,")
    dialog.get_by_role("link", name="Notifications").click()
    expect(switch).to_be_checked()
    switch.uncheck()
    expect(switch).to_be_enabled()
    chat.page.evaluate("window.reachable = true")
    with chat.page.expect_response(lambda answer: answer.request.method == "POST") as subscribed:
        switch.check()
    assert (urlsplit(subscribed.value.url).path, subscribed.value.status) == ("/push/subscribe/", 204)
    assert len(chat.page.evaluate("window.key")) == 87
    # Later the push service gives it another address; no page need be open then
    assert context.service_workers[0].evaluate(ANOTHER_ADDRESS) == [200, 204]
    with chat.page.expect_response("**/push/unsubscribe/") as gone:
        switch.uncheck()
    assert gone.value.status == 204
    switch.check()
    expect(switch).to_be_enabled()
    dialog.get_by_role("button", name="Turn off in all browsers").click()
    expect(chat.page.get_by_role("heading", name="Notifications")).to_be_visible()
    chat.open("/").page.keyboard.press("Control+,")
    dialog.get_by_role("link", name="Notifications").click()
    expect(switch).not_to_be_checked()


def test_the_switch_waits_for_the_script_that_knows_how_it_stands(new_context, site):
    page = new_context(site, site.someone()).new_page()
    held = []
    page.route("**/notifications/browser*.js", lambda route: held.append(route))
    ChatPage(page).open("/")
    page.keyboard.press("Control+,")
    with page.expect_request("**/notifications/browser*.js"):
        page.get_by_role("dialog").get_by_role("link", name="Notifications").click()
    switch = page.get_by_role("checkbox", name="Notify me in this browser")
    expect(switch).to_be_disabled()
    held[0].continue_()
    expect(switch).to_be_enabled()


def test_who_looks_at_another_tab_is_told_nothing_by_one_that_is_hidden(new_context, site, model):
    context = new_context(site, site.someone())
    context.add_init_script(STAND_IN)
    hidden = ChatPage(context.new_page()).open("/")
    hidden.ask("Hello")
    looked_at = ChatPage(context.new_page()).open("/")
    hidden.page.evaluate(CHOSEN, "page")
    hidden.page.evaluate(HIDE, True)
    hidden.ask("While another tab is looked at")
    expect(looked_at.list.locator(".progress[data-state=unseen]")).to_be_visible()
    looked_at.page.evaluate(HIDE, True)
    hidden.ask("While nobody looks")
    hidden.until("window.shown.length > 0")
    assert hidden.page.evaluate("window.shown.length") == 1


def test_where_only_the_service_worker_may_tell_it_does(new_context, site, model):
    context = new_context(site, site.someone(), service_workers="allow")
    context.add_init_script(
        STAND_IN
        + """
        window.Notification = class {
          static permission = "granted";
          constructor() { throw new TypeError("Illegal constructor"); }
        };
        if (window.ServiceWorkerRegistration) {
          ServiceWorkerRegistration.prototype.showNotification = async (title, options) =>
            window.shown.push({ title, ...options });
        }
        """
    )
    chat = ChatPage(context.new_page()).open("/")
    chat.ask("Hello")
    chat.page.evaluate(CHOSEN, "page")
    chat.page.evaluate(HIDE, True)
    chat.ask("And again")
    chat.until("window.shown.length === 1")
    (shown,) = chat.page.evaluate("window.shown")
    assert (shown["title"], shown["data"]["url"]) == ("Your reply is ready", urlsplit(chat.page.url).path)


def test_a_notification_opens_its_conversation_also_beside_pages_that_hear_nothing(new_context, site):
    context = new_context(site, site.someone("talker"), service_workers="allow")
    chat = ChatPage(context.new_page()).open("/")
    path = chat.item("First talk").get_by_role("link").first.get_attribute("href")
    chat.until("navigator.serviceWorker.controller !== null")
    (worker,) = context.service_workers
    card = context.new_page()
    card.goto("/accounts/email/")
    assert worker.evaluate(PRESS, path) == ["front /"]
    expect(chat.said).to_have_text("About the First talk")
    assert urlsplit(card.url).path == "/accounts/email/"
    chat.page.close()
    assert worker.evaluate(PRESS, path) == [f"new {path}"]


def test_the_server_is_told_again_of_a_browser_that_it_may_have_forgotten(new_context, site):
    context = new_context(site, site.someone(), service_workers="allow")
    chat = ChatPage(context.new_page()).open("/")
    chat.until("navigator.serviceWorker.controller !== null")
    (worker,) = context.service_workers
    worker.evaluate(SUBSCRIBED)
    chat.page.evaluate(CHOSEN, "push")

    def told(times: int) -> None:
        while worker.evaluate("self.told.length") < times:
            chat.page.wait_for_timeout(50)

    chat.open("/")
    told(1)
    chat.open("/")  # a moment later there is nothing to tell
    chat.page.goto("/accounts/email/")
    chat.page.get_by_role("banner").get_by_role("link").click()
    told(2)
    assert worker.evaluate("self.told") == [204, 204]

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
const keys = { p256dh: "B" + "A".repeat(86), auth: "A".repeat(22) };
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
  const keys = { p256dh: "B" + "A".repeat(86), auth: "A".repeat(22) };
  event.newSubscription = { toJSON: () => ({ endpoint: "https://push.example.org/2", keys }) };
  event.waitUntil = (work) => (event.work = work);
  self.dispatchEvent(event);
  await event.work;
  return statuses;
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

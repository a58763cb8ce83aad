"""A person who looks elsewhere is told that their reply is ready, in the browsers they chose."""

import asyncio
import time

import pytest
from asgiref.sync import sync_to_async

from chat.core.sealing import seal
from chat.models import Preferences, PushSubscription, SiteKey
from chat.notifications import actions, keys, sender
from tests.conftest import browser_of
from tests.support.push_service import PushService, claims, encoded
from tests.support.waiting import LIMIT

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def push(settings, monkeypatch):
    monkeypatch.setattr(sender, "LOOKING", 0.2)
    async with PushService() as service:
        settings.PUSH_TEST_ORIGIN = service.origin
        yield service


def subscribe(client, browser):
    answer = client.post("/push/subscribe/", browser.form, headers={"X-Fragment": "1"})
    assert answer.status_code == 204


async def until(condition):
    async with asyncio.timeout(LIMIT):
        while not await sync_to_async(condition)():
            await asyncio.sleep(0.02)


async def test_the_reply_is_told_of_encrypted_and_signed_and_with_its_title_only_on_wish(
    alice, push, open_tab, provider
):
    client = await sync_to_async(browser_of)(alice)
    browser = push.browser("/one")
    await sync_to_async(subscribe)(client, browser)
    tab = await open_tab(alice)
    sent = await tab.send("Hello")
    await until(lambda: browser.told)
    url = f"/c/{sent['conversation']}/"
    assert browser.told == [
        {"title": "Your reply is ready", "body": "", "url": url, "tag": sent["conversation"]}
    ]
    _, headers = push.requests[0]
    signed = claims(headers)
    assert signed["aud"] == push.origin
    assert time.time() < signed["exp"] < time.time() + 24 * 3600
    assert int(headers["TTL"]) > 0

    await Preferences.objects.acreate(person=alice, notify_titles=True, language="zh-hans")
    await tab.send("And now", conversation=sent["conversation"], parent=sent["reply"])
    await until(lambda: len(browser.told) == 2)
    assert browser.told[1]["body"]
    assert browser.told[1]["title"] == "回复已生成"  # in the language of the account, not of the tab


async def test_who_looks_at_a_page_of_the_site_and_who_is_somebody_else_are_told_nothing(
    alice, charlie, push, open_tab, provider, monkeypatch
):
    monkeypatch.setattr(sender, "LOOKING", 5.0)
    mine, theirs = push.browser("/mine"), push.browser("/theirs")
    for person, browser in ((alice, mine), (charlie, theirs)):
        await sync_to_async(subscribe)(await sync_to_async(browser_of)(person), browser)
    tab, looking = await open_tab(alice), await open_tab(alice)
    await looking.say(type="presence", visible=True)
    await looking.until("progress")
    asked = []
    is_looking = sender.layer.is_looking

    async def noted(*arguments):
        asked.append(await is_looking(*arguments))
        return asked[-1]

    monkeypatch.setattr(sender.layer, "is_looking", noted)
    await tab.send("Hello")
    await tab.until("ended")
    await until(lambda: asked == [True])
    assert push.requests == []


async def test_what_a_push_service_answers_costs_a_notification_and_a_gone_browser_is_forgotten(
    alice, push, open_tab, provider, monkeypatch
):
    monkeypatch.setattr(sender, "PATIENCE", 0.5)
    push.status = {"/gone": 410, "/unknown": 404, "/busy": 429, "/moved": 302, "/broken": 500}
    client = await sync_to_async(browser_of)(alice)
    paths = [*push.status, "/slow", "/fine"]
    for path in paths:
        await sync_to_async(subscribe)(client, push.browser(path))
    tab = await open_tab(alice)
    sent = await tab.send("Hello")
    await tab.until("ended")
    await until(lambda: push.browsers["/fine"].told and len(push.requests) == len(paths))
    kept = {path for path in paths if path not in {"/gone", "/unknown"}}
    await until(
        lambda: (
            {row.endpoint for row in PushSubscription.objects.all()} == {push.origin + path for path in kept}
        )
    )
    assert "/elsewhere" not in {path for path, _ in push.requests}
    # The next reply does not wait for any of them
    await tab.send("More", conversation=sent["conversation"], parent=sent["reply"])
    assert (await tab.until("ended"))["status"] == "complete"


async def test_who_logs_out_of_a_browser_is_told_nothing_there(alice, push, open_tab, provider):
    client, other = await sync_to_async(browser_of)(alice), await sync_to_async(browser_of)(alice)
    left, kept = push.browser("/left"), push.browser("/kept")
    await sync_to_async(subscribe)(client, left)
    await sync_to_async(subscribe)(other, kept)
    await sync_to_async(client.post)("/accounts/logout/")
    tab = await open_tab(alice)
    await tab.send("Hello")
    await until(lambda: kept.told)
    assert left.told == []
    assert await PushSubscription.objects.acount() == 1


async def test_an_address_on_this_machine_is_never_connected_to(alice, push, open_tab, provider, settings):
    client = await sync_to_async(browser_of)(alice)
    browser = push.browser("/inside")
    await sync_to_async(subscribe)(client, browser)
    inside = browser.endpoint.replace("http:", "https:")
    await PushSubscription.objects.aupdate(endpoint=inside)
    tab = await open_tab(alice)
    await tab.send("Hello")
    await tab.until("ended")
    await asyncio.sleep(0.6)
    assert push.requests == []


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example.org/1",
        "ftp://push.example.org/1",
        "https://",
        "https://me@push.example.org/1",
        "https://push.example.org/1#x",
        "https://push.example.org:port/1",
        "https://push.example.org/a b",
        "https://püsh.example.org/1",
        f"https://push.example.org/{'x' * 1000}",
        "",
    ],
)
def test_an_endpoint_that_is_no_plain_address_on_https_is_refused(alice, endpoint):
    form = PushService.__new__(PushService)
    form.origin, form.browsers = "https://push.example.org", {}
    given = form.browser("/1").form | {"endpoint": endpoint}
    answer = browser_of(alice).post("/push/subscribe/", given, headers={"X-Fragment": "1"})
    assert answer.status_code == 400
    assert answer.json()["code"] == "bad_subscription"
    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize(
    ("p256dh", "auth"),
    [
        (encoded(b"\4" + bytes(64)), encoded(bytes(16))),  # of the right form, beside the curve
        (encoded(b"\2" + bytes(32)), encoded(bytes(16))),  # compressed
        (encoded(b"\4" + b"\xff" * 64), encoded(bytes(16))),
        ("B" * 120, encoded(bytes(16))),
        ("", ""),
        ("ключ", encoded(bytes(16))),
        (None, encoded(bytes(15))),
        (None, encoded(bytes(17))),
        (None, "!" * 22),
    ],
)
def test_keys_for_which_nothing_can_be_encrypted_are_refused(alice, p256dh, auth):
    service = PushService()
    service.origin = "https://push.example.org"
    form = service.browser("/1").form
    given = form | {"p256dh": p256dh if p256dh is not None else form["p256dh"], "auth": auth}
    answer = browser_of(alice).post("/push/subscribe/", given, headers={"X-Fragment": "1"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_subscription")
    assert not PushSubscription.objects.exists()


def test_a_person_has_ten_browsers_and_nobody_takes_one_from_them(alice, charlie):
    service = PushService()
    service.origin = "https://push.example.org"
    client, stranger = browser_of(alice), browser_of(charlie)
    for number in range(actions.MOST_BROWSERS + 1):
        subscribe(client, service.browser(f"/{number}"))
    kept = set(PushSubscription.objects.values_list("endpoint", flat=True))
    assert kept == {f"https://push.example.org/{number}" for number in range(1, 11)}
    theirs = service.browsers["/5"].form
    taken = stranger.post("/push/subscribe/", service.browser("/x").form | {"endpoint": theirs["endpoint"]})
    assert taken.status_code == 400
    stranger.post("/push/unsubscribe/", {"endpoint": theirs["endpoint"]})
    stranger.post("/push/unsubscribe/")
    assert PushSubscription.objects.filter(owner=alice).count() == 10
    # Whoever logs in to this very browser next has it
    subscribe(stranger, service.browsers["/5"])
    assert PushSubscription.objects.get(endpoint=theirs["endpoint"]).owner == charlie
    client.post("/push/unsubscribe/")
    assert set(PushSubscription.objects.values_list("owner__name", flat=True)) == {"Charlie"}


def test_the_site_s_key_is_made_once_and_kept_sealed(alice, settings):
    key = browser_of(alice).get("/push/subscribe/").json()["key"]
    assert key == browser_of(alice).get("/push/subscribe/").json()["key"]
    assert len(key) == 87
    row = SiteKey.objects.get()
    assert row.sealed.startswith(seal("x")[:6])
    settings.ENCRYPTION_KEY = "another"
    assert keys.public_key() != key


def test_a_person_chooses_on_a_page_whether_titles_are_shown(alice, charlie):
    client = browser_of(alice)
    assert b"Notify me in this browser" in client.get("/settings/notifications/").content
    client.post("/settings/notifications/", {"notify_titles": "on"})
    assert Preferences.of(alice.pk).notify_titles
    assert not Preferences.of(charlie.pk).notify_titles


def test_the_service_worker_is_at_the_root_and_asked_for_again(client):
    answer = client.get("/sw.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert "no-cache" in answer["Cache-Control"]
    assert b"worker/push" in answer.content

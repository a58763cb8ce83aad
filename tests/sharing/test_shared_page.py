"""The page of a link: what a stranger sees of it and what not, until when, and what is kept of their visit."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from chat.conversations import actions as conversations
from chat.conversations import arranging
from chat.models import Conversation, Message, Share, ShareViews, Snapshot, Status, soft_delete
from chat.models.sharing import Audience
from chat.moderation import actions as moderation
from chat.sharing import actions as sharing
from chat.sharing import passphrases, reports
from tests.conftest import browser_of
from tests.sharing.conftest import path_of, terms_for

pytestmark = pytest.mark.django_db
GONE = "This shared link is no longer available."
PASSPHRASE = "open sesame now"
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0"}


def visit(share, client=None, **headers):
    return (client or Client()).get(path_of(share), headers=BROWSER | headers)


def assert_gone(share, client=None):
    answer = visit(share, client)
    text = answer.content.decode()
    assert answer.status_code == 410
    assert GONE in text
    assert share.snapshot.title not in text
    return answer


def test_a_stranger_reads_the_copy_and_gets_no_cookie_no_script_and_no_second_page_in_search_engines(share):
    made = share(
        "# <b>Not</b> bold",
        "**Bold** <script>alert(1)</script> [x](javascript:alert(2)) ![y](https://t.example/1.png)",
    )
    answer = visit(made)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert not answer.cookies
    assert "<strong>Bold</strong>" in text
    assert "&lt;b&gt;Not&lt;/b&gt;" in text
    assert not re.search("<script|<img|<iframe", text)
    assert not re.search(r"\son\w+=|href=\"javascript", text)
    assert answer["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert '<meta name="robots" content="noindex' in text
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["Cache-Control"] == "no-cache"
    assert {"Cookie", "Accept-Language"} <= set(answer["Vary"].split(", "))
    assert "script-src 'none'" in answer["Content-Security-Policy"]
    assert '<meta property="og:title" content="# &lt;b&gt;Not&lt;/b&gt; bold">' in text


def test_nothing_of_the_owner_goes_along(alice, share, say):
    conversation = say(alice, "A question", "An answer")
    Message.objects.filter(pk=conversation.tip_id).update(reasoning="canary thinking")
    Conversation.objects.filter(pk=conversation.pk).update(
        instructions="canary instructions", persona_name="canary persona", parameters={"temperature": 1}
    )
    text = visit(share(of=conversation)).content.decode()
    for secret in (
        "canary",
        "alice",
        "Alice",
        str(conversation.uuid),
        str(conversation.tip.uuid),
        "temperature",
    ):
        assert secret not in text
    assert "Shared by Alice" in visit(share(of=conversation, with_name=True)).content.decode()


def test_later_messages_and_other_branches_are_not_in_it(alice, share, say):
    conversation = say(alice, "First", "Answer", "Left out", "Another")
    chosen = list(Message.objects.filter(text__in=["First", "Answer"]).values_list("uuid", flat=True))
    made = share(of=conversation, messages=chosen)
    say(alice, "canary later", "canary reply", into=conversation)
    text = visit(made).content.decode()
    assert "Answer" in text
    assert not re.search("canary|Left out|Another", text)


def test_what_is_hidden_failed_or_not_finished_is_never_in_it(alice, bob, share, say):
    conversation = say(
        alice, "q", "canary hidden", "q2", "canary failed", "q3", "canary running", "q4", "An answer"
    )
    moderation.hide(Message.objects.get(text="canary hidden"), bob)
    Message.objects.filter(text="canary failed").update(status=Status.FAILED)
    Message.objects.filter(text="canary running").update(status=Status.RUNNING)
    everything = set(conversation.messages.values_list("uuid", flat=True))
    made = share(of=conversation, messages=everything)
    assert "canary" not in str(Snapshot.objects.values())
    moderation.hide(conversation.tip, bob)  # afterwards
    text = visit(made).content.decode()
    assert "An answer" not in text
    assert "This message was hidden by a moderator." in text


def test_an_address_that_is_none_of_ours_is_404_without_a_cookie():
    for token in ("x", "a" * 32, "é", "%00", "0b5c1e7e-0000-4000-8000-000000000000"):
        answer = Client().get(f"/s/{token}/")
        assert answer.status_code == 404
        assert not answer.cookies


def test_the_token_is_long_random_and_stored_as_a_hash(share):
    made, other = share(), share()
    tokens = {path_of(one).strip("/").removeprefix("s/") for one in (made, other)}
    assert len(tokens) == 2
    assert all(len(token) == 32 for token in tokens)  # 192 bits
    stored = str(list(Share.objects.values()))
    assert not any(token in stored for token in tokens)


def test_what_has_expired_was_revoked_or_taken_down_is_gone_and_says_no_more(alice, bob, share):
    expired = share("canary q", "a", expires_at=timezone.now() - timedelta(seconds=1))
    assert_gone(expired)
    assert_gone(expired, browser_of(alice))
    revoked = share("canary q2", "a")
    sharing.revoke(alice, revoked.uuid)
    assert_gone(revoked)
    assert not Snapshot.objects.filter(share=revoked).exists()
    share(of=revoked.snapshot.conversation)  # another link to the same brings none back
    assert_gone(revoked)
    down = share("canary q3", "a", passphrase=PASSPHRASE)
    reports.take_down(down, bob)
    assert_gone(down)
    for path in ("report/", "continue/"):
        assert browser_of(bob).get(path_of(down) + path).status_code == 410
    reports.restore(down, bob)
    assert visit(down).status_code == 200


def test_a_deleted_conversation_takes_its_links_along_and_brings_them_back(alice, share):
    made = share()
    conversation = made.snapshot.conversation
    arranging.delete(alice, [conversation.uuid])
    assert_gone(made)
    arranging.restore(alice, [conversation.uuid])
    assert visit(made).status_code == 200
    conversations.delete_all(alice)
    assert_gone(made)
    past = timezone.now() - soft_delete.UNDO_WINDOW - timedelta(seconds=1)
    Conversation.objects.filter(pk=conversation.pk).update(deleted_at=past)
    conversations.purge()
    assert not Snapshot.objects.exists()
    assert visit(made).status_code == 410


def test_links_of_who_is_suspended_or_has_no_account_any_more_are_gone_meanwhile(alice, bob, share):
    made = share()
    moderation.suspend(alice, timezone.now() + timedelta(days=1), "Noise", bob)
    assert_gone(made)
    moderation.lift_suspension(alice, bob)
    assert visit(made).status_code == 200
    type(alice).objects.filter(pk=alice.pk).update(is_active=False)
    assert_gone(made)


def test_the_operator_may_leave_it_to_members_or_to_nobody_and_what_exists_obeys(charlie, share, settings):
    made = share()
    settings.SHARING = "members"
    assert visit(made).url == f"/accounts/login/?next={path_of(made)}"
    assert visit(made, browser_of(charlie)).status_code == 200
    settings.SHARING = "off"
    assert_gone(made, browser_of(charlie))


def test_members_only_is_for_who_has_an_account_and_kept_nowhere(charlie, share):
    made = share(audience=Audience.MEMBERS)
    answer = visit(made)
    assert answer.status_code == 302
    assert answer["Cache-Control"] == "private, no-store"
    answer = visit(made, browser_of(charlie))
    assert answer["Cache-Control"] == "private, no-store"
    assert "og:title" not in answer.content.decode()


def test_a_passphrase_opens_it_for_once_and_nothing_is_told_before(share):
    made = share("canary title", "canary answer", passphrase=PASSPHRASE)
    client = Client()
    answer = visit(made, client)
    assert answer.status_code == 200
    assert "canary" not in answer.content.decode()
    assert "og:" not in answer.content.decode()
    assert answer["Cache-Control"] == "private, no-store"
    for wrong in ("", "wrong one", PASSPHRASE.upper(), "x" * 300, "a\0b"):
        answer = client.post(path_of(made), {"passphrase": wrong}, headers=BROWSER)
        assert "canary" not in answer.content.decode()
    assert client.post(path_of(made), {"passphrase": "wrong one"}).status_code == 403
    answer = client.post(path_of(made), {"passphrase": f" {PASSPHRASE}"}, headers=BROWSER)
    assert answer.status_code == 200
    assert "canary answer" in answer.content.decode()
    assert answer["Cache-Control"] == "private, no-store"
    assert not client.cookies
    assert made.passphrase.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


def test_twenty_wrong_passphrases_are_enough_for_one_address_and_one_link(share, monkeypatch):
    monkeypatch.setattr(passphrases.Hasher, "verify", lambda self, given, kept: given == PASSPHRASE)
    made, other = share(passphrase=PASSPHRASE), share(passphrase=PASSPHRASE)
    client = Client(REMOTE_ADDR="192.0.2.7")
    for _time in range(passphrases.WRONG_AN_HOUR):
        assert client.post(path_of(made), {"passphrase": "wrong one"}).status_code == 403
    answer = client.post(path_of(made), {"passphrase": PASSPHRASE})
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 3000
    assert "Too many wrong passphrases. Try again in" in answer.content.decode()
    assert client.post(path_of(other), {"passphrase": PASSPHRASE}).status_code == 200
    assert Client(REMOTE_ADDR="192.0.2.8").post(path_of(made), {"passphrase": PASSPHRASE}).status_code == 200
    monkeypatch.setattr(passphrases, "WRONG_FROM_ALL", passphrases.WRONG_AN_HOUR)
    assert Client(REMOTE_ADDR="192.0.2.9").post(path_of(made), {"passphrase": "wrong"}).status_code == 429


def test_visits_are_counted_by_day_but_not_robots_previews_or_the_owner(alice, charlie, share):
    made = share()
    visit(made)
    visit(made, browser_of(charlie))
    visit(made, browser_of(alice))
    for headers in (
        {"User-Agent": "Googlebot/2.1 (+http://www.google.com/bot.html)"},
        {"User-Agent": "Slackbot-LinkExpanding 1.0"},
        {"User-Agent": "facebookexternalhit/1.1"},
        {"User-Agent": "WhatsApp/2.23"},
        {"User-Agent": "curl/8.5"},
        {"User-Agent": ""},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
    ):
        assert visit(made, **headers).status_code == 200
    assert Client().head(path_of(made), headers=BROWSER).status_code == 200
    counted = ShareViews.objects.get()
    assert (counted.share_id, counted.count, counted.day) == (made.pk, 2, timezone.now().date())
    assert {field.name for field in ShareViews._meta.get_fields()} == {"id", "share", "day", "count"}


def test_a_member_goes_on_in_a_conversation_of_their_own_which_says_where_from(alice, charlie, share):
    made = share("A question", "An **answer**", with_name=True, phrases=["question"])
    client = browser_of(charlie)
    assert Client().get(path_of(made) + "continue/").url.startswith("/accounts/login/")
    assert client.get(path_of(made) + "continue/").status_code == 200
    answer = client.post(path_of(made) + "continue/")
    copy = Conversation.objects.get(owner=charlie)
    assert answer.url == copy.get_absolute_url()
    texts = list(copy.messages.order_by("pk").values_list("role", "text", "author"))
    assert texts == [("user", "A ▇▇▇", charlie.pk), ("assistant", "An **answer**", None)]
    assert (copy.persona, copy.instructions, copy.parameters, copy.model) == (None, "", {}, None)
    page = client.get(answer.url).content.decode()
    assert "Continued from a conversation shared by Alice." in page
    assert "An <strong>answer</strong>" in page
    assert client.get("/search/?q=answer").content.decode().count(str(copy.tip.uuid))
    sharing.revoke(alice, made.uuid)
    assert "Continued from a shared conversation." in client.get(answer.url).content.decode()


def test_a_copy_needs_the_passphrase_leaves_out_what_is_hidden_and_is_limited(
    bob, charlie, share, monkeypatch
):
    made = share("A question", "canary", "q2", "a2", passphrase=PASSPHRASE)
    client = browser_of(charlie)
    page = client.get(path_of(made) + "continue/").content.decode()
    assert "A question" not in page
    assert client.post(path_of(made) + "continue/", {"passphrase": "wrong one"}).status_code == 403
    assert client.post(path_of(made) + "continue/").status_code == 200
    assert not Conversation.objects.filter(owner=charlie).exists()
    moderation.hide(Message.objects.get(text="canary"), bob)
    monkeypatch.setattr(sharing, "A_MINUTE", 1)
    assert client.post(path_of(made) + "continue/", {"passphrase": PASSPHRASE}).status_code == 303
    copied = Message.objects.filter(conversation__owner=charlie)
    assert set(copied.values_list("text", flat=True)) == {"A question", "q2", "a2"}
    assert client.post(path_of(made) + "continue/", {"passphrase": PASSPHRASE}).status_code == 429
    moderation.suspend(charlie, timezone.now() + timedelta(days=1), "Noise", bob)
    assert client.post(path_of(made) + "continue/", {"passphrase": PASSPHRASE}).status_code == 403


def test_an_update_is_at_the_same_address_and_the_next_reader_sees_it(alice, share, say):
    made = share("A question", "An answer", phrases=["answer"])
    say(alice, "More", "The second answer", into=made.snapshot.conversation)
    sharing.update(alice, made.uuid, terms_for(made.snapshot.conversation, phrases=["second"]))
    text = visit(made).content.decode()
    assert "The ▇▇▇ answer" in text
    assert "second" not in str(Snapshot.objects.values())

"""Temporary chats: in no list and no index, seen by nobody else, and erased when no page shows them any more."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.html import escape

from chat.conversations import actions as conversations
from chat.conversations import arranging, listing, temporary
from chat.conversations.errors import TemporaryChatsOff
from chat.conversations.sweep import Sweeper
from chat.core.errors import NotFound
from chat.feedback import actions as feedback
from chat.models import Conversation, Message, Report, SearchEntry, User
from chat.moderation import actions as moderation
from chat.search import find, index
from chat.search.query import parse
from tests.conftest import browser_of
from tests.conversations.test_erasure import on_disk

pytestmark = pytest.mark.django_db(transaction=True)
CANARY = "xylophone-canary"


@pytest.fixture
def theirs(alice, say) -> Conversation:
    """A temporary chat of the owner's, whose page was seen just now."""
    begun = conversations.start(alice, is_temporary=True)
    return say(alice, f"{CANARY} question", f"{CANARY} answer", into=begun)


def leave(conversation: Conversation, ago: timedelta = temporary.UNSEEN_FOR) -> None:
    past = timezone.now() - ago - timedelta(seconds=1)
    Conversation.objects.filter(pk=conversation.pk).update(page_seen_at=past)


def is_there(conversation: Conversation) -> bool:
    Sweeper().run()
    return Conversation.objects.filter(pk=conversation.pk).exists()


def admin_shows(moderator: User, conversation: Conversation) -> tuple[bool, bool]:
    """Return whether it is in the moderators' list, and whether they can open it."""
    browser = browser_of(moderator)
    address = f"/admin/chat/conversation/{conversation.pk}/change/"
    listed = browser.get("/admin/chat/conversation/").content.decode()
    return address in listed, browser.get(address).status_code == 200


def test_it_is_reached_by_its_address_and_is_in_no_list(alice, theirs):
    browser = browser_of(alice)
    page = browser.get(theirs.get_absolute_url()).content.decode()
    assert f"{CANARY} answer" in page
    assert "Temporary chat · " in page
    assert escape(temporary.statement(theirs).line) in page
    for address in ("/", "/conversations/", "/search/", f"/search/?q={CANARY}"):
        shown = browser.get(address).content.decode()
        assert str(theirs.uuid) not in shown
        assert f"{CANARY} question" not in shown
    assert listing.latest(alice, "", 30) == ([], "")
    assert conversations.count(alice) == 0
    assert conversations.progress(alice) == {}


def test_nothing_of_it_is_in_the_index_and_nothing_can_put_it_there(alice, theirs):
    index.add(Message.objects.all())
    Sweeper().run()
    assert not SearchEntry.objects.exists()
    SearchEntry.objects.create(pk=theirs.tip_id, owner=alice)
    assert find.messages(alice, parse(CANARY), find.Q(), None, 10).hits == []


def test_it_gets_no_name(alice, theirs):
    with pytest.raises(NotFound):
        conversations.rename(alice, theirs.uuid, "Named")
    theirs.refresh_from_db()
    assert theirs.title == ""


@pytest.mark.parametrize("arrange", [arranging.pin, arranging.archive, arranging.delete, arranging.restore])
def test_it_is_neither_pinned_nor_archived_nor_chosen_with_others(alice, theirs, arrange):
    with pytest.raises(NotFound):
        arrange(alice, [theirs.uuid])


def test_deleting_all_chats_leaves_the_one_that_is_open(alice, theirs):
    conversations.delete_all(alice)
    assert is_there(theirs)


def test_an_hour_after_its_page_was_seen_no_byte_is_left(alice, theirs):
    leave(theirs, temporary.UNSEEN_FOR - timedelta(minutes=1))
    assert is_there(theirs)
    browser_of(alice).get(theirs.get_absolute_url())
    leave(theirs)
    assert on_disk() > 0
    assert not is_there(theirs)
    assert on_disk() == 0
    assert browser_of(alice).get(theirs.get_absolute_url()).status_code == 404


def test_a_page_that_is_opened_again_counts(alice, theirs):
    leave(theirs)
    browser_of(alice).get(theirs.get_absolute_url())
    assert is_there(theirs)


def test_one_that_nobody_began_goes_too(alice):
    begun = conversations.start(alice, is_temporary=True)
    leave(begun)
    assert not is_there(begun)


def test_a_report_keeps_it_until_it_is_decided_and_read(alice, bob, theirs):
    report = moderation.report(alice, theirs.tip.uuid, "wrong")
    leave(theirs)
    assert is_there(theirs)
    moderation.dismiss(report, bob)
    assert is_there(theirs)
    Report.objects.update(resolved_at=timezone.now() - temporary.UNSEEN_FOR)
    assert not is_there(theirs)


def test_moderators_see_it_only_once_it_is_handed_over(alice, bob, charlie, theirs):
    assert admin_shows(bob, theirs) == (False, False)
    feedback.rate(alice, theirs.tip.uuid, "up")
    assert admin_shows(bob, theirs) == (True, True)
    feedback.rate(alice, theirs.tip.uuid, "")
    assert admin_shows(bob, theirs) == (False, False)
    report = moderation.report(alice, theirs.tip.uuid, "wrong")
    assert admin_shows(bob, theirs) == (True, True)
    shown = browser_of(bob).get(f"/admin/chat/report/{report.pk}/change/").content.decode()
    assert f"{CANARY} answer" in shown
    assert browser_of(charlie).get(theirs.get_absolute_url()).status_code == 404


def test_a_record_is_kept_for_the_days_that_its_page_names(alice, bob, settings, say):
    settings.TEMPORARY_CHATS, settings.TEMPORARY_RECORD_DAYS = "recorded", 7
    recorded = say(alice, CANARY, "answer", into=conversations.start(alice, is_temporary=True))
    settings.TEMPORARY_CHATS = "on"
    page = browser_of(alice).get(recorded.get_absolute_url()).content.decode()
    assert "This site keeps a record for 7 days, which its moderators can read." in page
    leave(recorded)
    assert is_there(recorded)
    assert browser_of(alice).get(recorded.get_absolute_url()).status_code == 404
    assert admin_shows(bob, recorded) == (True, True)
    Conversation.objects.update(deleted_at=timezone.now() - timedelta(days=6, hours=23))
    assert is_there(recorded)
    Conversation.objects.update(deleted_at=timezone.now() - timedelta(days=7, minutes=1))
    assert not is_there(recorded)
    assert on_disk() == 0


def test_what_begins_while_a_record_is_kept_and_what_began_before_keep_their_promises(
    alice, settings, theirs
):
    settings.TEMPORARY_CHATS = "recorded"
    assert "deleted an hour after" in temporary.statement(theirs).line
    leave(theirs)
    assert not is_there(theirs)


def test_an_operator_may_forbid_it(alice, settings):
    browser = browser_of(alice)
    assert "?temporary=1" in browser.get("/").content.decode()
    settings.TEMPORARY_CHATS = "off"
    assert "?temporary=1" not in browser.get("/").content.decode()
    for answer in (browser.get("/?temporary=1"), browser.post("/c/", {"temporary": "1"})):
        assert answer.status_code == 403
        assert escape(str(TemporaryChatsOff.sentence)) in answer.content.decode()
    refused = browser.post("/?temporary=1", {"text": CANARY})
    assert refused.status_code == 403
    assert not Conversation.objects.exists()


@pytest.mark.parametrize("value", ["", "0", "2", "yes", "1\0", "1 OR 1"])
def test_any_other_value_begins_a_chat_that_stays(alice, value):
    browser_of(alice).post("/c/", {"temporary": value})
    assert not Conversation.objects.get().temporary

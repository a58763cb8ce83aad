"""Making, changing and revoking links: the owner, the moderator and the stranger, and what is refused."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from chat.core.errors import NotFound
from chat.models import Conversation, Message, Share, Snapshot
from chat.models.sharing import Audience
from chat.moderation import actions as moderation
from chat.sharing import actions as sharing
from chat.sharing import errors, forms, reports
from tests.conftest import browser_of
from tests.sharing.conftest import path_of, shared, terms_for

pytestmark = pytest.mark.django_db
SCRIPT = {"X-Fragment": "1"}


@pytest.fixture
def talk(alice, say):
    return say(alice, "What is Django?", "A **web** framework.", "Since when?", "2005")


def fields(talk, **changed):
    chosen = [str(row.uuid) for row in sharing.offered(talk)]
    said = {"title": talk.title, "audience": "anyone", "expires": "30", "words": "", "message": chosen}
    return said | changed


def make(person, talk, headers=None, **changed):
    address = f"/c/{talk.uuid}/share/"
    return browser_of(person).post(address, fields(talk, **changed), headers=headers or {})


def test_the_form_offers_the_branch_in_view_all_of_it_chosen(alice, talk):
    answer = browser_of(alice).get(f"/c/{talk.uuid}/share/")
    page = answer.content.decode()
    assert page.count('name="message"') == 4
    assert answer.context["form"].chosen == {str(row.uuid) for row in talk.messages.all()}
    assert "A <strong>web</strong> framework." in page
    assert 'value="What is Django?"' in page
    assert "Show my name (Alice)" in page


def test_a_link_is_made_and_its_page_has_its_address(alice, talk):
    answer = make(alice, talk, words="Django\n\n web ", expires="7", with_name="on", passphrase="open sesame")
    share = Share.objects.get()
    assert answer.url == f"/settings/chats/links/{share.uuid}/"
    assert timedelta(days=6.9) < share.expires_at - timezone.now() <= timedelta(days=7)
    assert share.snapshot.title == "What is ▇▇▇?"
    assert share.snapshot.author == "Alice"
    assert [copy["text"] for copy in share.snapshot.messages] == [
        "What is ▇▇▇?",
        "A **▇▇▇** framework.",
        "Since when?",
        "2005",
    ]
    assert "Django" not in str(list(Snapshot.objects.values()))  # nor in what is kept for the next update
    page = browser_of(alice).get(answer.url).content.decode()
    assert sharing.address_of(share) in page
    assert "with a passphrase" in page


def test_a_script_gets_where_the_link_is_and_what_is_wrong(alice, talk):
    answer = make(alice, talk, SCRIPT)
    assert answer.json() == {"address": reverse("shared_link", args=[Share.objects.get().uuid])}
    wrong = {"title": " ", "audience": "nobody", "expires": "5", "passphrase": "short", "message": []}
    answer = make(alice, talk, SCRIPT, **wrong)
    assert answer.status_code == 400
    assert set(answer.json()["fields"]) == set(wrong)
    assert Share.objects.count() == 1


def test_what_a_form_can_hold_of_bad_input_is_refused_with_a_sentence(alice, talk):
    for changed in (
        {"title": "a\0b"},
        {"title": "x" * 121},
        {"passphrase": "x" * 201},
        {"passphrase": "12345678\0"},
        {"words": "x" * (forms.LONGEST_PHRASE + 1)},
        {"words": "\n".join(map(str, range(forms.MOST_PHRASES + 1)))},
        {"words": "a\0"},
        {"message": ["no id", "*", "' OR 1=1"]},
        {"message": [str(uuid.uuid4())]},
    ):
        answer = make(alice, talk, **changed)
        assert answer.status_code in {200, 400}, changed
        assert not Share.objects.exists()


def test_messages_of_others_and_of_other_branches_are_not_taken_along(alice, charlie, talk, say):
    theirs = say(charlie, "canary question", "canary answer")
    old = talk.tip
    aside = Message.objects.create(
        conversation=talk, parent=old.parent, role="assistant", text="canary version"
    )
    chosen = [*theirs.messages.values_list("uuid", flat=True), aside.uuid, old.uuid]
    assert make(alice, talk, message=chosen).status_code == 303
    assert [copy["text"] for copy in Snapshot.objects.get().messages] == ["2005"]


def test_the_stranger_and_the_moderator_find_no_link_and_share_no_conversation(alice, bob, charlie, talk):
    made = shared(talk)
    for person in (bob, charlie):
        assert make(person, talk).status_code == 404
        for act in (sharing.share_of, sharing.revoke):
            with pytest.raises(NotFound):
                act(person, made.uuid)
        with pytest.raises(NotFound):
            sharing.update(person, made.uuid, terms_for(talk))
        assert str(made.uuid) not in browser_of(person).get("/settings/chats/links/").content.decode()


def test_a_temporary_or_deleted_conversation_cannot_be_shared(alice, talk):
    Conversation.objects.filter(pk=talk.pk).update(temporary=True)
    assert make(alice, talk).status_code == 404
    with pytest.raises(NotFound):
        sharing.create(alice, talk.uuid, terms_for(talk))
    Conversation.objects.filter(pk=talk.pk).update(temporary=False, deleted_at=timezone.now())
    assert make(alice, talk).status_code == 404
    assert not Share.objects.exists()


def test_an_update_offers_what_is_new_and_keeps_what_was_left_out_and_removed(alice, talk, say):
    first = [row.uuid for row in sharing.offered(talk)][:2]
    made = shared(
        talk,
        messages=first,
        phrases=["Django"],
        passphrase="open sesame",
        expires_at=timezone.now() + timedelta(9),
    )
    address = path_of(made)
    say(alice, "And now?", "Today", into=talk)
    client = browser_of(alice)
    change = f"/settings/chats/links/{made.uuid}/change/"
    form = client.get(change).context["form"]
    assert form.chosen == {str(row.uuid) for row in sharing.offered(talk)}  # those after the last that it had
    assert form["words"].value() == "Django"
    said = {
        "title": "Anew",
        "audience": "members",
        "expires": "keep",
        "words": "Django",
        "message": list(form.chosen),
    }
    assert client.post(change, said).status_code == 303
    now = sharing.share_of(alice, made.uuid)
    assert (now.audience, now.expires_at, now.passphrase) == (
        Audience.MEMBERS,
        made.expires_at,
        made.passphrase,
    )
    assert [copy["text"] for copy in now.snapshot.messages][-1] == "Today"
    assert path_of(now) == address
    assert client.post(change, said | {"without_passphrase": "on", "expires": ""}).status_code == 303
    now.refresh_from_db()
    assert (now.passphrase, now.expires_at) == ("", None)


def test_what_was_left_out_stays_out_of_an_update_unless_it_is_chosen(alice, talk):
    rows = sharing.offered(talk)
    made = shared(talk, messages=[rows[0].uuid, rows[2].uuid, rows[3].uuid])
    form = browser_of(alice).get(f"/settings/chats/links/{made.uuid}/change/").context["form"]
    assert form.chosen == {str(rows[place].uuid) for place in (0, 2, 3)}


def test_the_list_has_each_link_and_tells_once_what_moderators_decided(alice, bob, share):
    made, _other = share("First", "a"), share("Second", "b")
    client, address = browser_of(alice), "/settings/chats/links/"
    page = client.get(address).content.decode()
    assert page.index("Second") < page.index("First")
    reports.take_down(made, bob, "Not for everybody")
    page = client.get(address).content.decode()
    assert "“First” was taken down by a moderator. Nobody can open the link." in page
    assert "Reason: Not for everybody" in page
    page = client.get(address).content.decode()
    assert "was taken down by a moderator. Nobody" not in page
    assert "Taken down by a moderator" in page
    change = f"{address}{made.uuid}/change/"
    assert client.post(change, fields(made.snapshot.conversation)).status_code == 410
    reports.restore(made, bob)
    assert "“First” was restored. The link works again." in client.get(address).content.decode()


def test_revoking_removes_the_copy_for_good(alice, talk):
    made = shared(talk)
    client = browser_of(alice)
    assert client.get(f"/settings/chats/links/{made.uuid}/revoke/").status_code == 405
    answer = client.post(f"/settings/chats/links/{made.uuid}/revoke/", follow=True)
    assert "Link revoked. Nobody can open it anymore." in answer.content.decode()
    assert not Snapshot.objects.exists()
    assert client.get(f"/settings/chats/links/{made.uuid}/").status_code == 404


def test_who_is_suspended_shares_nothing_new_but_may_revoke(alice, bob, talk):
    made = shared(talk)
    moderation.suspend(alice, timezone.now() + timedelta(days=1), "Noise", bob)
    assert make(alice, talk, SCRIPT).json()["code"] == "suspended"
    assert browser_of(alice).post(f"/settings/chats/links/{made.uuid}/revoke/").status_code == 303


def test_what_one_person_may_share_is_bounded(alice, talk, say, monkeypatch):
    monkeypatch.setattr(sharing, "MOST_SHARES", 1)
    assert make(alice, talk).status_code == 303
    assert make(alice, talk).status_code == 409
    monkeypatch.setattr(sharing, "MOST_SHARES", 10)
    monkeypatch.setattr(sharing, "MOST_CHARACTERS", 5)
    assert len(sharing.offered(talk)) == 1
    long = say(alice, "q", "a long answer")
    assert make(alice, long, SCRIPT).json()["code"] == errors.SnapshotTooLong.code
    monkeypatch.setattr(sharing, "A_MINUTE", 4)
    assert make(alice, talk).status_code == 303
    assert make(alice, talk).status_code == 429


def test_the_operator_may_turn_it_off(alice, talk, settings):
    made = shared(talk)
    settings.SHARING = "off"
    client = browser_of(alice)
    assert make(alice, talk).status_code == 403
    members = fields(talk, audience="members")
    assert client.post(f"/settings/chats/links/{made.uuid}/change/", members).status_code == 403
    assert 'id="share"' not in client.get(talk.get_absolute_url()).content.decode()
    assert "Sharing is turned off on this site." in client.get("/settings/chats/links/").content.decode()
    settings.SHARING = "members"
    assert make(alice, talk, SCRIPT).json()["fields"].keys() == {"audience"}
    assert make(alice, talk, audience="members").status_code == 303
    assert 'value="anyone"' not in client.get(f"/c/{talk.uuid}/share/").content.decode()


def test_another_key_of_the_site_loses_neither_the_link_nor_its_update(alice, talk, settings):
    made = shared(talk, phrases=["Django"])
    path = path_of(made)
    settings.ENCRYPTION_KEY = "another key of at least 32 characters"
    client = browser_of(alice)
    assert client.get(path).status_code == 200
    assert client.get(f"/settings/chats/links/{made.uuid}/").status_code == 200
    assert client.get(f"/settings/chats/links/{made.uuid}/change/").status_code == 200

"""Two versions of a reply on one page, and a page of what else may be done with a reply."""

import pytest

from chat.models import Message
from tests.conftest import browser_of


@pytest.fixture
def replies(alice, say):
    """Three versions of one reply, by three models."""
    first = say(alice, "question", "by the first").tip
    beside = [
        Message.objects.create(
            conversation=first.conversation, parent=first.parent, role="assistant", text=text, model=model
        )
        for text, model in (("by the second", "South"), ("by the third", "West"))
    ]
    return [first, *beside]


def page_of(person, reply, query=""):
    return browser_of(person).get(f"/m/{reply.uuid}/versions/{query}")


def shown(answer):
    return [version.message.text for version, _other in answer.context["versions"]]


def test_a_reply_stands_beside_the_one_before_it_or_one_that_is_named_the_earlier_first(alice, replies):
    first, second, third = replies
    assert shown(page_of(alice, third)) == ["by the second", "by the third"]
    assert shown(page_of(alice, first)) == ["by the first", "by the second"]
    answer = page_of(alice, third, f"?with={first.uuid}")
    assert shown(answer) == ["by the first", "by the third"]
    assert "Version 3 of 3" in answer.content.decode()
    assert "West" in answer.content.decode()
    assert shown(page_of(alice, first, f"?with={first.uuid}")) == ["by the first"]


def test_the_version_in_use_says_so_and_the_other_can_be_chosen(alice, replies):
    first, second, third = replies
    client, later = browser_of(alice), f"/m/{third.uuid}/versions/"
    Message.objects.create(conversation=third.conversation, parent=second, role="user", text="and then?")
    client.post(f"/m/{second.uuid}/show/")
    page = client.get(later).content.decode()
    assert page.count("In use") == page.count("Use this one") == 1
    assert page.index("Version 2 of 3") < page.index("In use") < page.index("Version 3 of 3")
    client.post(f"/m/{first.uuid}/show/")
    page = client.get(later).content.decode()
    assert (page.count("In use"), page.count("Use this one")) == (0, 2)


def test_the_queries_are_as_many_for_any_number_of_versions(alice, replies, django_assert_max_num_queries):
    client = browser_of(alice)
    with django_assert_max_num_queries(8):
        client.get(f"/m/{replies[2].uuid}/versions/")


def test_a_hidden_version_is_not_read_and_what_is_no_version_of_it_is_not_found(alice, say, replies):
    Message.objects.filter(pk=replies[1].pk).update(hidden_at="2026-01-01T00:00:00Z")
    page = page_of(alice, replies[2]).content.decode()
    assert "by the second" not in page
    assert "hidden by a moderator" in page
    elsewhere = say(alice, "other question", "other answer").tip
    assert page_of(alice, replies[2], f"?with={elsewhere.uuid}").status_code == 404
    assert page_of(alice, replies[2], "?with=nonsense").status_code == 404
    assert page_of(alice, replies[0].parent).status_code == 404


def test_the_version_of_another_person_is_nobody_elses_to_compare_with(alice, charlie, say, replies):
    theirs = say(charlie, "question", "of charlie").tip
    assert page_of(alice, replies[0], f"?with={theirs.uuid}").status_code == 404
    assert page_of(charlie, theirs, f"?with={replies[0].uuid}").status_code == 404


def test_the_page_of_more_leads_to_all_that_the_menu_has(alice, replies):
    client = browser_of(alice)
    page = client.get(f"/m/{replies[0].uuid}/more/").content.decode()
    for address in ("versions", "feedback", "text", "sent", "report", "pin"):
        assert f"/m/{replies[0].uuid}/{address}/" in page
    client.post(f"/m/{replies[0].uuid}/pin/", {"on": "1"})
    assert "Remove from context" in client.get(f"/m/{replies[0].uuid}/more/").content.decode()
    assert client.get(f"/m/{replies[0].parent.uuid}/more/").status_code == 404

"""Reading conversations in the admin: the list, and a page that opens whatever the length."""

from typing import Any

import pytest
from django.utils import timezone

from chat.models import Conversation, Message, Role, User
from tests.conftest import browser_of

LIST = "/admin/chat/conversation/"


def page_of(conversation: Conversation) -> str:
    return f"{LIST}{conversation.pk}/change/"


def lengthen(conversation: Conversation, count: int) -> None:
    """Adds `count` messages in one go; nothing here reads the tree."""
    Message.objects.bulk_create(
        Message(conversation=conversation, role=Role.USER, text=f"line {number}") for number in range(count)
    )


def test_the_list_shows_owner_title_and_number_of_messages(alice: User, bob: User, say: Any) -> None:
    say(alice, "A trip to Kyoto", "a1", "q2", "a2")
    page = browser_of(bob).get(LIST)
    [row] = page.context["cl"].result_list
    assert row.messages_found == 4
    for shown in ("A trip to Kyoto", "alice@example.org", "4"):
        assert shown in page.content.decode()


@pytest.mark.parametrize(("words", "found"), [("kyoto", 1), ("alice@", 1), ("charlie", 1), ("nothing", 0)])
def test_the_list_is_searched_by_title_and_owner(
    alice: User, bob: User, charlie: User, say: Any, words: str, found: int
) -> None:
    say(alice, "A trip to Kyoto", "a")
    say(charlie, "Soup", "a")
    assert len(browser_of(bob).get(LIST, {"q": words}).context["cl"].result_list) == found


def test_the_list_asks_as_many_questions_for_forty_conversations_as_for_one(
    alice: User, bob: User, say: Any, django_assert_max_num_queries: Any
) -> None:
    client = browser_of(bob)
    say(alice, "q", "a")
    with django_assert_max_num_queries(12) as few:
        client.get(LIST)
    for number in range(40):
        say(alice, f"q{number}", "a")
    with django_assert_max_num_queries(len(few)):
        client.get(LIST)


def test_a_conversation_reads_as_on_the_chat_page(alice: User, bob: User, say: Any) -> None:
    conversation = say(alice, "<i>hello</i>", "an answer in **bold** <script>x</script>")
    page = browser_of(bob).get(page_of(conversation)).content.decode()
    assert "&lt;i&gt;hello&lt;/i&gt;" in page
    assert "<strong>bold</strong>" in page
    assert "<script>x" not in page
    assert 'name="_save"' not in page


def test_other_versions_of_an_answer_are_marked(alice: User, bob: User, say: Any) -> None:
    conversation = say(alice, "q", "first try")
    Message.objects.create(
        conversation=conversation, parent=conversation.tip.parent, role=Role.ASSISTANT, text="second try"
    )
    page = browser_of(bob).get(page_of(conversation)).context
    others = page["other_versions"]
    assert [(message.text, message.uuid in others) for message in page["thread"]] == [
        ("q", False),
        ("first try", False),
        ("second try", True),
    ]


def test_a_long_conversation_opens_at_its_end_and_leads_to_what_is_older(
    alice: User, bob: User, django_assert_max_num_queries: Any
) -> None:
    conversation = Conversation.objects.create(owner=alice, title="long")
    lengthen(conversation, 250)
    client = browser_of(bob)
    seen: list[str] = []
    address = page_of(conversation)
    with django_assert_max_num_queries(36):
        for _page in range(3):
            context = client.get(address).context
            seen = [message.text for message in context["thread"]] + seen
            address = f"{page_of(conversation)}?before={context['older']}"
    assert seen == [f"line {number}" for number in range(250)]
    assert context["older"] is None


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30, "²", "1.5"])
def test_an_address_that_makes_no_sense_shows_the_latest(
    alice: User, bob: User, say: Any, before: str
) -> None:
    conversation = say(alice, "q", "a")
    page = browser_of(bob).get(page_of(conversation), {"before": before})
    assert [message.text for message in page.context["thread"]] == ["q", "a"]


def test_what_a_person_deleted_is_shown_to_nobody(alice: User, bob: User, say: Any) -> None:
    conversation = say(alice, "secret plans", "a")
    Conversation.objects.update(deleted_at=timezone.now())
    for client in (browser_of(bob), browser_of(User.objects.create_superuser("root@example.org"))):
        assert b"secret plans" not in client.get(LIST).content
        assert b"secret plans" not in client.get(page_of(conversation), follow=True).content

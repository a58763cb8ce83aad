"""How far an answer was heard that was interrupted: kept with it, told to the model, shown in "View request"."""

import asyncio

import pytest
from asgiref.sync import sync_to_async

from chat.conversations.context import interruption
from chat.core.errors import NotFound
from chat.models import Message
from chat.models.heard import HeardMark
from chat.voice import actions
from chat.voice.reading import last_words, part_of
from tests.conftest import browser_of

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = "One is first. Two comes after it. Three follows."


async def interrupted(voice, answer, sentence, share):
    """Have an answer read, and interrupt it there; gives its mark."""
    number = await voice.read(answer.uuid)
    for _ in range(3):
        await voice.until("spoken")
    await voice.say(type="quiet", id=number, sentence=sentence, share=share, interrupted=True)
    for _ in range(100):
        await answer.arefresh_from_db()
        if answer.heard is not None:
            break
        await asyncio.sleep(0.01)
    return answer.heard


async def test_an_interruption_is_kept_with_the_words_that_were_heard_and_their_place(alice, say, open_voice):
    answer = (await sync_to_async(say)(alice, "Count", TEXT)).tip
    mark = await interrupted(await open_voice(alice), answer, sentence=1, share=0.4)
    assert mark == {"words": "One is first. Two comes", "block": 0, "offset": 22}
    assert TEXT[:22] == "One is first. Two come"


async def test_the_model_is_told_with_the_next_message_and_its_person_can_see_it(
    alice, say, open_tab, open_voice, provider
):
    conversation = await sync_to_async(say)(alice, "Count", TEXT)
    await interrupted(await open_voice(alice), conversation.tip, sentence=1, share=0.4)
    chat = await open_tab(alice)
    sent = await chat.send("Stop. What comes after two?", conversation.uuid, conversation.tip.uuid)
    await chat.until("ended")
    contents = [message["content"] for message in provider.requests[-1].messages]
    assert contents[-3:-1] == ["Count", TEXT]
    assert "“One is first. Two comes”" in contents[-1]
    assert contents[-1].endswith("\n\nStop. What comes after two?")
    assert (await Message.objects.aget(uuid=sent["message"])).text == "Stop. What comes after two?"
    page = await sync_to_async(lambda: browser_of(alice).get(f"/m/{sent['reply']}/sent/").content.decode())()
    assert "How much of the reply was heard" in page
    assert page.index("“One is first. Two comes”") < page.index("What comes after two?")


async def test_the_page_shows_at_once_where_an_answer_was_interrupted(alice, say, open_tab, open_voice):
    conversation = await sync_to_async(say)(alice, "Count", TEXT)
    chat = await open_tab(alice)
    await chat.say(type="watch", conversation=conversation.uuid, tip=conversation.tip.uuid)
    voice = await open_voice(alice)
    await interrupted(voice, conversation.tip, sentence=1, share=0.4)
    replaced = await chat.until("replaced")
    assert replaced["message"] == str(conversation.tip.uuid)
    assert "You interrupted after “One is first. Two comes”." in replaced["html"]
    page = await sync_to_async(lambda: browser_of(alice).get(f"/c/{conversation.uuid}/").content.decode())()
    assert "You interrupted after “One is first. Two comes”." in page


async def test_what_was_heard_of_a_hidden_answer_is_hidden_too(
    alice, bob, say, open_tab, open_voice, provider
):
    conversation = await sync_to_async(say)(alice, "Count", TEXT)
    await interrupted(await open_voice(alice), conversation.tip, sentence=1, share=0.4)
    chat = await open_tab(alice)
    sent = await chat.send("Go on", conversation.uuid, conversation.tip.uuid)
    await chat.until("ended")
    await Message.objects.filter(pk=conversation.tip.pk).aupdate(hidden_at=conversation.created_at)
    page = await sync_to_async(lambda: browser_of(alice).get(f"/m/{sent['reply']}/sent/").content.decode())()
    assert "Two comes" not in page


async def test_one_that_was_interrupted_before_its_first_word_says_so(alice, say, open_voice):
    answer = (await sync_to_async(say)(alice, "Count", TEXT)).tip
    mark = await interrupted(await open_voice(alice), answer, sentence=0, share=0)
    assert mark == {"words": "", "block": 0, "offset": 0}
    question = Message(role="user", text="Go on")
    assert "before the first word" in interruption(answer, question)


async def test_what_was_heard_to_its_end_has_no_mark(alice, say, open_voice):
    answer = (await sync_to_async(say)(alice, "Count", TEXT)).tip
    voice = await open_voice(alice)
    number = await voice.read(answer.uuid)
    events, _ = await voice.hear()
    assert events[-1]["type"] == "done"
    await voice.say(type="quiet", id=number, sentence=2, share=1, interrupted=True)
    assert await voice.is_silent()
    await answer.arefresh_from_db()
    assert answer.heard is None


async def test_an_answer_that_is_read_on_after_a_cough_was_not_interrupted(alice, say, open_voice):
    answer = (await sync_to_async(say)(alice, "Count", TEXT)).tip
    voice = await open_voice(alice)
    assert await interrupted(voice, answer, sentence=1, share=0.4) is not None
    number = await voice.read(answer.uuid, sentence=1)
    while (await voice.until("done"))["id"] != number:
        pass
    await answer.arefresh_from_db()
    assert answer.heard is None


async def test_to_stop_reading_is_no_interruption(alice, say, open_voice):
    answer = (await sync_to_async(say)(alice, "Count", TEXT)).tip
    voice = await open_voice(alice)
    number = await voice.read(answer.uuid)
    await voice.until("done")
    await voice.say(type="quiet", id=number, sentence=0, share=0.5)
    assert await voice.is_silent()
    await answer.arefresh_from_db()
    assert answer.heard is None


async def test_a_sentence_that_was_never_read_marks_nothing(alice, say, open_voice):
    answer = (await sync_to_async(say)(alice, "Count", TEXT)).tip
    voice = await open_voice(alice)
    number = await voice.read(answer.uuid)
    await voice.until("done")
    await voice.say(type="quiet", id=number, sentence=4_000_000_000, share=0.5, interrupted=True)
    assert await voice.is_silent()
    await answer.arefresh_from_db()
    assert answer.heard is None


def test_an_answer_that_something_follows_is_marked_no_more(alice, say):
    conversation = say(alice, "Count", TEXT, "And on", "Four.")
    first = conversation.messages.get(text=TEXT)
    actions.mark_heard(alice, message_uuid=first.uuid, mark=HeardMark("One"))
    first.refresh_from_db()
    assert first.heard is None


def test_only_its_owner_marks_an_answer_and_nobody_a_question(alice, bob, charlie, say):
    answer = say(alice, "Count", TEXT).tip
    for person in (bob, charlie):
        with pytest.raises(NotFound):
            actions.mark_heard(person, message_uuid=answer.uuid, mark=HeardMark("One"))
    with pytest.raises(NotFound):
        actions.mark_heard(alice, message_uuid=answer.parent.uuid, mark=HeardMark("One"))
    answer.refresh_from_db()
    assert answer.heard is None


def test_a_mark_of_a_newer_version_is_passed_over(alice, say):
    answer = say(alice, "Count", TEXT).tip
    answer.heard = {"until": 4}
    assert interruption(answer, Message(role="user", text="Go on")) == ""


@pytest.mark.parametrize(
    ("text", "share", "heard"),
    [
        ("Two comes after it.", 0, ""),
        ("Two comes after it.", 0.4, "Two comes"),
        ("Two comes after it.", 1, "Two comes after it."),
        ("今天北京的天气怎么样", 0.5, "今天北京的"),
    ],
)
def test_a_part_of_a_sentence_ends_with_a_word(text, share, heard):
    assert part_of(text, share) == heard


def test_the_last_words_are_few_and_begin_with_a_word():
    text = " ".join(f"word{number}" for number in range(100))
    assert text.endswith(last_words(text))
    assert len(last_words(text)) <= 120
    assert last_words(text).startswith("word")

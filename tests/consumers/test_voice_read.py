"""Replies are read aloud: whole ones and those that are being written, a few sentences ahead, until told to stop."""

import asyncio
import uuid

import pytest
from asgiref.sync import sync_to_async

from chat.models import Message, SpeechUsage
from chat.moderation import actions as moderation
from chat.provider.speech.errors import SpeechCut
from chat.realtime import layer
from chat.voice import reading
from tests.support.scripted_speech import RATE, play, samples
from tests.support.waiting import LIMIT, until

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = "One is first. Two comes after it. Three follows. Four is later. Five is the last."


async def answer_of(say, owner, text=TEXT):
    conversation = await sync_to_async(say)(owner, "Count, please.", text)
    return conversation.tip


def said(service):
    return [body["input"] for body in service.texts]


async def until_said(service, count):
    await until(lambda: len(service.texts) >= count)


async def test_a_reply_is_read_sentence_by_sentence_to_its_end(alice, say, open_voice, speech):
    tab = await open_voice(alice)
    answer = await answer_of(say, alice)
    number = await tab.read(answer.uuid, speed=1.5, voice="two")
    events, heard = await tab.hear()
    begun = [event for event in events if event["type"] == "sentence"]
    assert [event["text"] for event in begun] == said(speech)
    assert " ".join(said(speech)) == TEXT
    assert [event["sentence"] for event in begun] == [0, 1, 2, 3, 4]
    assert {event["id"] for event in events} == {number}
    assert {event["rate"] for event in begun} == {RATE}
    assert heard == {n: samples(event["text"]) for n, event in enumerate(begun)}
    assert events[-1] == {"type": "done", "id": number}
    assert {(body["voice"], body["speed"]) for body in speech.texts} == {("two", 1.5)}


async def test_three_sentences_are_made_beyond_the_one_that_was_heard_last(alice, say, open_voice, speech):
    tab = await open_voice(alice)
    answer = await answer_of(say, alice)
    number = await tab.read(answer.uuid)
    for _ in range(3):
        await tab.until("spoken")
    assert await tab.is_silent()
    assert len(said(speech)) == 3
    await tab.say(type="played", id=number, sentence=0)
    assert (await tab.until("spoken"))["sentence"] == 3
    assert await tab.is_silent()
    assert len(said(speech)) == 4


async def test_what_was_not_sent_was_not_heard_and_nothing_is_made_beyond_it(
    alice, say, open_voice, speech, monkeypatch
):
    monkeypatch.setattr(reading, "LEAD", 0.0)  # the first sentence goes out while it is heard
    tab = await open_voice(alice)
    answer = await answer_of(say, alice)
    number = await tab.read(answer.uuid)
    await until_said(speech, 3)
    await tab.say(type="played", id=number, sentence=4_000_000_000)
    await asyncio.sleep(0.3)
    assert len(said(speech)) == 3
    await tab.say(type="quiet", id=number)


async def test_what_is_stopped_before_its_end_counts_too(alice, open_voice, speech):
    speech.say(play("hang", at="headers"))
    tab = await open_voice(alice)
    await tab.say(type="try", id=1, text="Hello")
    await until_said(speech, 1)
    await tab.say(type="quiet", id=1)
    async with asyncio.timeout(LIMIT):
        while not await SpeechUsage.objects.aexists():
            await asyncio.sleep(0.01)
    counted = await SpeechUsage.objects.aget()
    assert (counted.person_id, counted.characters) == (alice.pk, len("Hello"))


async def test_it_begins_at_the_sentence_that_is_named(alice, say, open_voice, speech):
    tab = await open_voice(alice)
    answer = await answer_of(say, alice)
    await tab.read(answer.uuid, sentence=3)
    events, heard = await tab.hear()
    assert [event["sentence"] for event in events if event["type"] == "sentence"] == [3, 4]
    assert said(speech) == ["Four is later.", "Five is the last."]
    assert sorted(heard) == [3, 4]


async def test_beyond_its_end_there_is_nothing_to_read(alice, say, open_voice, speech):
    tab = await open_voice(alice)
    answer = await answer_of(say, alice)
    number = await tab.read(answer.uuid, sentence=4_000_000_000)
    assert await tab.next() == {"type": "done", "id": number}


async def test_after_quiet_no_frame_of_it_comes(alice, say, open_voice, speech):
    tab = await open_voice(alice)
    answer = await answer_of(say, alice)
    speech.say(play("hang", at="headers"))
    number = await tab.read(answer.uuid)
    await until_said(speech, 1)
    await tab.say(type="quiet", id=number)
    await asyncio.wait_for(speech.closed_by_client.wait(), 5)
    assert await tab.is_silent()
    assert len(said(speech)) == 1


async def test_another_reading_ends_the_one_before(alice, say, open_voice, speech):
    tab = await open_voice(alice)
    answer = await answer_of(say, alice)
    speech.say(play("hang", at="headers"))
    await tab.read(answer.uuid)
    await until_said(speech, 1)
    second = await tab.read(answer.uuid, sentence=4)
    await until_said(speech, 2)
    events, _ = await tab.hear()
    assert {event["id"] for event in events} == {second}


async def test_what_was_made_today_is_not_made_again(alice, say, open_voice, speech):
    answer = await answer_of(say, alice)
    heard = []
    for _ in range(2):
        tab = await open_voice(alice)
        await tab.read(answer.uuid)
        heard.append((await tab.hear())[1])
    assert heard[0] == heard[1]
    assert len(said(speech)) == 5
    await tab.read(answer.uuid, speed=2)
    await tab.hear()
    assert len(said(speech)) == 10


async def test_what_was_made_for_somebody_is_nobody_elses(alice, charlie, say, open_voice, speech):
    for person in (alice, charlie):
        tab = await open_voice(person)
        await tab.read((await answer_of(say, person)).uuid)
        await tab.hear()
    assert len(said(speech)) == 10


async def test_half_a_sentence_is_told_as_an_error_and_not_kept(alice, say, open_voice, speech):
    speech.say(play("sound"), play("sound", cut=0.5))
    tab = await open_voice(alice)
    answer = await answer_of(say, alice)
    number = await tab.read(answer.uuid)
    events, heard = await tab.hear()
    assert (events[-1]["type"], events[-1]["code"], events[-1]["id"]) == ("error", SpeechCut.code, number)
    assert heard[0] == samples("One is first.")
    await tab.read(answer.uuid, sentence=1)
    events, heard = await tab.hear()
    assert events[-1]["type"] == "done"
    assert heard[1] == samples("Two comes after it.")


async def test_without_a_voice_for_the_language_the_browser_is_given_the_words(
    alice, say, open_voice, monkeypatch
):
    async def nobody(language):
        return None

    monkeypatch.setattr("chat.voice.providers.speaker", nobody)
    tab = await open_voice(alice)
    answer = await answer_of(say, alice)
    await tab.read(answer.uuid)
    events, heard = await tab.hear()
    begun = [event for event in events if event["type"] == "sentence"]
    assert " ".join(event["text"] for event in begun) == TEXT
    assert {event["rate"] for event in begun} == {0}
    assert heard == {}


async def test_who_wants_the_browsers_voice_gets_the_words_alone(alice, say, open_voice, speech):
    tab = await open_voice(alice)
    answer = await answer_of(say, alice)
    await tab.read(answer.uuid, voice="browser")
    events, _ = await tab.hear()
    assert {event["rate"] for event in events if event["type"] == "sentence"} == {0}
    assert said(speech) == []


async def test_a_running_reply_is_read_while_it_is_written(alice, open_tab, open_voice, speech, provider):
    provider.script(play("plain", text=TEXT, rate=20))
    chat, voice = await open_tab(alice), await open_voice(alice)
    sent = await chat.send("Count, please.")
    await voice.read(sent["reply"])
    begun = await voice.until("sentence")
    assert begun["text"] == "One is first."
    assert (await Message.objects.aget(uuid=sent["reply"])).status == "running"
    await voice.until("spoken")
    await voice.say(type="played", id=begun["id"], sentence=0)
    events, _ = await voice.hear()
    assert events[-1]["type"] == "done"
    assert " ".join(said(speech)) == TEXT


async def test_a_reply_that_is_stopped_is_read_as_far_as_it_goes(
    alice, open_tab, open_voice, speech, provider
):
    provider.script(play("hang", at="middle"))
    chat, voice = await open_tab(alice), await open_voice(alice)
    sent = await chat.send("Hello")
    await voice.read(sent["reply"])
    while "b</p>" not in str(await chat.event()):
        pass
    await chat.say(type="stop", reply=sent["reply"])
    events, _ = await voice.hear()
    assert [event["text"] for event in events if event["type"] == "sentence"] == ["ab"]


async def test_thinking_is_not_read_also_when_it_was_taken_for_the_answer(
    alice, open_tab, open_voice, speech, provider
):
    provider.script(play("plain", text="<think>Hm. Let me see.</think>The answer is 4. Quite so."))
    chat, voice = await open_tab(alice), await open_voice(alice)
    sent = await chat.send("Hello")
    await voice.read(sent["reply"])
    await voice.hear()
    assert said(speech) == ["The answer is 4.", "Quite so."]


async def test_a_reply_of_another_process_is_read_from_its_row(alice, say, open_voice, speech, monkeypatch):
    monkeypatch.setattr("chat.consumers.reply_texts.LOOK_ELSEWHERE", 0.02)
    answer = await answer_of(say, alice, "One is")
    await Message.objects.filter(pk=answer.pk).aupdate(status="running")
    voice = await open_voice(alice)
    await voice.read(answer.uuid)
    assert await voice.is_silent(0.1)
    await Message.objects.filter(pk=answer.pk).aupdate(text="One is first. Two")
    assert (await voice.until("sentence"))["text"] == "One is first."
    await voice.until("spoken")
    await Message.objects.filter(pk=answer.pk).aupdate(text="One is first. Two is last.", status="complete")
    events, _ = await voice.hear()
    assert [event["text"] for event in events if event["type"] == "sentence"] == ["Two is last."]


async def test_a_hundred_thousand_characters_begin_at_once_and_hold_nobody_up(alice, say, open_voice, speech):
    text = " ".join(f"This is sentence {number} of very many." for number in range(3000))
    voice = await open_voice(alice)
    answer = await answer_of(say, alice, text)
    number = await voice.read(answer.uuid)
    for _ in range(3):
        await voice.until("spoken")
    assert len(said(speech)) == 3
    await voice.say(type="quiet", id=number)
    assert await voice.is_silent()


async def test_sound_goes_out_little_ahead_of_who_listens(alice, say, open_voice, speech, monkeypatch):
    monkeypatch.setattr(reading, "LEAD", 3.0)
    slept = []
    sleep = asyncio.sleep

    async def note(seconds, *arguments):
        slept.append(seconds)
        await sleep(0, *arguments)

    voice = await open_voice(alice)
    answer = await answer_of(say, alice, "A long one " * 30)
    monkeypatch.setattr("chat.voice.reading.asyncio.sleep", note)
    await voice.read(answer.uuid)
    await voice.hear()
    assert max(slept) > 10


async def test_a_sample_is_said_in_the_language_and_the_voice_to_be_tried(alice, open_voice, speech):
    tab = await open_voice(alice)
    await tab.say(type="try", id=1, text="Guten Tag", language="de", voice="two", speed=0.75)
    events, heard = await tab.hear()
    assert [event["type"] for event in events] == ["sentence", "spoken", "done"]
    assert heard == {0: samples("Guten Tag")}
    assert [(body["voice"], body["speed"]) for body in speech.texts] == [("two", 0.75)]


async def test_a_service_that_never_stops_is_stopped(alice, open_voice, speech, monkeypatch):
    monkeypatch.setattr("chat.voice.speaking.MOST_SOUND", 8000)
    speech.say(play("sound", piece=4800, pause=0.05))
    tab = await open_voice(alice)
    await tab.say(type="try", id=1, text="Hello")
    events, _ = await tab.hear()
    assert events[-1]["code"] == "speech_too_long"
    await asyncio.wait_for(speech.closed_by_client.wait(), 5)


async def test_reading_of_a_day_has_a_limit_and_what_is_read_is_counted(
    alice, say, open_voice, speech, settings
):
    settings.VOICE_CHARACTERS_A_DAY = 30
    tab = await open_voice(alice)
    answer = await answer_of(say, alice)
    number = await tab.read(answer.uuid)
    events, heard = await tab.hear()
    assert (events[-1]["code"], events[-1]["id"]) == ("voice_characters_used_up", number)
    assert 1 < len(heard) < 5  # what was begun beside the one that used it up is read still
    usage = await SpeechUsage.objects.aget(person=alice)
    assert usage.characters == sum(len(text) for text in said(speech))
    await tab.read(answer.uuid)
    assert (await tab.next())["code"] == "voice_characters_used_up"


async def test_only_its_owner_has_a_reply_read(alice, bob, charlie, say, open_voice, speech):
    answer = await answer_of(say, alice)
    for person in (bob, charlie):
        tab, refusals = await open_voice(person), []
        for message in (answer.uuid, uuid.uuid4()):
            await tab.say(type="read", id=1, message=message)
            refusals.append(await tab.next() | {"request_id": ""})
        assert refusals[0] == refusals[1]
        assert refusals[0]["code"] == "not_found"
    assert said(speech) == []


async def test_a_persons_own_message_is_no_reply(alice, say, open_voice, speech):
    answer = await answer_of(say, alice)
    tab = await open_voice(alice)
    question = await Message.objects.aget(pk=answer.parent_id)
    await tab.read(question.uuid)
    assert (await tab.next())["code"] == "not_found"


async def test_a_hidden_reply_is_not_read_and_one_that_is_being_read_falls_silent(
    alice, bob, say, open_voice, speech
):
    tab = await open_voice(alice)
    answer = await answer_of(say, alice)
    number = await tab.read(answer.uuid)
    for _ in range(3):
        await tab.until("spoken")
    message = await Message.objects.select_related("conversation").aget(pk=answer.pk)
    await sync_to_async(moderation.hide)(message, bob)
    refused = await tab.until("error")
    assert (refused["code"], refused["id"]) == ("not_found", number)
    await tab.say(type="played", id=number, sentence=2)
    assert await tab.is_silent()
    await tab.read(answer.uuid)
    assert (await tab.next())["code"] == "not_found"


async def test_a_reply_that_is_hidden_before_its_socket_is_told_of_it_is_not_read(
    alice, bob, say, open_voice, speech, monkeypatch
):
    tab = await open_voice(alice)
    answer = await answer_of(say, alice)
    message = await Message.objects.select_related("conversation").aget(pk=answer.pk)
    join = layer.join

    async def join_late(group, channel):
        await sync_to_async(moderation.hide)(message, bob)
        await join(group, channel)

    monkeypatch.setattr(layer, "join", join_late)
    await tab.read(answer.uuid)
    assert (await tab.next())["code"] == "not_found"
    assert await tab.is_silent()
    assert said(speech) == []


async def test_where_the_layer_drops_that_a_reply_is_hidden_no_more_of_it_is_made(
    alice, bob, say, open_voice, speech, monkeypatch
):
    tab = await open_voice(alice)
    answer = await answer_of(say, alice)
    number = await tab.read(answer.uuid)
    for _ in range(3):
        await tab.until("spoken")
    message = await Message.objects.select_related("conversation").aget(pk=answer.pk)
    monkeypatch.setattr(layer, "announce_message", lambda *_: None)
    await sync_to_async(moderation.hide)(message, bob)
    await tab.say(type="played", id=number, sentence=0)
    refused = await tab.until("error")
    assert (refused["code"], refused["id"]) == ("not_found", number)
    assert len(said(speech)) == 3

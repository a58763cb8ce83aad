"""Dictating, being read to, and talking with the model: in Chromium, with a microphone of sound and a scripted service."""

import re
from array import array
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.accessible import violations
from tests.browser.site import PATIENCE, Site
from tests.browser.speech import SILENCE, SOUND, SPEECH, microphone
from tests.browser.voice_page import VoicePage

# As in a network without certificates
PLAIN = "chat.test"
BROWSER_S_OWN = Path(__file__).parent / "browser_speech.js"
SMALL = {"scheme": "dark", "size": {"width": 390, "height": 400}}
LOUDNESS = Path(__file__).parent / "loudness.js"
PATIENT = Path(__file__).parent / "patient.js"


@pytest.fixture(scope="module")
def site(scripted_model, scripted_speech, people, tmp_path_factory):
    """With a scripted model and a scripted speech service."""
    variables = scripted_model.variables | scripted_speech.variables
    site = Site(tmp_path_factory.mktemp("voice"), people, ALLOWED_HOSTS=PLAIN, **variables)
    yield site
    site.stop()


@pytest.fixture(scope="module")
def browser_flags(tmp_path_factory):
    """A microphone."""
    sound = microphone(tmp_path_factory.mktemp("sound") / "speech.wav", (SPEECH, SILENCE), *[(0.5, 1.5)] * 12)
    return [*SOUND, sound, f"--host-resolver-rules=MAP {PLAIN} 127.0.0.1"]


@pytest.fixture
def context(new_context, site):
    """Somebody who allows the microphone."""
    return new_context(site, site.someone(), permissions=["microphone"])


@pytest.fixture
def chat(context):
    return VoicePage(context.new_page()).open("/")


def test_what_is_dictated_comes_in_at_the_caret_and_can_be_edited_and_sent(chat, speech, model):
    chat.box.fill("Remind me to  tomorrow")
    chat.page.evaluate("document.querySelector('#text').setSelectionRange(13, 13)")
    chat.record(0.2)
    expect(chat.bar.get_by_role("timer")).to_have_text(re.compile(r"0:0\d"))
    chat.page.keyboard.press("Escape")
    expect(chat.bar).to_have_count(0)
    expect(chat.dictate).to_be_visible()
    speech.hears("call the doctor")
    chat.page.keyboard.press("Control+Shift+D")
    expect(chat.bar).to_have_attribute("data-state", "recording")
    chat.page.wait_for_timeout(700)
    chat.page.keyboard.press("Enter")
    expect(chat.box).to_have_value("Remind me to call the doctor tomorrow")
    expect(chat.box).to_be_focused()
    expect(chat.mine).to_have_count(0)
    (clip,) = speech.clips  # what was thrown away went nowhere
    assert clip.rate == 16_000
    assert 0.3 * 32_000 < len(clip.pcm) < 10 * 32_000
    chat.page.keyboard.type(" morning")
    model.says("I will.")
    chat.page.keyboard.press("Enter")
    expect(chat.said).to_have_text("Remind me to call the doctor morning tomorrow")
    chat.ended()
    speech.hears("Not at noon.")
    chat.record(0.2)
    model.says("Later, then.")
    chat.page.get_by_role("button", name="Send", exact=True, disabled=False).click()
    expect(chat.said).to_have_text(["Remind me to call the doctor morning tomorrow", "Not at noon."])


def test_what_was_said_without_a_network_is_sent_when_it_is_back(chat, speech, faults):
    faults.expect("WebSocket")
    speech.hears("All of it")
    chat.record(0.3)
    chat.wire.cut()
    expect(chat.bar).to_contain_text("Your words will appear")
    chat.page.wait_for_timeout(300)
    chat.stop_dictation.click()
    expect(chat.bar).to_contain_text("Your words will appear")
    chat.wire.is_cut = False
    expect(chat.box).to_have_value("All of it")
    (clip,) = speech.clips
    listens = chat.wire.sent("listen")
    assert [command["id"] for command in listens] == sorted({command["id"] for command in listens})
    assert len(clip.pcm) > 0.6 * 32_000


def test_dictation_ends_by_itself_with_a_sentence_and_what_was_said(context, speech):
    context.add_init_script(
        "const media = navigator.mediaDevices, ask = media?.getUserMedia.bind(media);"
        "if (media) media.getUserMedia = async (wanted) => (window.microphone = await ask(wanted));"
    )
    chat = VoicePage(context.new_page())
    chat.page.clock.install()
    chat.open("/")
    for cause, sentence in {
        "tooLong": "Dictation ended after 10 minutes",
        "silent": "Dictation ended after a minute of silence",
        "lost": "The microphone was disconnected",
        "hidden": "Dictation ended because you left this page",
    }.items():
        speech.hears(f"Until {cause}. ")
        chat.record(0.5)  # long enough to be heard as speech
        chat.happens(cause)
        expect(chat.toast.filter(has_text=sentence)).to_be_visible()
        expect(chat.box).to_have_value(re.compile(f"Until {cause}."))
    assert len(speech.clips) == 4


def test_a_service_that_fails_is_asked_again_with_what_was_said(chat, speech):
    speech.fails_once()
    chat.record(0.3)
    chat.stop_dictation.click()
    again = chat.toast.get_by_role("button", name="Try again")
    expect(again).to_be_visible()
    speech.hears("The second time")
    again.click()
    expect(chat.box).to_have_value("The second time")
    speech.hears("")
    chat.record(0.3)
    chat.stop_dictation.click()
    expect(chat.toast.filter(has_text="No speech was heard")).to_be_visible()


def test_a_microphone_that_may_not_be_used_is_explained(new_context, site, faults):
    context = new_context(site, site.someone())
    # The browser of the tests allows it whatever one says
    context.add_init_script(
        "if (navigator.mediaDevices) navigator.mediaDevices.getUserMedia = "
        "async () => { throw new DOMException('', 'NotAllowedError'); }"
    )
    refused = VoicePage(context.new_page()).open("/")
    refused.dictate.click()
    expect(refused.toast).to_contain_text("Your browser is blocking the microphone")
    expect(refused.bar).to_have_count(0)
    # Of a page at another address the live connection is refused
    faults.expect("WebSocket|origin was untrustworthy")
    context = new_context(site)
    plain = f"http://{PLAIN}:{site.server.port}"
    context.add_cookies([{"name": "sessionid", "value": site.someone(), "url": plain}])
    page = VoicePage(context.new_page())
    page.page.goto(plain)
    page.dictate.click()
    expect(page.toast).to_contain_text("only over https")


def is_spoken_at(speed, chat, speech):
    """The service is asked a while after the page has shown that it reads."""
    for _ in range(PATIENCE // 30):
        if any(text["speed"] == speed for text in speech.texts):
            return
        chat.page.wait_for_timeout(30)
    raise AssertionError(f"nothing is spoken at {speed}: {speech.texts}")


def is_stopped_out_of_view(chat, speech):
    """While it is read, the reply's buttons are scrolled away."""
    bar = chat.page.get_by_role("group", name="Reading aloud")
    chat.page.set_viewport_size(SMALL["size"])
    chat.answer_button("Read aloud").click()
    chat.answer_button("Pause").click()
    expect(bar).to_have_count(0)
    chat.page.evaluate("document.querySelector('#transcript').scrollBy(0, -5000)")
    expect(bar.get_by_role("button", name="Resume reading")).to_be_visible()
    assert violations(chat.page, SMALL) == []
    speech.texts.clear()
    bar.get_by_label("Reading speed").select_option("2")
    expect(bar.get_by_role("button", name="Pause")).to_be_visible()
    is_spoken_at(2, chat, speech)
    bar.get_by_role("button", name="Show").click()
    chat.page.keyboard.press("Escape")
    expect(bar).to_have_count(0)
    expect(chat.answer_button("Read aloud")).to_be_focused()
    chat.page.set_viewport_size({"width": 1280, "height": 800})


def test_a_reply_is_read_aloud_with_the_sentence_marked(chat, speech, model, context, faults):
    faults.expect("WebSocket")
    model.says("The first sentence is here. The second one is here.\n\n```python\nprint(1)\n```\n\nThe end.")
    chat.ask("Read to me")
    loudspeaker, pause = (chat.answer.locator(".read > .icon").nth(n) for n in range(2))
    expect(pause).to_be_hidden()
    chat.answer_button("Read aloud").click()
    chat.marked("The first sentence is here.")
    expect(pause).to_be_visible()
    expect(loudspeaker).to_be_hidden()
    chat.answer_button("Pause").press("Enter")
    expect(loudspeaker).to_be_visible()
    expect(pause).to_be_hidden()
    expect(chat.answer_button("Resume reading")).to_be_focused()
    chat.answer_button("Resume reading").press("Enter")
    chat.marked("The second one is here.")
    chat.wire.cut()
    chat.wire.is_cut = False
    expect(chat.body.locator(".spoken")).to_have_count(1)  # code is named, and marked whole
    chat.answer_button("Stop reading").click()
    expect(chat.answer_button("Read aloud")).to_be_focused()
    expect(chat.body.locator(".spoken")).to_have_count(0)
    is_stopped_out_of_view(chat, speech)
    other = VoicePage(context.new_page()).open(chat.page.url)
    dialog = chat.settings("Voice")
    dialog.get_by_label("Reading speed").select_option("1.5")
    expect(dialog.get_by_role("status")).to_have_text("Settings saved.")
    dialog.get_by_role("button", name="Close").click()
    speech.texts.clear()
    chat.answer_button("Read aloud").click()
    chat.marked("The first sentence is here.")
    assert speech.texts[0]["speed"] == 1.5
    other.answer_button("Read aloud").click()
    other.marked("The first sentence is here.")
    expect(chat.answer_button("Read aloud")).to_be_visible()  # only one of them speaks


def test_every_reply_is_read_as_it_comes_if_one_wishes(chat, speech, model):
    dialog = chat.settings("Voice")
    dialog.get_by_label("Read every reply aloud").check()
    expect(dialog.get_by_role("status")).to_have_text("Settings saved.")
    chat.page.keyboard.press("Escape")
    chat.until("!history.state?.over")  # which is how a dialog that is closed leaves the history
    chat.open("/")
    steps = model.says_in_steps("The first sentence is here. The sec", "ond is.")
    chat.say("Go on")
    chat.marked("The first sentence is here.")
    expect(chat.answer).to_have_attribute("data-status", "running")
    steps.go_on(2)
    chat.marked("The second is.")
    expect(chat.answer_button("Read aloud")).to_be_visible()


def test_without_a_service_the_browser_listens_and_speaks_and_is_said_to(context, model):
    context.add_init_script(path=BROWSER_S_OWN)
    chat = VoicePage(context.new_page()).open("/")
    chat.page.evaluate(
        "document.body.dataset.voiceRecognition = document.body.dataset.voiceSpeaking = 'browser'"
    )
    chat.dictate.click()
    notice = chat.page.get_by_role("dialog", name="Before you speak")
    expect(notice).to_contain_text("send what you say to their maker’s servers")
    notice.get_by_role("button", name="Cancel").click()
    expect(chat.bar).to_have_count(0)
    chat.dictate.click()
    notice.get_by_role("button", name="Continue").click()
    expect(chat.box).to_have_value("so far")  # while one speaks
    chat.page.keyboard.press("Escape")
    expect(chat.box).to_have_value("")  # thrown away with what was said
    expect(chat.bar).to_have_count(0)
    chat.dictate.click()
    expect(chat.box).to_have_value("so far")
    chat.stop_dictation.click()
    expect(chat.box).to_have_value("so far and on")
    model.says("The first sentence. The second one.")
    chat.page.keyboard.press("Enter")
    chat.ended()
    chat.answer_button("Read aloud").click()
    chat.marked("The first sentence.")
    chat.marked("The second one.")
    expect(chat.answer_button("Read aloud")).to_be_visible()
    assert chat.page.evaluate("spoken") == ["en: The first sentence.", "en: The second one."]
    assert [command["voice"] for command in chat.wire.sent("read")] == ["browser"]


def test_one_talks_ten_turns_with_the_model_and_it_falls_silent_when_one_speaks(context, speech, model):
    for script in (LOUDNESS, PATIENT):
        context.add_init_script(path=script)
    chat = VoicePage(context.new_page()).open("/")
    asked = [f"Question {number}" for number in range(10)]
    told = [f"Answer {number}." for number in range(10)]
    told[3] = "Once upon a time there was a very long story about a king. " * 5 + "And"
    # In the fourth answer the microphone hears a cough first: the story goes on with the same sentence. Then words, which
    # end it. After the tenth nothing is said, however often somebody is heard until the end of the test
    speech.hears(*asked[:4], "", *asked[4:], *[""] * 50)
    model.says(*told[:3])
    steps = model.says_in_steps(told[3], " no end.")
    model.says(*told[4:])
    chat.page.get_by_role("button", name="Voice conversation").click()
    expect(chat.talk).to_contain_text("Once upon a time", timeout=3 * PATIENCE)
    chat.until("loudness() > 0.01")
    chat.page.evaluate("speakOver(2)")
    chat.page.evaluate(
        "const you = document.querySelector('.talk-you'); window.youSaid = [];"
        "new MutationObserver(() => youSaid.push(you.textContent)).observe(you, { childList: true })"
    )
    chat.until("document.querySelector('.talk').dataset.state === 'hearing' && loudness() < 0.001")
    expect(chat.said.nth(4)).to_have_text(asked[4], timeout=2 * PATIENCE)
    expect(chat.answers.nth(3)).to_have_attribute("data-status", "stopped")
    steps.go_on(2)
    cough, words, *_ = (command for command in chat.wire.sent("quiet") if command["interrupted"])
    reads = [command for command in chat.wire.sent("read") if command["message"] == chat.message(3)]
    assert [command["sentence"] for command in reads] == [0, cough["sentence"]]
    assert words["sentence"] >= cough["sentence"]
    expect(chat.talk).to_contain_text(told[9], timeout=5 * PATIENCE)
    # What they said stays to be read until there are other words
    assert chat.page.evaluate("youSaid") == asked[4:]
    # The microphone is still heard
    expect(chat.talk).to_contain_text("No speech was heard", timeout=2 * PATIENCE)
    assert max(array("h", speech.clips[-1].pcm)) > 3000
    assert len(speech.clips) >= 12
    chat.talk.get_by_role("button", name="Mute").click()
    expect(chat.talk).to_contain_text("The microphone is off")
    chat.leave_talk()
    chat.open(chat.page.url)
    expect(chat.said).to_have_text(asked)
    expect(chat.answers.locator(".body")).to_have_text(told)
    expect(chat.answers.nth(3)).to_have_attribute("data-status", "stopped")
    expect(chat.answers.nth(3).locator(".heard")).to_contain_text("Once")
    following = [
        message["content"] for message in model.last_body()["messages"] if asked[4] in message["content"]
    ]
    assert "interrupted" in following[0]
    assert "Once" in following[0]


def test_who_speaks_faster_than_they_are_answered_is_heard_in_full_and_the_last_reply_is_read(chat, speech):
    def say():
        chat.page.keyboard.down(" ")
        chat.page.wait_for_timeout(300)
        chat.page.keyboard.up(" ")

    late, last = "plain delay=600", "plain text='At last.'"
    said = [
        f"{which}. [[scenario:{what}]]"
        for which, what in (("First", late), ("Second", late), ("Third", last))
    ]
    speech.hears(said[0])
    speech.hears(said[1], delay=2)  # the third is made out before it
    speech.hears(said[2])
    chat.page.get_by_role("button", name="Voice conversation").click()
    chat.talk.get_by_role("button", name="Push to talk").click()
    chat.talk.get_by_role("button", name="Hold to talk").focus()
    say()
    expect(chat.answer).to_have_attribute("data-status", "running")
    say()
    say()
    expect(chat.talk).to_contain_text("At last.")
    chat.until("document.querySelector('.talk').dataset.state === 'holding'")
    expect(chat.said).to_have_text(said)
    expect(chat.box).to_have_value("")
    assert [text["input"] for text in speech.texts] == ["At last."]
    reads = [command["message"] for command in chat.wire.sent("read")]
    assert reads == [chat.message(0), chat.message(2)]
    chat.leave_talk()
    chat.open(chat.page.url)
    expect(chat.said).to_have_text(said)
    statuses = chat.answers.evaluate_all("(articles) => articles.map((article) => article.dataset.status)")
    assert statuses == ["stopped", "stopped", "complete"]


def test_push_to_talk_sends_what_is_said_while_the_space_bar_is_held(chat, speech, model):
    speech.hears("By hand")
    chat.page.get_by_role("button", name="Voice conversation").click()
    chat.talk.get_by_role("button", name="Push to talk").click()
    chat.talk.get_by_role("button", name="Captions only").click()
    steps = model.says_in_steps("Only to be ", "seen.")
    chat.talk.get_by_role("button", name="Hold to talk").focus()
    chat.page.keyboard.down(" ")
    chat.page.wait_for_timeout(600)
    chat.page.keyboard.up(" ")
    expect(chat.talk).to_contain_text("By hand")
    expect(chat.talk).to_contain_text("Only to be")
    # Who begins to speak while a reply is being written is still heard when it ends
    chat.page.keyboard.down(" ")
    expect(chat.talk.locator(".talk")).to_have_attribute("data-state", "hearing")
    steps.go_on(2)
    chat.ended()
    expect(chat.talk).to_contain_text("Only to be seen.")
    assert speech.texts == []
    # What is refused while one still speaks is told, and nothing is waited for after it
    expect(chat.talk.locator(".talk")).to_have_attribute("data-state", "hearing")
    chat.page.wait_for_timeout(300)
    clip = chat.wire.sent("listen")[-1]["id"]
    chat.wire.answer(type="error", id=clip, code="speech_quota", text="Enough for today.")
    expect(chat.talk).to_contain_text("Enough for today.")
    chat.page.keyboard.up(" ")
    chat.page.wait_for_timeout(100)
    expect(chat.talk.locator(".talk")).to_have_attribute("data-state", "holding")
    expect(chat.talk).to_contain_text("Enough for today.")
    assert violations(chat.page) == []
    chat.page.go_back()  # as on a phone: it closes what lies over the page
    expect(chat.talk).to_have_count(0)
    expect(chat.said).to_have_text("By hand")
    chat.record(0.1)
    assert violations(chat.page) == []
    chat.settings("Voice")
    assert violations(chat.page) == []

"""What a person is told when the model service fails: a sentence each, the text so far kept."""

import pytest

from chat.core.errors import for_code
from chat.models import Generation, Message
from tests.support.scripted_provider import play

pytestmark = pytest.mark.django_db(transaction=True)

FAULTS = [
    ("a wrong key", play("status", code=401), "wrong_key"),
    ("an unknown model", play("status", code=404), "unknown_model"),
    ("no credit", play("status", code=402), "out_of_credit"),
    ("429 without Retry-After", play("status", code=429), "rate_limited"),
    ("429 with Retry-After", play("status", code=429, retry_after=7), "rate_limited"),
    ("500", play("status", code=500), "provider_down"),
    ("502 with a page", play("html_error"), "provider_down"),
    ("a page with status 200", play("html200"), "not_a_model_server"),
    ("nothing with status 200", play("empty200"), "not_a_model_server"),
    ("a cut before the headers", play("reset", at="headers"), "provider_unreachable"),
    ("a cut before the first token", play("fin", at="start"), "stream_cut"),
]
CUTS = [play("reset", at="middle"), play("fin", at="middle"), play("close_delimited"), play("error_midway")]


@pytest.mark.fault(23)
@pytest.mark.fault(26)
@pytest.mark.fault(27)
@pytest.mark.parametrize(
    ("fault", "code"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS]
)
async def test_a_fault_before_the_first_token_fails_the_reply_with_its_sentence(
    alice, open_tab, provider, fault, code
):
    provider.script(fault)
    tab = await open_tab(alice)
    sent = await tab.send("Hello")
    ended = await tab.until("ended")
    assert ended["status"] == "failed"
    assert ended["text"] == for_code(code)().user_text()
    generation = await Generation.objects.aget(reply__uuid=sent["reply"])
    assert generation.error == code
    assert "test-key" not in generation.error_detail
    assert (await tab.send("Again", sent["conversation"], sent["reply"]))["type"] == "sent"


@pytest.mark.fault(23)
@pytest.mark.parametrize("cut", CUTS, ids=lambda cut: f"{cut.name}")
async def test_a_cut_in_the_middle_keeps_the_text_and_says_interrupted(alice, open_tab, provider, cut):
    provider.script(cut)
    tab = await open_tab(alice)
    sent = await tab.send("Hello")
    ended = await tab.until("ended")
    assert ended["status"] == "interrupted"
    assert ended["text"]
    assert (await Message.objects.aget(uuid=sent["reply"])).text


@pytest.mark.fault(23)
@pytest.mark.parametrize("at", ["finish", "before_done"])
async def test_a_cut_after_the_last_token_is_a_complete_reply(alice, open_tab, provider, at):
    provider.script(play("reset", at=at))
    tab = await open_tab(alice)
    await tab.send("Hello")
    assert (await tab.until("ended"))["status"] == "complete"


@pytest.mark.fault(21)
async def test_a_closed_port_is_told_as_unreachable(alice, open_tab, provider):
    tab = await open_tab(alice)
    await provider.__aexit__()
    await tab.send("Hello")
    ended = await tab.until("ended")
    assert ended["text"] == for_code("provider_unreachable")().user_text()


async def test_the_sentences_differ_from_one_another():
    sentences = {for_code(code)().user_text() for *_, code in FAULTS}
    assert len(sentences) == len({code for *_, code in FAULTS})


async def test_the_request_id_is_in_the_log_on_the_row_and_told_to_the_person(
    alice, open_tab, provider, caplog
):
    provider.script(play("status", code=500))
    tab = await open_tab(alice)
    sent = await tab.send("Hello")
    ended = await tab.until("ended")
    generation = await Generation.objects.aget(reply__uuid=sent["reply"])
    assert ended["request"] == f"Request ID: {generation.request_id}"
    logged = [record for record in caplog.records if sent["reply"] in record.getMessage()]
    assert len(generation.request_id) == 12
    assert logged

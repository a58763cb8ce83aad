"""Choosing who answers: POST /c/<uuid>/model/, and the picker of the page."""

import re

import pytest
from django.test import Client

from chat.catalog import actions as catalog
from chat.models import Conversation, ModelProvider, OfferedModel
from tests.conftest import browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def models() -> list[OfferedModel]:
    catalog.note_listing(None, ["first", "second"])
    return list(OfferedModel.objects.all())


def options(page: str) -> list[str]:
    """What the picker in the message box offers."""
    [picker] = re.findall(r'<select id="model".*?</select>', page, re.DOTALL) or [""]
    return re.findall(r"<option[^>]*>(.*?)</option>", picker)


def selected(page: str) -> str:
    picker = re.search(r'<select id="model".*?</select>', page, re.DOTALL)
    assert picker
    [chosen] = re.findall(r"<option[^>]* selected>(.*?)</option>", picker[0])
    return str(chosen)


def page_of(client: Client, conversation: Conversation) -> str:
    return client.get(conversation.get_absolute_url()).content.decode()


def test_the_choice_is_kept_on_the_conversation_and_the_page_shows_it(alice, say, models):
    conversation, browser = say(alice, "q", "a"), browser_of(alice)
    assert selected(page_of(browser, conversation)) == "first"
    answer = browser.post(f"/c/{conversation.uuid}/model/", {"model": models[1].pk})
    assert (answer.status_code, answer.url) == (303, f"/c/{conversation.uuid}/")
    assert selected(page_of(browser, conversation)) == "second"
    assert selected(browser.get("/").content.decode()) == "first"


@pytest.mark.parametrize(
    "model", ["", "0", "999999", "9" * 40, "-1", "first", "１", "1 OR 1=1", "{{7*7}}", "x" * 4000]
)
def test_what_is_no_model_on_offer_is_refused_and_changes_nothing(alice, say, models, model):
    conversation = say(alice, "q", "a")
    answer = browser_of(alice).post(
        f"/c/{conversation.uuid}/model/", {"model": model}, headers={"X-Fragment": "1"}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "model_not_offered")
    assert Conversation.objects.get(pk=conversation.pk).model_id is None


@pytest.mark.parametrize("way", ["gone", "withdrawn", "disabled"])
def test_a_model_that_is_not_on_offer_can_not_be_chosen(alice, say, models, way):
    second = ModelProvider.objects.create(name="Third", base_url="https://x/v1", is_enabled=way != "disabled")
    catalog.note_listing(second.pk, ["third"])
    catalog.note_listing(second.pk, ["other"] if way == "gone" else ["third"])
    model = OfferedModel.objects.get(name="third")
    OfferedModel.objects.filter(pk=model.pk).update(is_offered=way != "withdrawn")
    conversation = say(alice, "q", "a")
    answer = browser_of(alice).post(f"/c/{conversation.uuid}/model/", {"model": model.pk})
    assert answer.status_code == 409
    assert Conversation.objects.get(pk=conversation.pk).model_id is None


def test_a_stranger_and_a_moderator_choose_nothing_in_anothers_conversation(alice, bob, charlie, say, models):
    conversation = say(alice, "q", "a")
    for person in (bob, charlie):
        answer = browser_of(person).post(f"/c/{conversation.uuid}/model/", {"model": models[1].pk})
        assert answer.status_code == 404
    assert Conversation.objects.get(pk=conversation.pk).model_id is None


def test_with_one_model_there_is_nothing_to_choose(alice):
    catalog.note_listing(None, ["only"])
    assert options(browser_of(alice).get("/").content.decode()) == []


def test_several_providers_are_told_apart(alice, models):
    second = ModelProvider.objects.create(name='Blue & "Green"', base_url="https://x/v1")
    catalog.note_listing(second.pk, ["third"])
    page = browser_of(alice).get("/").content.decode()
    assert options(page) == ["first", "second", "third"]
    assert page.count("<optgroup") == 2
    assert '<optgroup label="Blue &amp; &quot;Green&quot;"' in page


def test_one_that_was_chosen_and_is_gone_is_named_so(alice, say, models):
    conversation, browser = say(alice, "q", "a"), browser_of(alice)
    browser.post(f"/c/{conversation.uuid}/model/", {"model": models[1].pk})
    catalog.note_listing(None, ["first"])
    page = page_of(browser, conversation)
    assert selected(page) == "second (no longer available)"
    assert options(page) == ["second (no longer available)", "first"]


def test_an_answer_says_which_model_wrote_it_and_which_it_stood_in_for(alice, say):
    conversation = say(alice, "q", "a")
    conversation.messages.filter(role="assistant").update(
        model="gpt-x-2026", model_label="<b>X</b>", requested_model="{{7*7}}"
    )
    page = page_of(browser_of(alice), conversation)
    assert '<span class="model">&lt;b&gt;X&lt;/b&gt;</span>' in page
    assert "{{7*7}} is no longer available; &lt;b&gt;X&lt;/b&gt; replied." in page


def test_syntax_in_names_stays_text(alice):
    catalog.note_listing(None, ["{{7*7}}", "<script>alert(1)</script>", "%(model)s"])
    OfferedModel.objects.filter(name="%(model)s").update(label="${SECRET_KEY}")
    page = browser_of(alice).get("/").content.decode()
    assert options(page) == ["{{7*7}}", "&lt;script&gt;alert(1)&lt;/script&gt;", "${SECRET_KEY}"]


@pytest.fixture
def hundreds() -> list[OfferedModel]:
    catalog.note_listing(None, [f"model-{number}" for number in range(700)])
    return list(OfferedModel.objects.all())


def test_of_many_models_a_page_has_those_in_use_and_the_rest_is_fetched(
    alice, say, hundreds, django_assert_max_num_queries
):
    conversation, browser = say(alice, "q", "a"), browser_of(alice)
    browser.post(f"/c/{conversation.uuid}/model/", {"model": hundreds[9].pk})
    for address in (conversation.get_absolute_url(), "/"):
        with django_assert_max_num_queries(12):
            page = browser.get(address).content.decode()
        assert page.count("<option") <= 2
        more = re.search(r'data-more="(.*?)"', page)
        assert more
        with django_assert_max_num_queries(12):
            rest = browser.get(more[1], headers={"X-Fragment": "1"}).content.decode()
        assert rest.count("<option") == 500
        chosen = "model-9" if "/c/" in more[1] else "model-0"
        assert re.findall(r"<option[^>]* selected>(.*?)</option>", rest) == [chosen] == [selected(page)]


def test_a_page_of_its_own_offers_all_of_them_without_javascript(alice, bob, say, hundreds):
    conversation, browser = say(alice, "q", "a"), browser_of(alice)
    page = browser.get(f"/c/{conversation.uuid}/model/").content.decode()
    assert len(options(page)) == 500
    assert selected(page) == "model-0"
    assert browser_of(bob).get(f"/c/{conversation.uuid}/model/").status_code == 404

"""Choosing who answers: POST /c/<uuid>/model/, and the picker of the page."""

import re

import pytest
from django.test import Client

from chat.catalog import actions as catalog
from chat.catalog import environment
from chat.models import Conversation, ModelChoice, ModelProvider, OfferedModel
from chat.models.model_choices import MOST_STARRED
from chat.provider import Endpoint
from tests.conftest import browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def models() -> list[OfferedModel]:
    catalog.note_listing(None, ["first", "second"])
    return list(OfferedModel.objects.all())


def options(page: str) -> list[str]:
    """What a page where one is chosen offers."""
    return re.findall(r"<option[^>]*>(.*?)</option>", _select(page))


def menu(client: Client) -> list[tuple[str, list[str]]]:
    """What the menu of the message box offers: headings, with the names below."""
    page = client.get("/models/", headers={"X-Fragment": "1"}).content.decode()
    groups = re.split(r'role="group" aria-label="(.*?)"', page)[1:]
    names = [re.findall(r'class="saved-name"[^>]*>(.*?)<', group) for group in groups[1::2]]
    return list(zip(groups[::2], names, strict=True))


def selected(page: str) -> str:
    """What the message box, or a page where one is chosen, says is chosen."""
    chosen = re.findall(r'class="model-name"[^>]*>(.*?)<|<option[^>]* selected>(.*?)</option>', _select(page))
    [name] = {"".join(found) for found in chosen}  # once for pages with a script, once for those without
    return name


def _select(page: str) -> str:
    """The list on a page where one is chosen, which has a list of languages too; another page as it is."""
    found = re.search(r'<select id="model".*?</select>', page, re.DOTALL)
    return found[0] if found else page


def page_of(client: Client, conversation: Conversation) -> str:
    return client.get(conversation.get_absolute_url()).content.decode()


def test_the_choice_is_kept_on_the_conversation_and_the_page_shows_it(alice, say, models):
    conversation, browser = say(alice, "q", "a"), browser_of(alice)
    assert selected(page_of(browser, conversation)) == "first"
    answer = browser.post(f"/c/{conversation.uuid}/model/", {"model": models[1].pk})
    assert (answer.status_code, answer.url) == (303, f"/c/{conversation.uuid}/")
    assert selected(page_of(browser, conversation)) == "second"


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


def test_with_one_model_there_is_nothing_to_choose_and_it_is_named(alice, monkeypatch):
    endpoint = Endpoint("openai", "http://x/v1", "", "only", "OpenAI")
    monkeypatch.setattr(environment, "endpoint", lambda: endpoint)
    catalog.note_listing(None, ["only"])
    page = browser_of(alice).get("/").content.decode()
    assert 'id="model"' not in page
    assert '<p class="provider">only · OpenAI</p>' in page


def test_several_providers_are_told_apart(alice, models):
    second = ModelProvider.objects.create(name='Blue & "Green"', base_url="https://x/v1")
    catalog.note_listing(second.pk, ["third"])
    browser = browser_of(alice)
    page = browser.get("/models/").content.decode()
    assert options(page) == ["first", "second", "third"]
    assert page.count("<optgroup") == 2
    assert '<optgroup label="Blue &amp; &quot;Green&quot;"' in page
    assert menu(browser) == [("", ["first", "second"]), ("Blue &amp; &quot;Green&quot;", ["third"])]


def test_one_that_was_chosen_and_is_gone_is_named_so(alice, say, models):
    conversation, browser = say(alice, "q", "a"), browser_of(alice)
    browser.post(f"/c/{conversation.uuid}/model/", {"model": models[1].pk})
    catalog.note_listing(None, ["first"])
    assert selected(page_of(browser, conversation)) == "second (no longer available)"
    page = browser.get(f"/c/{conversation.uuid}/model/").content.decode()
    assert options(page) == ["second (no longer available)", "first"]


def test_the_last_choice_answers_in_new_chats_until_it_is_gone_and_again_when_it_is_back(
    alice, bob, say, models
):
    conversation, browser = say(alice, "q", "a"), browser_of(alice)
    browser.post(f"/c/{conversation.uuid}/model/", {"model": models[1].pk})

    def new_chat() -> tuple[int | None, str]:
        started = browser.post("/c/", headers={"X-Fragment": "1"}).json()["conversation"]
        return Conversation.objects.get(uuid=started).model_id, selected(browser.get("/").content.decode())

    assert new_chat() == (models[1].pk, "second")
    catalog.note_listing(None, ["first", "other"])
    assert new_chat() == (None, "first")
    assert "second is no longer available. New chats use first." in browser.get("/").content.decode()
    catalog.note_listing(None, ["first", "second"])
    assert new_chat() == (models[1].pk, "second")
    assert selected(browser_of(bob).get("/").content.decode()) == "first"


def test_a_new_chat_has_the_model_that_its_page_shows_whatever_is_chosen_elsewhere_since(alice, models):
    browser, first, second = browser_of(alice), models[0].pk, models[1].pk
    choice = re.compile(r'data-choice="(\d+)"')
    assert choice.findall(browser.get("/").content.decode()) == ["0"]
    browser.post("/models/", {"model": second})
    page = browser.get("/").content.decode()
    assert choice.findall(page) == re.findall(r'name="model" value="(\d+)"', page) == [str(second)]

    def begun(**fields: object) -> int | None:
        browser.post("/c/", fields)
        return Conversation.objects.latest("pk").model_id

    assert [begun(), begun(model=second), begun(model=first), begun(model=0)] == [second, second, first, None]
    OfferedModel.objects.filter(pk=first).update(is_offered=False)
    assert [begun(model=first), begun(model="x"), begun(model="9" * 30)] == [None, second, second]


def test_without_javascript_a_form_chooses_for_new_chats(alice, models):
    browser = browser_of(alice)
    answer = browser.post("/models/", {"model": models[1].pk})
    assert (answer.status_code, answer.url) == (303, "/")
    assert selected(browser.get("/models/").content.decode()) == "second"


def test_the_menu_has_favourites_then_recent_ones_then_the_rest_each_once_and_for_its_person_alone(
    alice, bob, say, models
):
    catalog.note_listing(None, ["first", "second", "third", "fourth"])
    by_name = {row.name: row.pk for row in OfferedModel.objects.all()}
    OfferedModel.objects.filter(name="third").update(description="Quick & <small>")
    browser, conversation = browser_of(alice), say(alice, "q", "a")
    for name in ("second", "third", "second", "fourth"):
        browser.post(f"/c/{conversation.uuid}/model/", {"model": by_name[name]})
    for name in ("third", "first"):
        assert browser.post("/models/star/", {"model": by_name[name], "on": "1"}).status_code == 204
    starred = [("Favourites", ["first", "third"]), ("Recent", ["fourth", "second"])]
    assert menu(browser) == starred
    browser.post("/models/star/", {"model": by_name["first"], "on": ""})
    assert menu(browser) == [("Favourites", ["third"]), starred[1], ("", ["first"])]
    assert menu(browser_of(bob)) == [("", ["first", "second", "third", "fourth"])]
    page = browser.get("/models/", headers={"X-Fragment": "1"}).content.decode()
    assert "Quick &amp; &lt;small&gt;" in page


def test_nobody_keeps_more_than_so_many_favourites_and_only_what_is_on_offer(alice, hundreds):
    browser = browser_of(alice)
    for model in hundreds[: MOST_STARRED + 1]:
        browser.post("/models/star/", {"model": model.pk, "on": "1"})
    for wrong in ("", "0", "9" * 40, "{{7*7}}"):
        answer = browser.post("/models/star/", {"model": wrong, "on": "1"}, headers={"X-Fragment": "1"})
        assert answer.status_code == 409
    kept = ModelChoice.objects.get(person=alice).starred
    assert (len(kept), kept[0]) == (MOST_STARRED, hundreds[MOST_STARRED].pk)


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
    page = browser_of(alice).get("/models/").content.decode()
    assert options(page) == ["{{7*7}}", "&lt;script&gt;alert(1)&lt;/script&gt;", "${SECRET_KEY}"]


@pytest.fixture
def hundreds() -> list[OfferedModel]:
    catalog.note_listing(None, [f"model-{number}" for number in range(700)])
    return list(OfferedModel.objects.all())


def test_of_many_models_a_page_has_the_one_in_use_and_the_rest_is_fetched(
    alice, say, hundreds, django_assert_max_num_queries
):
    conversation, browser = say(alice, "q", "a"), browser_of(alice)
    browser.post(f"/c/{conversation.uuid}/model/", {"model": hundreds[9].pk})
    for address in (conversation.get_absolute_url(), "/"):
        with django_assert_max_num_queries(14):
            page = browser.get(address).content.decode()
        assert selected(page) == "model-9"
        assert "model-10" not in page
    with django_assert_max_num_queries(5):
        groups = menu(browser)
    assert groups[0] == ("Recent", ["model-9"])
    assert [len(names) for _, names in groups] == [1, 499]


def test_a_page_of_its_own_offers_all_of_them_without_javascript(alice, bob, say, hundreds):
    conversation, browser = say(alice, "q", "a"), browser_of(alice)
    page = browser.get(f"/c/{conversation.uuid}/model/").content.decode()
    assert len(options(page)) == 500
    assert selected(page) == "model-0"
    assert browser_of(bob).get(f"/c/{conversation.uuid}/model/").status_code == 404

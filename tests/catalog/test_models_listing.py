"""What a provider lists becomes rows; what it no longer lists is gone, and may come back."""

import pytest

from chat.catalog import actions as catalog
from chat.models import ModelProvider, OfferedModel
from chat.models.catalog import MOST_MODELS
from chat.provider import Endpoint

pytestmark = pytest.mark.django_db

OWN = Endpoint("compatible", "http://x/v1", "", "a", "x")


def offered() -> list[str]:
    return [row.name for row in catalog.rows_for(None)]


@pytest.fixture
def second() -> ModelProvider:
    return ModelProvider.objects.create(name="Second", base_url="https://second.example/v1")


def test_a_model_that_is_no_longer_listed_is_gone_and_comes_back_as_it_was(second):
    assert catalog.note_listing(second.pk, ["a", "b"])
    OfferedModel.objects.filter(name="b").update(label="Bee")
    assert catalog.note_listing(second.pk, ["a"])
    assert offered() == ["a"]
    assert catalog.note_listing(second.pk, ["b", "a"])
    assert sorted(map(str, catalog.rows_for(None))) == ["Bee", "a"]
    assert OfferedModel.objects.count() == 2


@pytest.mark.parametrize("own", [True, False])
def test_the_same_list_twice_is_no_news(second, own):
    model_provider = None if own else second.pk
    assert catalog.note_listing(model_provider, ["a", "b", "a"])
    assert not catalog.note_listing(model_provider, ["a", "b"])
    assert OfferedModel.objects.count() == 2


def test_what_is_plainly_not_for_chat_is_listed_but_not_offered():
    catalog.note_listing(None, ["gpt", "text-embedding-3", "whisper-1"])
    assert OfferedModel.objects.count() == 3
    assert offered() == ["gpt"]


def test_a_provider_that_cannot_be_listed_keeps_its_models(second):
    catalog.note_listing(second.pk, ["a"])
    catalog.note_problem(second.pk, "provider_unreachable", "x" * 2000)
    second.refresh_from_db()
    assert (second.problem, len(second.problem_detail)) == ("provider_unreachable", 600)
    assert offered() == ["a"]
    assert catalog.note_listing(second.pk, ["a"])
    second.refresh_from_db()
    assert second.problem == ""


# What turns the order of what follows, or looks like a name that there is already
HIDDEN = ["gpt\u202e4", "\u2066gpt-4o\u2069", "gpt-4o\u200b", "gpt\xad-4o", "\ufeffgpt-4o", "gpt\U000e0041"]


@pytest.mark.parametrize(
    "name", ["x" * 4000, "", " ", "\u200b", "two\nlines", "nul\0", "para\u2029graph", *HIDDEN]
)
def test_names_that_cannot_be_kept_or_read_are_passed_over(name):
    catalog.note_listing(None, [name, "fine"])
    assert offered() == ["fine"]


@pytest.mark.parametrize(
    "name", ["org/model:7b", 'it\'s "quoted"', "{{7*7}}", "${SECRET_KEY}", "%(x)s", "<b>bold</b>", "模型"]
)
def test_a_name_with_slashes_quotes_or_syntax_stays_text(name):
    catalog.note_listing(None, [name])
    assert offered() == [name]


def test_of_a_hundred_thousand_models_five_hundred_are_kept(second, django_assert_max_num_queries):
    names = [f"model-{number}" for number in range(100_000)]
    with django_assert_max_num_queries(20):
        catalog.note_listing(second.pk, names)
    assert offered() == names[:MOST_MODELS]
    catalog.note_listing(second.pk, names[::-1])
    assert offered() == names[:MOST_MODELS]


def test_gone_ones_give_way_so_that_a_provider_never_has_more(second):
    for batch in range(3):
        catalog.note_listing(second.pk, [f"{batch}-{number}" for number in range(MOST_MODELS)])
    assert OfferedModel.objects.count() == MOST_MODELS
    assert offered()[0] == "2-0"


def default(own: Endpoint | None = OWN) -> str:
    return str(catalog.CatalogSnapshot(catalog.rows_for(None), own, own.model if own else "").default)


def test_the_default_is_the_administrators_else_the_settings_else_the_first(second):
    assert default() == "None"
    catalog.note_listing(second.pk, ["z"])
    catalog.note_listing(None, ["b", "a"])
    assert default() == "a"
    assert default(None) == "b"
    catalog.make_default(OfferedModel.objects.get(name="z"))
    catalog.make_default(OfferedModel.objects.get(name="b"))
    assert default() == "b"
    assert OfferedModel.objects.filter(is_default=True).count() == 1
    ModelProvider.objects.update(is_enabled=False)
    OfferedModel.objects.filter(provider=None).update(is_offered=False)
    assert default(None) == "None"


def test_the_demo_is_on_offer_only_while_there_is_nothing_else_or_as_the_administrators_default(second):
    def found() -> tuple[list[str], str, str]:
        own = Endpoint("demo", "x", "", "demo", "Demo")
        all_of_it = catalog.CatalogSnapshot(catalog.rows_for(None), own, "demo")
        answering, gone = all_of_it.answering(OfferedModel.objects.get(name="demo").pk)
        assert set(catalog.on_offer(own)) == set(all_of_it.on_offer)
        return sorted(map(str, all_of_it.on_offer)), str(answering), gone

    catalog.note_listing(None, ["demo"])
    assert found() == (["demo"], "demo", "")
    catalog.note_listing(second.pk, ["real"])
    assert found() == (["real"], "real", "demo")
    catalog.make_default(OfferedModel.objects.get(name="demo"))
    assert found() == (["demo", "real"], "demo", "")
    OfferedModel.objects.update(is_default=False)
    ModelProvider.objects.update(is_enabled=False)
    assert found() == (["demo"], "demo", "")


def test_one_that_is_not_offered_cannot_be_the_default(second):
    catalog.note_listing(second.pk, ["text-embedding-3"])
    with pytest.raises(catalog.ModelNotOffered):
        catalog.make_default(OfferedModel.objects.get())

"""Model providers and models in the admin: what administrators set, and what nobody sees."""

import asyncio
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.test import Client

from chat.accounts.groups import ADMINISTRATORS
from chat.catalog import actions as catalog
from chat.catalog import environment
from chat.core.sealing import seal, seal_headers, unseal
from chat.models import Conversation, ModelProvider, OfferedModel, User
from chat.provider import Endpoint
from chat.realtime import layer
from tests.admin.test_admin_access import INLINE
from tests.conftest import PASSWORD, browser_of
from tests.support.layer import Ear
from tests.support.scripted_provider import ScriptedProvider, play

pytestmark = pytest.mark.django_db(transaction=True)

PROVIDERS, MODELS = "/admin/chat/modelprovider/", "/admin/chat/offeredmodel/"
KEY = "sk-canary-0123456789"
FORM = {"name": "Second", "base_url": "https://8.8.8.8/v1", "is_enabled": "on"}


@pytest.fixture
def dora(db: None) -> User:
    """An administrator."""
    dora = User.objects.create_user("dora@example.org", PASSWORD, name="Dora", is_staff=True)
    dora.groups.add(Group.objects.get(name=ADMINISTRATORS))
    return dora


@pytest.fixture
def admin(dora: User) -> Client:
    return browser_of(dora)


@pytest.fixture
def second(db: None) -> ModelProvider:
    headers = seal_headers({"X-Team": "canary-team"})
    return ModelProvider.objects.create(
        name="Second", base_url="https://8.8.8.8/v1", sealed_key=seal(KEY), sealed_headers=headers
    )


def change(provider: ModelProvider) -> str:
    return f"{PROVIDERS}{provider.pk}/change/"


def errors(answer: Any) -> str:
    """What the form is refused for, in one text."""
    assert answer.status_code == 200
    return str(answer.context["adminform"].form.errors.as_text())


def test_an_administrator_adds_a_provider_and_its_key_is_sealed(admin):
    ear = Ear(layer.ENGINES)
    answer = admin.post(f"{PROVIDERS}add/", FORM | {"key": KEY, "headers": "X-Team: blue\nX-Org: a: b"})
    assert answer.status_code == 302
    made = ModelProvider.objects.get()
    assert KEY not in made.sealed_key
    assert unseal(made.sealed_key) == KEY
    endpoint = catalog.endpoint_of(made)
    assert (endpoint.headers, endpoint.reach) == ((("X-Org", "a: b"), ("X-Team", "blue")), "public")
    assert ear.heard() == [{"type": "models.changed"}]


def test_what_is_not_shown_again_after_a_mistake_is_asked_for_again(admin):
    sealed = {"key": KEY, "headers": "X-Team: blue"}
    said = errors(admin.post(f"{PROVIDERS}add/", FORM | sealed | {"base_url": "file://"}))
    assert "Enter the key again" in said
    assert "Enter the headers again" in said
    ModelProvider.objects.create(name=FORM["name"], base_url="https://8.8.8.8/v1")
    said = errors(admin.post(f"{PROVIDERS}add/", FORM | {"key": KEY}))  # of a name that is taken
    assert "Enter the key again" in said
    assert "headers" not in said


def test_moderators_and_strangers_get_nothing(bob, charlie, second):
    for person in (bob, charlie):
        browser = browser_of(person)
        for address in (PROVIDERS, MODELS, f"{PROVIDERS}add/", change(second)):
            answer = browser.get(address)
            assert answer.status_code in {302, 403}
        for address in (
            f"{PROVIDERS}add/",
            change(second),
            f"{PROVIDERS}{second.pk}/test/",
            f"{PROVIDERS}test/",
        ):
            assert browser.post(address, FORM | {"name": "Mine"}).status_code in {302, 403}
    assert ModelProvider.objects.get().name == "Second"


def test_what_is_sealed_is_on_no_page_and_in_no_history(admin, second, caplog):
    admin.post(change(second), FORM | {"key": "sk-canary-another", "headers": "X-Secret: canary-header"})
    admin.post(change(second), FORM | {"base_url": "file://", "key": KEY, "headers": "X-Secret: canary"})
    pages = [PROVIDERS, change(second), f"{PROVIDERS}{second.pk}/history/", f"{PROVIDERS}{second.pk}/delete/"]
    answers = [admin.get(page) for page in pages]
    answers.append(
        admin.post(change(second), FORM | {"base_url": "file://", "key": KEY, "headers": "X-A: canary"})
    )
    for answer in answers:
        assert answer.status_code == 200
        assert "canary" not in answer.content.decode()
        assert not INLINE.search(answer.content.decode())
    assert "canary" not in caplog.text
    assert not LogEntry.objects.filter(change_message__contains="canary").exists()


def test_what_is_not_typed_again_is_kept(admin, second):
    assert admin.post(change(second), FORM | {"name": "Renamed"}).status_code == 302
    second.refresh_from_db()
    assert (second.name, unseal(second.sealed_key)) == ("Renamed", KEY)
    assert "canary-team" in unseal(second.sealed_headers)
    assert admin.post(change(second), FORM | {"forget": "on"}).status_code == 302
    second.refresh_from_db()
    assert (second.sealed_key, second.sealed_headers) == ("", "")


@pytest.mark.parametrize(
    "url", ["https://8.8.4.4/v1", "http://8.8.8.8/v1", "https://8.8.8.8:444/v1", "https://8.8.8.8.example/v1"]
)
def test_a_kept_key_goes_to_no_other_server(admin, second, url):
    assert "Enter this again" in errors(admin.post(change(second), FORM | {"base_url": url}))
    said = errors(admin.post(change(second), FORM | {"base_url": url, "key": "sk-typed-again"}))
    assert "headers" in said
    both = {"base_url": url, "key": "sk-typed-again", "headers": "X-Team: red"}
    assert admin.post(change(second), FORM | both).status_code == 302
    second.refresh_from_db()
    assert (second.base_url, unseal(second.sealed_key)) == (url, "sk-typed-again")


def test_another_path_of_the_same_server_keeps_the_key(admin, second):
    assert admin.post(change(second), FORM | {"base_url": "https://8.8.8.8/api/v1/"}).status_code == 302
    second.refresh_from_db()
    assert (second.base_url, unseal(second.sealed_key)) == ("https://8.8.8.8/api/v1", KEY)


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest",
        "http://[fd00:ec2::254]/v1",
        "http://0/v1",
        "file:///etc/passwd",
        "gopher://8.8.8.8/",
        "https://user:pw@8.8.8.8/v1",
        "https://8.8.8.8/v1?key=1",
        "http://2130706433/v1",
        "javascript:alert(1)",
        "{{7*7}}",
        "https://" + "x" * 600,
    ],
)
@pytest.mark.parametrize("private", [{}, {"allow_private": "on"}])
def test_addresses_that_lead_to_where_nobody_may_are_refused(admin, url, private):
    assert "base_url" in errors(admin.post(f"{PROVIDERS}add/", FORM | {"base_url": url} | private))
    assert not ModelProvider.objects.exists()


def test_addresses_in_this_network_need_the_tick(admin):
    form = FORM | {"base_url": "http://127.0.0.1:11434/v1"}
    assert "Allow local addresses" in errors(admin.post(f"{PROVIDERS}add/", form))
    assert admin.post(f"{PROVIDERS}add/", form | {"allow_private": "on"}).status_code == 302


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" 'https://8.8.8.8/v1/chat/completions' ", "https://8.8.8.8/v1"),
        ("8.8.8.8/v1/", "https://8.8.8.8/v1"),
        ("https://8.8.8.8/v1/models#x", "https://8.8.8.8/v1"),
        ("https://8.8.8.8/openai?api-version=1", "https://8.8.8.8/openai?api-version=1"),
    ],
)
def test_a_pasted_address_is_kept_as_it_was_meant(admin, typed, kept):
    assert admin.post(f"{PROVIDERS}add/", FORM | {"base_url": typed}).status_code == 302
    assert ModelProvider.objects.get().base_url == kept


async def test_the_test_of_a_provider_shows_how_its_address_was_understood(admin, server):
    page = await tested(admin, server, base_url=server.base_url.removesuffix("/v1"))
    assert f"<code>{server.base_url}</code>" in page
    assert "Reply from scripted-1" in page


@pytest.mark.parametrize(
    "headers",
    [
        "no colon",
        "Host: elsewhere",
        "content-length: 5",
        "Authorization: Bearer x",
        "Transfer-Encoding: chunked",
        "Proxy-Authorization: x",
        "Bad Name: x",
        "X-A:",
        "X-A: \x01",
        "X-A: snö",
        "X-A: 1\nx-a: 2",
        "\n".join(f"X-{number}: 1" for number in range(21)),
        "X-A: " + "x" * 3000,
    ],
)
def test_headers_that_are_none_or_the_sites_own_are_refused(admin, headers):
    assert "headers" in errors(admin.post(f"{PROVIDERS}add/", FORM | {"headers": headers}))
    assert not ModelProvider.objects.exists()


@pytest.mark.parametrize(
    "changes", [{"key": "two words"}, {"key": "kéy"}, {"name": "\u200b"}, {"name": "x" * 81}]
)
def test_keys_and_names_that_cannot_be_are_refused(admin, changes):
    assert next(iter(changes)) in errors(admin.post(f"{PROVIDERS}add/", FORM | changes))


def test_syntax_in_a_name_stays_text(admin):
    admin.post(f"{PROVIDERS}add/", FORM | {"name": "{{7*7}} <b>${SECRET_KEY}</b> %(x)s"})
    page = admin.get(PROVIDERS).content.decode()
    assert "{{7*7}} &lt;b&gt;${SECRET_KEY}&lt;/b&gt; %(x)s" in page


def test_a_key_sealed_with_another_secret_has_to_be_typed_again(admin, second, settings):
    settings.SECRET_KEY = "another secret than the one before, and long enough for everybody"
    admin = browser_of(User.objects.get(email="dora@example.org"))
    assert "can’t be read" in admin.get(change(second)).content.decode()
    assert "can’t be read" in admin.get(PROVIDERS).content.decode()
    tested = admin.post(f"{PROVIDERS}{second.pk}/test/").content.decode()
    assert "Enter it again." in tested


def test_deleting_a_provider_gives_its_conversations_the_default(admin, alice, second):
    catalog.note_listing(second.pk, ["m"])
    conversation = Conversation.objects.create(owner=alice, model=OfferedModel.objects.get(), title="x")
    assert admin.post(f"{PROVIDERS}{second.pk}/delete/", {"post": "yes"}).status_code == 302
    conversation.refresh_from_db()
    assert conversation.model is None
    assert not ModelProvider.objects.exists()


# The test of a provider


async def tested(admin: Client, server: ScriptedProvider, key: str = KEY, **fields: Any) -> str:
    """The page that the button leads to."""
    made = await ModelProvider.objects.acreate(
        **{"name": "Local", "base_url": server.base_url, "allow_private": True, "sealed_key": seal(key)}
        | fields
    )
    answer = await asyncio.to_thread(admin.post, f"{PROVIDERS}{made.pk}/test/")
    assert answer.status_code == 200
    return str(answer.content.decode())


async def test_a_provider_that_answers_is_well_and_its_models_are_there_at_once(admin, server):
    server.script(play("slow", text="word " * 1000, rate=50))
    page = await tested(admin, server)
    assert "2 models found, including scripted-1, scripted-2" in page
    assert "Reply from scripted-1" in page
    assert "First token after" in page
    assert await OfferedModel.objects.acount() == 2
    await asyncio.wait_for(server.closed_by_client.wait(), 5)


@pytest.mark.parametrize(
    ("scenario", "words"),
    [
        (play("status", code=401, message=f"Incorrect key {KEY}"), "Check the API key."),
        (play("status", code=404), "Check that the"),
        (play("html200"), "address of its API"),
        (play("fin", at="headers"), "Check that it’s running at this URL."),
    ],
)
async def test_what_is_wrong_is_said_in_words_and_without_the_key(admin, server, scenario, words):
    server.models_scenario = server.default = scenario
    page = await tested(admin, server)
    assert words in page
    assert "canary" not in page
    assert not await OfferedModel.objects.aexists()


async def test_a_provider_where_it_may_not_be_is_not_connected_to(admin, server):
    page = await tested(admin, server, allow_private=False)
    assert "Allow local addresses" in page
    assert server.connections == 0


async def test_of_a_list_of_a_hundred_thousand_models_ten_thousand_are_looked_at_and_500_taken(admin, server):
    server.models = [f"model-{number}" for number in range(100_000)]
    assert "10000 models found" in await tested(admin, server)
    assert await OfferedModel.objects.acount() == 500


# Models


def rows_form(*changes: dict[str, Any]) -> dict[str, Any]:
    """The list's own form, as its page sends it."""
    prices = dict.fromkeys(("price_in", "price_cached", "price_out"), "")
    rows = list(OfferedModel.objects.order_by("position", "id"))
    form: dict[str, Any] = {"form-TOTAL_FORMS": len(rows), "form-INITIAL_FORMS": len(rows), "_save": "Save"}
    for number, row in enumerate(rows):
        fields: dict[str, Any] = {
            "id": row.pk,
            "label": row.label,
            "position": row.position,
            "is_offered": "on",
        }
        fields |= prices | (changes[number] if number < len(changes) else {})
        form |= {f"form-{number}-{name}": value for name, value in fields.items()}
    return form


def test_models_are_renamed_ordered_and_priced_in_the_list(admin):
    catalog.note_listing(None, ["a", "b"])
    ear = Ear(layer.ENGINES)
    change = {"label": "The {{7*7}}", "position": "5", "price_cached": "0.015"}
    assert admin.post(MODELS, rows_form(change)).status_code == 302
    assert ear.heard()
    assert list(map(str, catalog.rows_for(None))) == ["b", "The {{7*7}}"]
    assert str(OfferedModel.objects.get(name="a").price_cached) == "0.0150"
    page = admin.get(MODELS).content.decode()
    assert "The {{7*7}}" in page
    assert not INLINE.search(page)


@pytest.mark.parametrize(
    "change",
    [{"price_in": "-1"}, {"price_in": "NaN"}, {"price_out": "1e99"}, {"label": "\u200b"}, {"position": "-1"}],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_saved(admin, change):
    catalog.note_listing(None, ["a", "b"])
    answer = admin.post(MODELS, rows_form({"label": "Half"} | change, {"label": "Other"}))
    assert answer.status_code == 200
    assert not OfferedModel.objects.exclude(label="").exists()


def act(admin: Client, action: str, *names: str) -> str:
    chosen = list(OfferedModel.objects.filter(name__in=names).values_list("pk", flat=True))
    answer = admin.post(MODELS, {"action": action, "_selected_action": chosen}, follow=True)
    return str(answer.content.decode())


def test_the_list_of_providers_says_what_is_known_of_each(admin, second):
    catalog.note_listing(second.pk, ["m"])
    assert '<td class="field-state">OK</td>' in admin.get(PROVIDERS).content.decode()
    admin.post(change(second), FORM)
    assert '<td class="field-state">Loading models…</td>' in admin.get(PROVIDERS).content.decode()
    admin.post(change(second), FORM | {"is_enabled": ""})
    assert '<td class="field-state">Disabled</td>' in admin.get(PROVIDERS).content.decode()


def test_prices_say_what_they_are_for_and_the_demo_when_it_is_on_offer(admin, monkeypatch):
    monkeypatch.setattr(environment, "endpoint", lambda: Endpoint("demo", "x", "", "demo", "Demo"))
    catalog.note_listing(None, ["demo"])
    page = admin.get(MODELS).content.decode()
    assert "Input price per 1M tokens" in page
    assert "Fallback" in page


def test_exactly_one_model_is_the_default(admin):
    catalog.note_listing(None, ["a", "b"])
    assert "exactly one" in act(admin, "make_default", "a", "b")
    for name in ("a", "b"):
        assert f"The default model is now {name}." in act(admin, "make_default", name)
    assert OfferedModel.objects.get(is_default=True).name == "b"
    act(admin, "withdraw", "a")
    assert "Only an enabled model" in act(admin, "make_default", "a")
    assert [row.name for row in catalog.rows_for(None)] == ["b"]
    act(admin, "offer", "a")
    assert len(catalog.rows_for(None)) == 2


def test_five_hundred_models_are_listed_in_few_queries(admin, second, django_assert_max_num_queries):
    catalog.note_listing(second.pk, [f"m{number}" for number in range(500)])
    with django_assert_max_num_queries(12):
        assert admin.get(MODELS).status_code == 200


def test_the_list_is_filtered_by_provider(admin, second):
    catalog.note_listing(second.pk, ["mine"])
    catalog.note_listing(None, ["theirs"])
    page = admin.get(f"{MODELS}?provider__id__exact={second.pk}").content.decode()
    assert "mine</a>" in page
    assert "theirs</a>" not in page


def test_the_list_says_which_is_the_default_and_which_are_gone(admin):
    catalog.note_listing(None, ["a", "b"])
    catalog.note_listing(None, ["a"])
    catalog.make_default(OfferedModel.objects.get(name="a"))
    page = admin.get("/admin/chat/offeredmodel/").content.decode()
    assert '<b class="tag">Default</b>' in page
    assert page.count('<b class="tag alert">Removed on') == 1

"""What the admin's lists let an address ask the database."""

import pytest
from django.contrib import admin

from chat.models import SiteBranding, User
from tests.conftest import PASSWORD, browser_of

COLUMNS = {
    "conversation": "title",
    "user": "email",
    "report": "note",
    "feedback": "comment",
    "failedreply": "error_detail",
    "job": "payload",
    "persona": "instructions",
    "modelprovider": "sealed_key",
    "offeredmodel": "name",
    "speechprovider": "sealed_key",
    "speechusage": "service",
    "group": "name",
    "emailaddress": "email",
    "logentry": "change_message",
    "project": "name",
    "sharereport": "category",
}
LISTS = {
    model._meta.model_name: f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    for model in admin.site._registry
    if model is not SiteBranding  # one row: its address leads to its form
}


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create_superuser("root@example.org", PASSWORD)


def test_every_list_of_the_admin_is_tried_here() -> None:
    assert set(LISTS) == set(COLUMNS)


@pytest.mark.parametrize("name", COLUMNS)
@pytest.mark.parametrize("way", ["regex", "iregex", "contains", "gt"])
def test_an_address_cannot_bring_a_lookup_of_its_own(root: User, name: str, way: str) -> None:
    answer = browser_of(root).get(LISTS[name], {f"{COLUMNS[name]}__{way}": "(((" if "regex" in way else "a"})
    assert answer.status_code == 400


def test_a_lookup_cannot_reach_through_to_other_rows(root: User) -> None:
    client = browser_of(root)
    for lookup in ("owner__password__startswith", "owner__email", "messages__text__regex"):
        assert client.get(LISTS["conversation"], {lookup: "a"}).status_code == 400


@pytest.mark.parametrize(
    ("name", "lookup"),
    [("offeredmodel", "provider"), ("offeredmodel", "provider__exact"), ("user", "groups")],
)
def test_another_row_is_asked_for_by_its_id_alone(root: User, name: str, lookup: str) -> None:
    client = browser_of(root)
    assert client.get(LISTS[name], {lookup: "9" * 20}).status_code == 400
    assert (
        client.get(LISTS[name], {f"{lookup.removesuffix('__exact')}__id__exact": "9" * 20}).status_code == 200
    )


@pytest.mark.parametrize("page", ["change", "delete"])
def test_a_column_without_a_name_is_no_fault(root: User, bob: User, charlie: User, page: str) -> None:
    address = f"{LISTS['user']}{charlie.pk}/{page}/?_to_field="
    assert browser_of(root).get(address).status_code == (200 if page == "change" else 403)
    assert browser_of(bob).get(address).status_code == (200 if page == "change" else 403)
    assert browser_of(charlie).get(address, follow=True).status_code == 403


@pytest.mark.parametrize(
    ("name", "lookup"),
    [
        ("conversation", "owner__id__exact"),
        ("user", "is_staff__exact"),
        ("user", "groups__id__exact"),
        ("user", "groups__isnull"),
        ("user", "standing"),
        ("report", "state"),
        ("failedreply", "error"),
        ("job", "status__exact"),
        ("job", "kind"),
        ("report", "category__exact"),
        ("emailaddress", "verified__exact"),
    ],
)
def test_the_filters_and_links_of_our_pages_work(root: User, name: str, lookup: str) -> None:
    client = browser_of(root)
    assert client.get(LISTS[name], {lookup: "1"}).status_code == 200
    assert client.get(LISTS[name], {lookup: "abc"}, follow=True).status_code == 200


@pytest.mark.parametrize("name", COLUMNS)
def test_a_search_goes_by_its_first_words(root: User, name: str) -> None:
    client = browser_of(root)
    assert client.get(LISTS[name], {"q": "word " * 2000}).status_code == 200
    assert client.get(LISTS["user"], {"q": "root " * 2000}).context["cl"].result_count == 1
    assert client.get(LISTS["user"], {"q": "root " * 19 + "nobody"}).context["cl"].result_count == 0


@pytest.mark.parametrize("name", COLUMNS)
def test_a_search_goes_by_its_first_characters(root: User, name: str) -> None:
    client = browser_of(root)
    assert client.get(LISTS[name], {"q": "_" * 60_000}).status_code == 200
    found = client.get(LISTS["user"], {"q": "root@example.org" + " " * 184 + "nobody"})
    assert found.context["cl"].result_count == 1
    assert client.get(LISTS["user"], {"q": "o" * 199}).context["cl"].result_count == 0


@pytest.mark.parametrize(
    ("name", "action"), [("user", "suspend"), ("report", "hide"), ("group", "delete_selected")]
)
@pytest.mark.parametrize("chosen", ["abc", "", "1.5", "9" * 40])
def test_a_selection_that_is_none_is_refused(root: User, name: str, action: str, chosen: str) -> None:
    answer = browser_of(root).post(LISTS[name], {"action": action, "_selected_action": ["1", chosen]})
    assert answer.status_code == 400

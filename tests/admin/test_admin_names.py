"""Models that are added by name, and how long a provider may take, in the admin."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from chat.accounts.groups import ADMINISTRATORS
from chat.catalog import actions as catalog
from chat.models import ModelProvider, OfferedModel, User
from chat.realtime import layer
from tests.admin.test_admin_models import FORM, MODELS, PROVIDERS, change, errors
from tests.conftest import PASSWORD, browser_of
from tests.support.layer import Ear

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def admin(db: None) -> Client:
    dora = User.objects.create_user("dora@example.org", PASSWORD, name="Dora", is_staff=True)
    dora.groups.add(Group.objects.get(name=ADMINISTRATORS))
    return browser_of(dora)


@pytest.fixture
def second(db: None) -> ModelProvider:
    return ModelProvider.objects.create(name="Second", base_url="https://8.8.8.8/v1")


NEW = {
    "name": "typed",
    "label": "",
    "position": "0",
    "is_offered": "on",
    "price_in": "",
    "price_cached": "",
    "price_out": "",
}


def test_a_model_is_added_by_name_to_a_provider_that_lists_none(admin, second):
    catalog.note_problem(second.pk, "not_a_model_server", "HTTP 404: Not Found")
    assert f'href="{MODELS}add/?provider={second.pk}"' in admin.get(change(second)).content.decode()
    assert "exact model name" in admin.get(f"{MODELS}add/").content.decode()
    ear = Ear(layer.ENGINES)
    assert admin.post(f"{MODELS}add/", NEW | {"provider": second.pk}).status_code == 302
    assert ear.heard() == [{"type": "models.changed"}]
    assert [(row.name, row.provider) for row in catalog.rows_for(None)] == [("typed", second)]
    assert "OK (no model list" in admin.get(PROVIDERS).content.decode()


def test_a_model_that_was_added_by_name_outlives_a_list_without_it_and_can_be_deleted(admin, second):
    admin.post(f"{MODELS}add/", NEW | {"provider": second.pk})
    catalog.note_listing(second.pk, ["listed"])
    assert {row.name for row in catalog.rows_for(None)} == {"typed", "listed"}
    pages = {row.name: f"{MODELS}{row.pk}/delete/" for row in OfferedModel.objects.all()}
    assert admin.post(pages["listed"], {"post": "yes"}).status_code == 403
    assert admin.post(pages["typed"], {"post": "yes"}).status_code == 302
    assert [row.name for row in catalog.rows_for(None)] == ["listed"]


def test_one_that_is_gone_is_taken_up_again_by_its_name_and_none_is_there_twice(admin):
    catalog.note_listing(None, ["a", "b"])
    catalog.note_listing(None, ["b"])
    form = NEW | {"provider": ""}
    assert "already in the list" in errors(admin.post(f"{MODELS}add/", form | {"name": "b"}))
    assert admin.post(f"{MODELS}add/", form | {"name": "a"}).status_code == 302
    assert sorted(row.name for row in catalog.rows_for(None)) == ["a", "b"]


@pytest.mark.parametrize("name", ["", " ", "\u200b", "two\x00", "x" * 201])
def test_a_name_that_cannot_be_read_is_no_model(admin, name):
    assert "name" in errors(admin.post(f"{MODELS}add/", NEW | {"provider": "", "name": name}))
    assert not OfferedModel.objects.exists()


def test_moderators_and_strangers_add_no_model(bob, charlie, second):
    for person in (bob, charlie):
        answer = browser_of(person).post(f"{MODELS}add/", NEW | {"provider": second.pk})
        assert answer.status_code in {302, 403}
    assert not OfferedModel.objects.exists()


def test_a_provider_has_waits_of_its_own_or_those_of_the_site(admin, second, settings):
    settings.PROVIDER_FIRST_TOKEN_TIMEOUT = 777
    assert "the default (777)" in admin.get(change(second)).content.decode()
    waits = {"first_token_timeout": "1800", "pause_timeout": "", "reply_timeout": "7200"}
    assert admin.post(change(second), FORM | waits).status_code == 302
    second.refresh_from_db()
    found = catalog.timeouts_of(second)
    assert (found.first, found.between, found.total) == (1800, settings.PROVIDER_PAUSE_TIMEOUT, 7200)
    for wrong in ("0", "-1", "86401", "1.5", "long"):
        assert "pause_timeout" in errors(admin.post(change(second), FORM | {"pause_timeout": wrong}))


def test_each_field_of_the_list_says_of_which_model_it_is_and_what(admin):
    catalog.note_listing(None, ["a <b>"])
    page = admin.get(MODELS).content.decode()
    fields = re.findall(r'<input[^>]* name="form-0-(?!id)[^>]*>', page)
    names = [re.search(r'aria-label="a &lt;b&gt;: (.*?)"', field) for field in fields]
    prices = [f"{way} price per 1M tokens" for way in ("Input", "Cached input", "Output")]
    assert [name and name[1] for name in names] == ["Display name", "Position", "Enabled", *prices]


def test_a_list_brings_no_script_but_that_of_its_actions(admin):
    scripts = re.findall(
        r'src="[^"]*/admin/js/([^"]*?)(?:\.[0-9a-f]{12})?\.js"', admin.get(MODELS).content.decode()
    )
    assert {"actions", "theme"} <= set(scripts)
    assert not any("jquery" in name or "RelatedObject" in name for name in scripts)

"""A model provider is tried with what stands in its form, before that is saved."""

import asyncio

import pytest
from django.contrib.auth.models import Permission

from chat.core.sealing import seal, unseal
from chat.models import ModelProvider, OfferedModel
from tests.conftest import browser_of
from tests.support.scripted_provider import ScriptedProvider

pytestmark = pytest.mark.django_db(transaction=True)
KEY = "sk-canary"
PROVIDERS = "/admin/chat/modelprovider/"


async def test_a_provider_is_tried_as_it_is_typed_and_nothing_is_saved(django_user_model):
    root = await django_user_model.objects.acreate(email="root@example.org", is_staff=True, is_superuser=True)
    made = await ModelProvider.objects.acreate(
        name="Local", base_url="http://127.0.0.1:9/v1", allow_private=True, sealed_key=seal(KEY)
    )
    admin = await asyncio.to_thread(browser_of, root)
    test = f"{PROVIDERS}{made.pk}/test/"
    async with ScriptedProvider() as server:
        typed = {"name": "Local", "base_url": server.base_url, "allow_private": "on", "is_enabled": "on"}
        refused = await asyncio.to_thread(admin.post, test, typed)
        assert "Enter this again" in refused.content.decode()  # the kept key goes to no other server
        assert server.requests == []
        page = await asyncio.to_thread(admin.post, test, typed | {"key": "sk-typed"})
        assert "2 models found" in page.content.decode()
        assert "sk-typed" not in page.content.decode()
        assert server.requests[-1].headers["authorization"] == "Bearer sk-typed"
    await made.arefresh_from_db()
    assert (made.base_url, unseal(made.sealed_key)) == ("http://127.0.0.1:9/v1", KEY)
    assert not await made.models.aexists()


async def test_a_provider_is_tried_before_it_is_added(django_user_model):
    root = await django_user_model.objects.acreate(email="root@example.org", is_staff=True, is_superuser=True)
    admin = await asyncio.to_thread(browser_of, root)
    page = await asyncio.to_thread(admin.get, f"{PROVIDERS}add/")
    assert f'formaction="{PROVIDERS}test/"' in page.content.decode()
    async with ScriptedProvider() as server:
        typed = {"name": "Local", "base_url": server.base_url, "key": "sk-typed", "is_enabled": "on"}
        refused = await asyncio.to_thread(admin.post, f"{PROVIDERS}test/", typed)
        assert "This is a local address." in refused.content.decode()
        assert server.requests == []
        tried = await asyncio.to_thread(admin.post, f"{PROVIDERS}test/", typed | {"allow_private": "on"})
        assert "Test: Local" in tried.content.decode()
        assert "2 models found" in tried.content.decode()
        assert "Reply from scripted-1" in tried.content.decode()
        assert "sk-typed" not in tried.content.decode()
        assert server.requests[-1].headers["authorization"] == "Bearer sk-typed"
    assert not await ModelProvider.objects.aexists()
    assert not await OfferedModel.objects.filter(name__startswith="scripted").aexists()


def test_an_empty_form_is_tried_without_a_connection_and_says_what_is_missing(django_user_model):
    root = django_user_model.objects.create(email="root@example.org", is_staff=True, is_superuser=True)
    page = browser_of(root).post(f"{PROVIDERS}test/").content.decode()
    assert "Test: model provider" in page
    assert page.count("This field is required.") == 2


@pytest.mark.parametrize(("right", "status"), [("add", 200), ("change", 403), ("view", 403)])
def test_who_may_add_a_provider_may_try_one(django_user_model, right, status):
    person = django_user_model.objects.create(email="gina@example.org", is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename=f"{right}_modelprovider"))
    assert browser_of(person).post(f"{PROVIDERS}test/").status_code == status
    assert browser_of(person).get(f"{PROVIDERS}test/").status_code == 405

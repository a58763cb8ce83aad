"""A model service is tried with what stands in its form, before that is saved."""

import asyncio

import pytest

from chat.catalog.sealing import seal, unseal
from chat.models import ModelProvider
from tests.conftest import browser_of
from tests.support.scripted_provider import ScriptedProvider

pytestmark = pytest.mark.django_db(transaction=True)
KEY = "sk-canary"


async def test_a_service_is_tried_as_it_is_typed_and_nothing_is_saved(django_user_model):
    root = await django_user_model.objects.acreate(email="root@example.org", is_staff=True, is_superuser=True)
    made = await ModelProvider.objects.acreate(
        name="Local", base_url="http://127.0.0.1:9/v1", allow_private=True, sealed_key=seal(KEY)
    )
    admin = await asyncio.to_thread(browser_of, root)
    test = f"/admin/chat/modelprovider/{made.pk}/test/"
    async with ScriptedProvider() as server:
        typed = {"name": "Local", "base_url": server.base_url, "allow_private": "on", "is_enabled": "on"}
        refused = await asyncio.to_thread(admin.post, test, typed)
        assert "please type this again" in refused.content.decode()  # the kept key goes to no other server
        assert server.requests == []
        page = await asyncio.to_thread(admin.post, test, typed | {"key": "sk-typed"})
        assert "It lists 2 models" in page.content.decode()
        assert "sk-typed" not in page.content.decode()
        assert server.requests[-1].headers["authorization"] == "Bearer sk-typed"
    await made.arefresh_from_db()
    assert (made.base_url, unseal(made.sealed_key)) == ("http://127.0.0.1:9/v1", KEY)
    assert not await made.models.aexists()

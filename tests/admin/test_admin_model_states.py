"""The list of models says of each whether people can choose it."""

import re
from typing import Any

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from chat.models import ModelProvider, OfferedModel, User
from tests.conftest import browser_of

GONE = timezone.now()


@pytest.mark.parametrize(
    ("row", "its_provider", "said"),
    [
        ({}, {}, "Enabled"),
        ({"is_offered": False}, {}, "Disabled"),
        ({"is_default": True}, {}, "Default"),
        ({}, {"is_enabled": False}, "Provider disabled"),
        ({}, {"problem": "wrong_key"}, "Provider failed the last check"),
        ({"is_offered": False}, {"problem": "wrong_key"}, "Disabled"),
        ({"by_name": True}, {"problem": "unknown_model"}, "Added by name"),
        ({"gone_at": GONE}, {"is_enabled": False}, "Removed on"),
    ],
)
def test_it_says_so_or_why_not(
    db: None, row: dict[str, Any], its_provider: dict[str, Any], said: str
) -> None:
    model_provider = ModelProvider.objects.create(
        name="Second", base_url="https://8.8.8.8/v1", **its_provider
    )
    OfferedModel.objects.create(provider=model_provider, name="m", **row)
    root = User.objects.create_superuser("root@example.org")
    page = browser_of(root).get("/admin/chat/offeredmodel/").content.decode()
    shown = re.search(r'<td class="field-state">(.*?)</td>', page)
    assert shown and strip_tags(shown[1]).startswith(said)


def test_a_provider_whose_problem_has_a_code_that_is_not_known_says_a_sentence(db: None) -> None:
    ModelProvider.objects.create(name="Second", base_url="https://8.8.8.8/v1", problem="of_a_newer_version")
    root = User.objects.create_superuser("root@example.org")
    page = browser_of(root).get("/admin/chat/modelprovider/").content.decode()
    shown = re.search(r'<td class="field-state">(.*?)</td>', page)
    assert shown and strip_tags(shown[1]).startswith("Something went wrong on our side.")

"""Whether somebody's pages follow the text of a reply; a visitor is in tests/project/test_access_matrix.py."""

import pytest

from tests.conftest import browser_of

pytestmark = pytest.mark.django_db
ADDRESS = "/settings/follow-text/"


def test_the_choice_is_kept_for_its_person_alone(alice, bob):
    page = browser_of(alice)
    assert page.post(ADDRESS, {"on": "1"}).headers["Location"] == "/"
    assert b'data-follow="1"' in page.get("/").content
    assert b'data-follow=""' in browser_of(bob).get("/").content
    assert page.post(ADDRESS, {"on": ""}, headers={"X-Fragment": "1"}).status_code == 204
    assert b'data-follow=""' in page.get("/").content
    assert page.get(ADDRESS).status_code == 405

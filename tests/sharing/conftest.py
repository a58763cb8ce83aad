"""Links for the tests of sharing."""

from typing import Any

import pytest

from chat.models import Share
from chat.models.sharing import Audience
from chat.sharing import actions as sharing
from chat.sharing.actions import Terms


@pytest.fixture
def share(alice: Any, say: Any) -> Any:
    """Makes links of Alice's: `share("q", "a", passphrase="…")`."""

    def make(*texts: str, of: Any = None, **terms: Any) -> Share:
        return shared(of or say(alice, *(texts or ("A question", "An answer"))), **terms)

    return make


def shared(conversation: Any, **terms: Any) -> Share:
    return sharing.create(conversation.owner, conversation.uuid, terms_for(conversation, **terms))


def terms_for(conversation: Any, **terms: Any) -> Terms:
    given = {
        "title": conversation.title,
        "messages": {row.uuid for row in sharing.offered(conversation)},
        "audience": Audience.ANYONE,
        "expires_at": None,
        "passphrase": "",
        "with_name": False,
        "phrases": [],
    }
    return Terms(**(given | terms))


def path_of(share: Share) -> str:
    """The path of a link's address."""
    return "/s/" + sharing.address_of(share).split("/s/")[1]

"""What sharing refuses."""

from django.utils.translation import gettext_lazy as _

from chat.core.errors import RequestError
from chat.core.text import with_limits

MOST_SHARES = 200
"""Links of one person that lead somewhere."""

MOST_CHARACTERS = 400_000
"""Characters of one snapshot."""


class SharingOff(RequestError):
    code = "sharing_off"
    status = 403
    sentence = _("Sharing is turned off on this site.")


class ShareGone(RequestError):
    """It has expired, or was revoked or taken down, or its conversation was deleted: the same for all."""

    code = "share_gone"
    status = 410
    sentence = _("This shared link is no longer available.")


class WrongPassphrase(RequestError):
    code = "wrong_passphrase"
    status = 403
    sentence = _("That’s not the passphrase. Try again.")


class TooManyPassphrases(RequestError):
    """The limit of wrong passphrases, of one address or for one link."""

    code = "too_many_passphrases"
    status = 429
    sentence = _("Too many wrong passphrases. Try again later.")
    sentence_with_wait = _("Too many wrong passphrases. Try again in %(wait)s.")


class NothingToShare(RequestError):
    code = "nothing_to_share"
    sentence = _("Choose at least one message.")


class SnapshotTooLong(RequestError):
    code = "snapshot_too_long"
    status = 413
    sentence = with_limits(
        _("A link can hold at most %(limit)s characters. Choose fewer messages."), limit=MOST_CHARACTERS
    )


class TooManyShares(RequestError):
    code = "too_many_shares"
    status = 409
    sentence = with_limits(
        _("You can have at most %(limit)s shared links. Revoke one to make another."), limit=MOST_SHARES
    )


class TooManyNewShares(RequestError):
    """The limit of links that are made or updated, or copies that are made, in a span of time."""

    code = "too_many_new_shares"
    status = 429
    sentence = _("You’re sharing too quickly. Try again later.")
    sentence_with_wait = _("You’re sharing too quickly. Try again in %(wait)s.")


class TooManyShareReports(RequestError):
    code = "too_many_share_reports"
    status = 429
    sentence = _("Too many reports. Try again later.")
    sentence_with_wait = _("Too many reports. Try again in %(wait)s.")

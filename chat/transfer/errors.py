"""What is refused when conversations are to be written into a file, and why a file is gone."""

from django.utils.translation import gettext_lazy as _

from chat.core.errors import RequestError

MOST_CHARACTERS = 2_000_000_000
"""Characters of what may be exported at once."""

MOST_TO_PRINT = 1_000_000
"""Characters of what is made into one page for a printer."""


class NothingToExport(RequestError):
    code = "nothing_to_export"
    status = 404
    sentence = _("There are no conversations to export.")


class ExportTooLarge(RequestError):
    """More than MOST_CHARACTERS, or than there is room for on the disk."""

    code = "export_too_large"
    status = 413
    sentence = _("This is too much for one file. Choose fewer conversations.")


class PrintTooLong(RequestError):
    code = "print_too_long"
    status = 413
    sentence = _("This is too long to print at once. Export it as a web page and print that.")


class TooManyExports(RequestError):
    code = "too_many_exports"
    status = 429
    sentence = _("You’ve exported too often just now. Try again later.")
    sentence_with_wait = _("You’ve exported too often just now. Try again in %(wait)s.")


class ExportExpired(RequestError):
    code = "export_expired"
    status = 410
    sentence = _("This file has been deleted: exports are kept for one day. Export again to get a new one.")

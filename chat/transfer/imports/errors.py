"""What imports refuse, and why one failed."""

from django.utils.translation import gettext_lazy as _

from chat.core.errors import ChatError, RequestError

MOST_UPLOADS_AN_HOUR = 30
"""Files of one person: each is read whole before anything is known of it."""


class ImportOpen(RequestError):
    code = "import_open"
    status = 409
    sentence = _("Another import is open. Finish or cancel it first.")


class ImportEnded(RequestError):
    code = "import_ended"
    status = 409
    sentence = _("This import has ended. Choose the file again.")


class NoFile(RequestError):
    code = "no_file"
    status = 400
    sentence = _("Choose a file first.")


class FileTooLarge(RequestError):
    code = "import_too_large"
    status = 413
    sentence = _("This file is larger than this site takes.")


class TooManyUploads(RequestError):
    code = "too_many_uploads"
    status = 429
    sentence = _("You’ve imported a lot of files just now. Try again later.")
    sentence_with_wait = _("You’ve imported a lot of files just now. Try again in %(wait)s.")


class FileGone(ChatError):
    code = "import_file_gone"
    sentence = _("The uploaded file is no longer there. Choose it again.")

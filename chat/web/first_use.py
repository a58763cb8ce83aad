"""What a new site does not have yet: an account, an administrator."""

from django.conf import settings
from django.db.models import QuerySet

from chat.models import User

# What has been found. A site that has it keeps it, so that it is asked of the database only until then
_found: set[str] = set()


def has_accounts() -> bool:
    """Return whether anybody has an account."""
    return _is_found("account", User.objects.all())


def has_administrator() -> bool:
    """Return whether somebody may do everything, and so make others administrators."""
    return _is_found("administrator", User.objects.filter(is_superuser=True, is_active=True))


def is_first_account(person: User) -> bool:
    """Return whether nobody had an account before this person: most likely they run the site. One query."""
    return not User.objects.filter(pk__lt=person.pk).exists()


def opens_on_sign_up() -> bool:
    """Return whether a visitor has nothing to log in with, and may make the first account."""
    return bool(settings.SIGNUP == "open" and not has_accounts())


def _is_found(name: str, rows: QuerySet[User]) -> bool:
    if name not in _found and rows.exists():
        _found.add(name)
    return name in _found

"""What a new password must not be."""

from functools import cache
from typing import Any

from django.contrib.auth import password_validation


class CommonPasswordValidator(password_validation.CommonPasswordValidator):
    """Django's, which reads its list when it first judges a password, not when a form names the rules.

    allauth's forms do that as they are imported, and the 20,000 passwords are 2 MB.
    """

    def __init__(self) -> None:
        """Read nothing yet."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise a ValidationError for a password of Django's list."""
        _with_list().validate(password, user)


@cache
def _with_list() -> password_validation.CommonPasswordValidator:
    return password_validation.CommonPasswordValidator()

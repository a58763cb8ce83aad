"""People."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class UserManager(DjangoUserManager["User"]):
    """Makes people from an email address and a password; there are no user names."""

    def _make(self, email: str, password: str | None, **fields: Any) -> "User":
        if not email:
            raise ValueError("an account needs an email address")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":  # type: ignore[override]
        """Save and return a person. Raise ValueError without an address."""
        return self._make(email, password, **fields)

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":  # type: ignore[override]
        """Save and return an administrator who may do everything."""
        return self._make(email, password, **{"is_staff": True, "is_superuser": True, **fields})


class PersonManager(UserManager):
    """Loads people with their preferences, in one query.

    By it Django loads whose session it is, and every page and socket needs their clock.
    """

    use_in_migrations = False

    def get_queryset(self) -> models.QuerySet["User"]:
        """Return everybody, with the row of `Preferences` where there is one."""
        return super().get_queryset().select_related("preferences")


class User(AbstractUser):
    """A person with an account. They log in by email; `name` is what they like to be called."""

    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("email address"), unique=True)
    name = models.CharField(pgettext_lazy("of a user", "name"), max_length=80, blank=True)
    suspended_until = models.DateTimeField(_("suspended until"), null=True, blank=True)
    suspension_reason = models.CharField(_("suspension reason"), max_length=300, blank=True)
    follows_text = models.BooleanField(default=False, db_default=False, editable=False)
    """Whether pages go on with a reply being written; else its question stays at the top of the view."""

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    with_preferences: ClassVar[PersonManager] = PersonManager()  # the first is Django's default
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints: ClassVar = [models.UniqueConstraint(Lower("email"), name="one_account_per_email")]
        permissions: ClassVar = [("suspend_user", "Can suspend people")]

    def __str__(self) -> str:
        return self.email

    @property
    def is_suspended(self) -> bool:
        """Whether a moderator has suspended this person and the date has not passed."""
        return self.suspended_until is not None and self.suspended_until > timezone.now()

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name or self.email.partition("@")[0]

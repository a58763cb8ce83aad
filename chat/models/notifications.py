"""Browsers that a person is told in, and keys that the site has made for itself."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class PushSubscription(models.Model):
    """A browser of a person. `endpoint` is an address of its maker's push service, for this browser alone.

    Both came from a stranger's browser. `p256dh` and `auth` are its keys (RFC 8291), in base64 for addresses.
    `session` is the one it was made in, with which it ends.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="push_subscriptions", editable=False
    )
    endpoint = models.CharField(max_length=1000, unique=True)
    p256dh = models.CharField(max_length=120)
    auth = models.CharField(max_length=40)
    session = models.CharField(max_length=40)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions: ClassVar = ()

    def __str__(self) -> str:
        return str(self.pk)


class SiteKey(models.Model):
    """The private half of a key pair that the site made for itself, by what it is for; sealed."""

    name = models.CharField(max_length=40, primary_key=True)
    sealed = models.TextField()

    class Meta:
        default_permissions: ClassVar = ()

    def __str__(self) -> str:
        return self.name

"""Counters of what is limited: in the database, no flood pushes them out, and every process sees them."""

from django.db import models


class Counter(models.Model):
    """How often something was done in a span of time that ends at `ends_at` (seconds since 1970).

    `key` is a hash (chat/core/limits.py): it tells neither an address nor an email address.
    """

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField()
    ends_at = models.BigIntegerField(db_index=True)

    class Meta:
        default_permissions = ()  # nobody works on these by hand

    def __str__(self) -> str:
        return self.key


class CacheEntry(models.Model):
    """A value of Django's cache, by whose columns this goes: allauth keeps its own rate limits there."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.cache_key

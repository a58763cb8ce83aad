"""Secrets in the database: read with the site's own secret, with no other."""

import pytest

from chat.core.sealing import Unreadable, seal, unseal


def test_what_is_sealed_is_read_again_and_cannot_be_seen():
    sealed = seal("sk-äöü-0123456789")
    assert unseal(sealed) == "sk-äöü-0123456789"
    assert "0123456789" not in sealed
    assert seal("sk-äöü-0123456789") != sealed


def test_nothing_stays_nothing():
    assert seal("") == unseal("") == ""


def test_another_secret_key_reads_nothing(settings):
    sealed = seal("sk-1")
    settings.SECRET_KEY = "another secret key, as long as the first one was"
    with pytest.raises(Unreadable):
        unseal(sealed)


def test_an_encryption_key_of_its_own_outlives_a_change_of_the_secret_key(settings):
    settings.ENCRYPTION_KEY = "a key for this alone"
    sealed = seal("sk-1")
    settings.SECRET_KEY = "another secret key, as long as the first one was"
    assert unseal(sealed) == "sk-1"
    settings.ENCRYPTION_KEY = ""
    with pytest.raises(Unreadable):
        unseal(sealed)


@pytest.mark.parametrize("sealed", ["x", "not sealed at all", "gAAAAA", "ключ"])
def test_what_was_never_sealed_is_unreadable(sealed):
    with pytest.raises(Unreadable):
        unseal(sealed)

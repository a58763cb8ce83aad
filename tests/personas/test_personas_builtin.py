"""The personas that every site has."""

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import translation

from chat.models import Persona
from chat.personas import actions as personas
from chat.personas.builtin import BUILTINS
from chat.personas.forms import LONGEST_STARTER, STARTERS

pytestmark = pytest.mark.django_db


def test_everybody_has_them_in_their_order(alice, bob, charlie):
    assert len(BUILTINS) >= 8
    for person in (alice, bob, charlie):
        assert [row.builtin for row in personas.gallery(person).builtin] == list(BUILTINS)


def test_a_migration_makes_what_is_missing_once_and_removes_what_is_no_more():
    Persona.objects.filter(builtin="tutor").delete()
    Persona.objects.create(builtin="of an older version", name="Old")
    for _ in range(2):
        call_command("migrate", verbosity=0)
    assert set(Persona.objects.values_list("builtin", flat=True)) == set(BUILTINS)


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
@pytest.mark.parametrize("code", BUILTINS)
def test_its_words_fit_in_every_language(code, language):
    with translation.override(language):
        persona = personas.localized(Persona(builtin=code))
    for column in ("name", "emoji", "description", "instructions", "opening"):
        assert 0 < len(getattr(persona, column)) <= Persona._meta.get_field(column).max_length
    assert 2 <= len(persona.starters) <= len(STARTERS)
    assert max(map(len, persona.starters)) <= LONGEST_STARTER

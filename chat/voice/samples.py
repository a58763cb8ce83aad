"""What is said to try a voice or a speech service, in its language."""

from django.utils.translation import get_supported_language_variant, gettext_noop, override
from django.utils.translation import gettext as _

# Translators: said by a voice that a person tries
TRIAL = gettext_noop("This is how I sound when I read a reply to you.")
# Translators: said by a speech service that is tested, and to be recognised by another
TEST = gettext_noop("Please remind me to call the doctor tomorrow morning at nine.")


def sample(text: str, language: str, otherwise: str = "") -> str:
    """Return one of these in a language by its tag; else `otherwise`, or English, where the site lacks it."""
    try:
        known = get_supported_language_variant(language.replace("_", "-").lower())
    except LookupError:
        return otherwise or text
    with override(known):
        return _(text)

"""What a provider is sent for the parts of a message: the one place that a new kind of part is added to."""

from collections.abc import Iterable

from chat.models.content import Part, TextPart


def content_of(parts: Iterable[Part]) -> str:
    """Return a message's content as a provider takes it: of text alone a string, which every one knows.

    Parts of a kind that this version does not know are left out.
    """
    return "\n\n".join(part.text for part in parts if isinstance(part, TextPart))

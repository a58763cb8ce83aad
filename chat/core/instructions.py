"""What models are asked besides the words of people."""

from __future__ import annotations

CONTINUE = (
    "Your last answer broke off. Write on from exactly where it ends, in the same language and form: "
    "no introduction, no remark, and nothing repeated."
)
"""What asks a model to go on: of the ways there are, the one that every server understands."""

"""What models are asked besides the words of people."""

from __future__ import annotations

CONTINUE = (
    "Your last answer broke off. Write on from exactly where it ends, in the same language and form: "
    "no introduction, no remark, and nothing repeated."
)
"""What asks a model to go on: of the ways there are, the one that every server understands."""

INTERRUPTED = (
    "[Your answer above was read aloud, and the person interrupted it. The last words they heard of it: "
    "“{words}”. What follows may not take the rest into account.]"
)
"""What tells a model, before the next message, how far its answer was heard."""

UNHEARD = (
    "[Your answer above was to be read aloud, but the person interrupted before the first word. What follows "
    "may not take it into account.]"
)

ABOUT_PERSON = "What the person you are talking to wants you to know about them:\n{words}"
REPLY_STYLE = "How they want you to reply:\n{words}"
"""What introduces, after all other instructions, what a person tells every model."""

PROJECT = "This conversation belongs to their project “{name}”. What they want you to keep to in it:\n{words}"
"""What introduces, last of all, what a person tells the model in a project."""

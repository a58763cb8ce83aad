"""The site's own file of conversations: what is in it, by names that stay (docs/export-format.md).

Fields that hold their default are left out. A reader passes over fields that it does not know, so that a new
one needs no new version; VERSION grows when an older reader would take a file for something else.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

FORMAT: Literal["gptsite-conversations"] = "gptsite-conversations"
"""What the first field of every such file says."""

VERSION = 1

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
EndStatus = Literal["complete", "stopped", "interrupted", "failed"]


class ExportedUsage(msgspec.Struct, omit_defaults=True, frozen=True):
    """What a reply took over all of its requests: tokens, and times in milliseconds. None is not known.

    `cached_tokens` of `input_tokens` came from the provider's cache.
    """

    input_tokens: int | None = None
    cached_tokens: int | None = None
    output_tokens: int | None = None
    first_token_ms: int | None = None
    thinking_ms: int | None = None
    total_ms: int | None = None


class ExportedMessage(msgspec.Struct, omit_defaults=True, frozen=True, kw_only=True):
    """A message. `parent` is the id of the one that it follows, None for the first.

    `text` is Markdown in a reply and plain text in a question, `thinking` Markdown. Of one that a moderator
    has hidden (`hidden`) neither is there. `status` is how a reply ended; one that was still being written
    is "interrupted" where the file ends. `finish_reason` is why the model ended, in the words of the model
    API; `error` the code of what went wrong. `model` is the provider's own name for what replied,
    `model_label` what the site calls it, and `requested_model` the one that was chosen and gone. `pinned_at`
    is a question's.
    """

    id: str
    parent: str | None = None
    role: Literal["user", "assistant"]
    created_at: Moment
    text: str = ""
    thinking: str = ""
    hidden: bool = False
    status: EndStatus = "complete"
    finish_reason: str = ""
    error: str = ""
    model: str = ""
    model_label: str = ""
    requested_model: str = ""
    persona: str = ""
    pinned_at: Moment | None = None
    usage: ExportedUsage | None = None


class ExportedConversation(msgspec.Struct, omit_defaults=True, frozen=True, kw_only=True):
    """A conversation with all of its branches.

    `messages` are in the order in which they were made: a parent is before what follows it, and versions of
    one message are in the order of their numbers. `current` is the last message of the branch in view.
    `model` is the provider's own name for the chosen one, "" for the site's default; `persona` the name of
    who replies. `instructions` are missing when they are another person's persona's. `parameters` are by the
    names of the model API. `context_exchanges` None is the site's number. `project` is the id of one of the
    file's.
    """

    id: str
    title: str
    created_at: Moment
    last_activity_at: Moment
    pinned_at: Moment | None = None
    archived_at: Moment | None = None
    project: str | None = None
    model: str = ""
    model_label: str = ""
    persona: str = ""
    instructions: str = ""
    parameters: dict[str, Any] = {}
    context_exchanges: int | None = None
    current: str | None = None
    messages: list[ExportedMessage] = []


class ExportedProject(msgspec.Struct, omit_defaults=True, frozen=True, kw_only=True):
    """A project that conversations of the file belong to."""

    id: str
    name: str
    icon: str = ""
    instructions: str = ""
    created_at: Moment | None = None


class ExportFile(msgspec.Struct, omit_defaults=True, frozen=True, kw_only=True):
    """The whole file, in this order of fields: whoever reads it as a stream knows projects first."""

    format: Literal["gptsite-conversations"]
    version: int
    exported_at: Moment
    site: str = ""
    projects: list[ExportedProject] = []
    conversations: list[ExportedConversation]

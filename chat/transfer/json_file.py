"""The site's own format (chat/transfer/format.py), written as it is read: a piece is in memory at a time."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

import msgspec
from django.utils import timezone

from chat.models import Message, Project
from chat.models.generations import generation_of
from chat.transfer.document import Document, end_status, said
from chat.transfer.format import (
    FORMAT,
    VERSION,
    ExportedConversation,
    ExportedMessage,
    ExportedProject,
    ExportedUsage,
    ExportFile,
)

_encode = msgspec.json.Encoder().encode


def pieces(site: str, projects: Iterable[Project], documents: Iterable[Document]) -> Iterator[bytes]:
    """Return the whole file, a piece after the other."""
    file = ExportFile(
        format=FORMAT,
        version=VERSION,
        exported_at=timezone.now(),
        site=site,
        projects=list(map(_project, projects)),
        conversations=[],
    )
    yield _encode(file).removesuffix(b"]}")
    between = b"\n"
    for document in documents:
        yield between
        yield from _conversation(document)
        between = b",\n"
    yield b"\n]}\n"


def _conversation(document: Document) -> Iterator[bytes]:
    yield _encode(_described(document)).removesuffix(b"}") + b',"messages":['
    between = b"\n"
    for message in document.every_message():
        yield between + _encode(_message(message))
        between = b",\n"
    yield b"\n]}"


def _described(document: Document) -> ExportedConversation:
    """Return what is told of a conversation before its messages."""
    row = document.conversation
    project, tip = row.current_project, row.tip_uuid  # type: ignore[attr-defined]  # of documents_of
    return ExportedConversation(
        id=str(row.uuid),
        title=row.title,
        created_at=row.created_at,
        last_activity_at=row.last_activity_at,
        pinned_at=row.pinned_at,
        archived_at=row.archived_at,
        project=str(project.uuid) if project else None,
        model=row.model.name if row.model else "",
        model_label=str(row.model) if row.model else "",
        persona=row.persona_name,
        instructions=row.instructions if row.instructions_are_open else "",
        parameters=row.parameters,
        context_exchanges=row.exchanges,
        current=str(tip) if tip else None,
    )


def _message(row: Message) -> ExportedMessage:
    text, thinking = said(row)
    generation = generation_of(row)
    usage = ExportedUsage(
        input_tokens=generation.tokens_in,
        cached_tokens=generation.tokens_cached,
        output_tokens=generation.tokens_out,
        first_token_ms=generation.first_token_ms,
        thinking_ms=generation.thinking_ms,
        total_ms=generation.total_ms,
    )
    parent = row.parent_uuid  # type: ignore[attr-defined]  # of Outline.messages
    return ExportedMessage(
        id=str(row.uuid),
        parent=str(parent) if parent else None,
        role=row.role,  # type: ignore[arg-type]  # the two of Role
        created_at=row.created_at,
        text=text,
        thinking=thinking,
        hidden=row.is_hidden,
        # msgspec leaves out what is the same object as the default
        status=sys.intern(end_status(row)),  # type: ignore[arg-type]  # those of Status but RUNNING
        finish_reason=row.finish_reason,
        error=generation.error,
        model=row.model,
        model_label=row.model_label,
        requested_model=row.requested_model,
        persona=row.persona_name,
        pinned_at=row.pinned_at,
        usage=None if usage == ExportedUsage() else usage,
    )


def _project(row: Project) -> ExportedProject:
    return ExportedProject(
        id=str(row.uuid),
        name=row.name,
        icon=row.icon,
        instructions=row.instructions,
        created_at=row.created_at,
    )

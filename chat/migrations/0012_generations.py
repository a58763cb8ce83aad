"""A row of its own for the writing of each answer, content parts, and names.

The version before goes on beside this one for as long as a rolling restart takes: its columns stay, with a
default for rows that this version makes, triggers carry over what either writes, and what was renamed keeps
its column. The next release that alters messages drops triggers and columns first
(docs/decisions.md, "The rows of a rolling restart").
"""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# Of a generation's columns, those of the message that the version before reads and writes
LEGACY = {
    "worker": "instance",
    "heartbeat": "heartbeat",
    "seq": "seq",
    "requested_by_id": "author_id",
    "requested_at": "asked_at",
    "request_count": "requests",
    "truncated_exchanges": "dropped",
    "ignored_parameters": "untaken",
    "first_token_ms": "first_token_ms",
    "thinking_ms": "thinking_ms",
    "total_ms": "total_ms",
    "tokens_in": "tokens_in",
    "tokens_out": "tokens_out",
    "error": "error",
    "error_detail": "error_detail",
    "request_id": "request_id",
}
# Those that a beat writes: the version before needs them only of what it writes itself
BEAT = {"heartbeat", "seq"}
REMOVED = sorted(set(LEGACY.values()) - {"author_id"})
REMOVED_INDEXES = ("failed_replies", "replies_asked_for", "running_replies")

_OURS, _THEIRS = ", ".join(LEGACY), ", ".join(LEGACY.values())
_NEW = ", ".join(f"NEW.{theirs}" for theirs in LEGACY.values())
_TO_GENERATION = ", ".join(f"{ours} = NEW.{theirs}" for ours, theirs in LEGACY.items())
# No heartbeat: to the version before, which ends what has an old one, these replies have none
_TO_MESSAGE = ", ".join(
    ["heartbeat = NULL", "seq = NEW.seq"]
    + [f"{theirs} = NEW.{ours}" for ours, theirs in LEGACY.items() if theirs in REMOVED and ours not in BEAT]
)
_THEIR_UPDATE = f"UPDATE OF {', '.join(REMOVED)} ON chat_message"
_OUR_UPDATE = f"UPDATE OF {', '.join(ours for ours in LEGACY if ours not in BEAT)} ON chat_generation"
_INSERT = f"INSERT INTO chat_generation (reply_id, {_OURS}) VALUES (NEW.id, {_NEW})"
_UPDATE = f"UPDATE chat_generation SET {_TO_GENERATION} WHERE reply_id = NEW.id"
_MIRROR = f"UPDATE chat_message SET {_TO_MESSAGE} WHERE id = NEW.reply_id"
_DELETE = "DELETE FROM chat_generation WHERE reply_id = OLD.id"

# What the version before writes has its heartbeat; without that it is this version's
_IS_THEIRS = "SELECT 1 FROM chat_message m WHERE m.id = NEW.reply_id AND m.heartbeat = NEW.heartbeat"
SQLITE = [
    f"CREATE TRIGGER legacy_message_inserted AFTER INSERT ON chat_message "
    f"WHEN NEW.instance <> '' BEGIN {_INSERT}; END",
    f"CREATE TRIGGER legacy_message_updated AFTER {_THEIR_UPDATE} "
    f"WHEN NEW.heartbeat IS NOT NULL BEGIN {_UPDATE}; END",
    f"CREATE TRIGGER legacy_message_deleted BEFORE DELETE ON chat_message BEGIN {_DELETE}; END",
    f"CREATE TRIGGER legacy_generation_inserted AFTER INSERT ON chat_generation "
    f"WHEN NOT EXISTS ({_IS_THEIRS}) BEGIN {_MIRROR}; END",
    f"CREATE TRIGGER legacy_generation_updated AFTER {_OUR_UPDATE} "
    f"WHEN NOT EXISTS ({_IS_THEIRS}) BEGIN {_MIRROR}; END",
]


def _postgresql(name: str, when: str, condition: str, work: str, row: str = "NEW") -> list[str]:
    """Return the statements that make a trigger. What a trigger writes sets off no other."""
    return [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {work}; RETURN {row}; END $$",
        f"CREATE TRIGGER {name} {when} FOR EACH ROW WHEN (pg_trigger_depth() = 0{condition}) "
        f"EXECUTE FUNCTION {name}()",
    ]


POSTGRESQL = [
    *_postgresql(
        "legacy_message_inserted", "AFTER INSERT ON chat_message", " AND NEW.instance <> ''", _INSERT
    ),
    *_postgresql("legacy_message_updated", f"AFTER {_THEIR_UPDATE}", "", _UPDATE),
    *_postgresql("legacy_message_deleted", "BEFORE DELETE ON chat_message", "", _DELETE, "OLD"),
    *_postgresql("legacy_generation_inserted", "AFTER INSERT ON chat_generation", "", _MIRROR),
    *_postgresql("legacy_generation_updated", f"AFTER {_OUR_UPDATE}", "", _MIRROR),
]


def fill(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the row of each answer that there is, in one statement: none of it passes through Python."""
    schema_editor.execute(
        f"INSERT INTO chat_generation (reply_id, {_OURS}) "
        f"SELECT id, {_THEIRS} FROM chat_message WHERE role = 'assistant'"
    )


def give_defaults(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Let the columns that this version no longer knows have a default.

    SQLite copies a table for each altered field; all at once it copies this one, the largest, once.
    """
    message = apps.get_model("chat", "Message")
    altered = []
    for name in REMOVED:
        old = message._meta.get_field(name)
        if not old.null:
            new = old.clone()
            new.db_default = old.get_default()
            new.set_attributes_from_name(name)
            new.model = message
            altered.append((old, new))
    if schema_editor.connection.vendor == "sqlite":
        schema_editor._remake_table(message, alter_fields=altered)  # type: ignore[attr-defined]
        return
    for old, new in altered:
        schema_editor.alter_field(message, old, new)


def carry_over(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the triggers between what this version and the one before write."""
    statements = {"sqlite": SQLITE, "postgresql": POSTGRESQL}
    for statement in statements.get(schema_editor.connection.vendor, []):
        schema_editor.execute(statement, params=None)


def _text(longest: int, name: str | None = None) -> "models.CharField[str, str]":
    return models.CharField(blank=True, db_default="", default="", max_length=longest, verbose_name=name)


def _count(field: type[Any]) -> Any:
    return field(db_default=0, default=0)


def _figure(name: str) -> Any:
    return models.PositiveIntegerField(blank=True, null=True, verbose_name=name)


CREATE = migrations.CreateModel(
    name="Generation",
    fields=[
        (
            "reply",
            models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                primary_key=True,
                related_name="generation",
                serialize=False,
                to="chat.message",
            ),
        ),
        ("worker", _text(100)),
        ("heartbeat", models.DateTimeField(blank=True, null=True)),
        ("seq", _count(models.PositiveIntegerField)),
        (
            "requested_by",
            models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        ("requested_at", models.DateTimeField(blank=True, null=True)),
        ("request_count", _count(models.PositiveSmallIntegerField)),
        ("truncated_exchanges", _count(models.PositiveSmallIntegerField)),
        ("ignored_parameters", _text(100)),
        ("first_token_ms", _figure("time to first token, ms")),
        ("thinking_ms", _figure("time of thinking, ms")),
        ("total_ms", _figure("total time, ms")),
        ("tokens_in", _figure("tokens in")),
        ("tokens_out", _figure("tokens out")),
        ("error", _text(40, "error")),
        ("error_detail", _text(600, "error for the operator")),
        ("request_id", _text(20, "request id")),
    ],
    options={
        "default_permissions": (),
        "indexes": [
            models.Index(
                condition=models.Q(requested_at__isnull=False),
                fields=["requested_by", "-requested_at"],
                name="replies_requested",
            ),
            models.Index(condition=models.Q(error__gt=""), fields=["reply"], name="replies_with_an_error"),
        ],
    },
)

PROXY = migrations.CreateModel(
    name="FailedReply",
    fields=[],
    options={
        "verbose_name": "failed reply",
        "verbose_name_plural": "failed replies",
        "proxy": True,
        "default_permissions": ["view"],
        "indexes": [],
        "constraints": [],
    },
    bases=("chat.generation",),
)

ACTIVITY = "conversations_of_a_person"
# Attributes with another name than their columns, which the version before reads
RENAMED = [
    migrations.RemoveIndex("conversation", ACTIVITY),
    migrations.RenameField("conversation", "updated_at", "last_activity_at"),
    migrations.AlterField(
        "conversation",
        "last_activity_at",
        models.DateTimeField(auto_now_add=True, db_column="updated_at", verbose_name="last activity"),
    ),
    migrations.AddIndex(
        "conversation",
        models.Index(fields=["owner", "deleted_at", "-last_activity_at", "-id"], name=ACTIVITY),
    ),
    migrations.RenameField("message", "instead_of", "requested_model"),
    migrations.AlterField(
        "message",
        "requested_model",
        models.CharField(blank=True, db_column="instead_of", editable=False, max_length=200),
    ),
    migrations.RenameField("modelrequest", "service", "provider"),
    migrations.AlterField(
        "modelrequest", "provider", models.CharField(db_column="service", max_length=80)
    ),
    migrations.RenameField("modelrequest", "begun", "partial"),
    migrations.AlterField(
        "modelrequest", "partial", models.PositiveIntegerField(db_column="begun", default=0)
    ),
    migrations.RenameField("modelrequest", "dropped", "truncated_exchanges"),
    migrations.AlterField(
        "modelrequest",
        "truncated_exchanges",
        models.PositiveSmallIntegerField(db_column="dropped", default=0),
    ),
    migrations.RenameField("offeredmodel", "quirks", "capabilities"),
    migrations.AlterField(
        "offeredmodel",
        "capabilities",
        models.JSONField(blank=True, db_column="quirks", default=dict, editable=False),
    ),
]


class Migration(migrations.Migration):
    dependencies = [("chat", "0011_instructions_folded")]

    operations = [
        CREATE,
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(give_defaults, migrations.RunPython.noop)],
            state_operations=[
                *(migrations.RemoveIndex("message", name) for name in REMOVED_INDEXES),
                migrations.DeleteModel("FailedReply"),
                PROXY,
                *(migrations.RemoveField("message", name) for name in REMOVED),
                *RENAMED,
            ],
        ),
        migrations.AddField(
            "message", "parts", models.JSONField(blank=True, editable=False, null=True)
        ),
        migrations.AddIndex(
            "message",
            models.Index(
                condition=models.Q(status="running"), fields=["id"], name="replies_being_written"
            ),
        ),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
    ]

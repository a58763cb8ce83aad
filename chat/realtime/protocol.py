"""The wire: every command a browser may send and every event the server sends, named and shaped once.

Commands are JSON objects with a `type`; `parse` turns a frame into one of the structs below.
Events are JSON objects with a `type`, except the one that is sent all the time: a patch is an array
`[handle, seq, change, ...]` where a change is `[block, keep, html]` (chat/markdown: block `block`
becomes its first `keep` UTF-16 units followed by `html`; keep -1 removes the blocks from `block` on)
or `[text]`, more of the model's thinking. The handle is a small number that a snapshot gives to a
reply for the life of the socket: a UUID in every frame would cost more than the words.
"""

import uuid
from typing import Annotated, Any, TypeVar

import msgspec

from chat.core.text import MAX_MESSAGE
from chat.realtime.errors import BadFrame, FrameTooLarge, UnknownCommand

# Bytes; Daphne's own limit is the same, so that a frame over it never reaches Python as text. A message
# of nothing but control characters takes six bytes for each (\u0001), and the rest of its frame little.
MAX_FRAME = 6 * MAX_MESSAGE + 4096

# What a database takes as the id of a row
RowId = Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]

# Close codes of ours. 4012 stands for 1012, "the service restarts": autobahn refuses 1011 to 1013
CLOSE_RESTART, CLOSE_LOGGED_OUT, CLOSE_ABUSE, CLOSE_CROWDED = 4012, 4401, 4403, 4429


class Send(msgspec.Struct, tag="send", forbid_unknown_fields=True):
    """Say `text` after `parent`: a message, or the client_id of one sent before; null begins a chat.

    When the conversation has newer messages than `parent` it is refused, unless a `branch` is wanted. Of a
    chat that this begins, `model` is the id of the one that the page shows, 0 the site's default, and
    `temporary` whether it is a temporary one.
    """

    client_id: uuid.UUID
    text: str
    conversation: uuid.UUID | None = None
    parent: uuid.UUID | None = None
    branch: bool = False
    model: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)] | None = None
    temporary: bool = False


class Edit(msgspec.Struct, tag="edit", forbid_unknown_fields=True):
    """Say `text` in place of one's own `message`, which stays as a sibling. `tip` is the last one shown."""

    client_id: uuid.UUID
    message: uuid.UUID
    text: str
    tip: uuid.UUID | None = None


class Retry(msgspec.Struct, tag="retry", forbid_unknown_fields=True):
    """Ask for another answer in place of `reply`, which stays as a sibling.

    `tip` is the last message shown; null when that is `reply`. `model` is the id of the one that is to answer
    this once; null is the conversation's.
    """

    client_id: uuid.UUID
    reply: uuid.UUID
    tip: uuid.UUID | None = None
    model: RowId | None = None


class Continue(msgspec.Struct, tag="continue", forbid_unknown_fields=True):
    """Write on in `reply`, which was stopped or interrupted."""

    reply: uuid.UUID


class Stop(msgspec.Struct, tag="stop", forbid_unknown_fields=True):
    """Stop writing `reply`; its text stays."""

    reply: uuid.UUID


class Watch(msgspec.Struct, tag="watch", forbid_unknown_fields=True):
    """Look at a conversation: a running reply comes as a snapshot, then patches. Null looks away.

    `tip` is the last message the page shows and `running` whether it shows it as being written. When
    the reply has ended meanwhile it comes as Replaced; when there are newer messages, Stale comes.
    """

    conversation: uuid.UUID | None = None
    tip: uuid.UUID | None = None
    running: bool = False


class Ack(msgspec.Struct, tag="ack", forbid_unknown_fields=True):
    """The browser has placed everything of reply `handle` up to `seq`."""

    handle: int
    seq: int


class Presence(msgspec.Struct, tag="presence", forbid_unknown_fields=True):
    """Whether the page is in view of its person now. The answer is the whole Progress."""

    visible: bool


class Seen(msgspec.Struct, tag="seen", forbid_unknown_fields=True):
    """The page has shown its person the reply that ended in a conversation."""

    conversation: uuid.UUID


T = TypeVar("T")

Command = Send | Edit | Retry | Continue | Stop | Watch | Ack | Presence | Seen
_decoder: msgspec.json.Decoder[Command] = msgspec.json.Decoder(Command)
# A template's SafeString is text too
_encoder = msgspec.json.Encoder(enc_hook=lambda text: str.__str__(text))
COMMANDS = {struct.__struct_config__.tag for struct in Command.__args__}


def parse(frame: str) -> Command:
    """Return a text frame as a command. Raise FrameTooLarge, UnknownCommand or BadFrame."""
    return decode(_decoder, frame, MAX_FRAME)


def decode(decoder: msgspec.json.Decoder[T], frame: str, most: int) -> T:
    """Return what a decoder makes of a frame of at most so many characters. Raise what parse() raises."""
    if len(frame) > most:
        raise FrameTooLarge
    try:
        return decoder.decode(frame)
    except (msgspec.MsgspecError, UnicodeError, RecursionError, ValueError) as problem:
        if "Invalid value" in str(problem) and "$.type" in str(problem):
            raise UnknownCommand from problem
        raise BadFrame from problem


def encode(event: msgspec.Struct | list[Any]) -> str:
    """Return an event as the text of one frame."""
    return _encoder.encode(event).decode()


class Hello(msgspec.Struct, tag="hello"):
    """The socket is open and its person known, who may send unless AccountStatus says otherwise.

    `user` is who that is: a page may have been opened by somebody else, who was logged in here before.
    """

    user: int


class Sent(msgspec.Struct, tag="sent", omit_defaults=True):
    """A message (or a retry) is saved: the acknowledgement of `client_id`, and what other tabs learn it by.

    `message_html` is the person's message rendered, only for the tabs that did not write it. `branched`
    says that it is not simply the next one below what is in view: the page is to be fetched anew. `persona`
    is the name of who answers, "" for nobody in particular.
    """

    client_id: uuid.UUID
    conversation: uuid.UUID
    reply: uuid.UUID
    message: uuid.UUID | None = None
    message_html: str = ""
    branched: bool = False
    persona: str = ""


class Snapshot(msgspec.Struct, tag="snapshot", omit_defaults=True):
    """A reply as it stands at `seq`: the HTML of its blocks and of those of its thinking (`thoughts`).
    Patches after it carry `handle`: `[block, keep, html]` for the answer, and with a 1 at the end for the
    thinking.

    `thinking_ms` is how long it has thought so far; null when it has not. A long reply comes in parts, each
    when the one before is acknowledged: this one goes on after the first `keep` UTF-16 units of `block`, and
    the first `thought_keep` ones of the thinking's block `thought`; with `more` the last ones are not whole.
    `quiet_ms` is how long nothing has come from the model.
    """

    reply: uuid.UUID
    handle: int
    seq: int
    blocks: list[str]
    thoughts: list[str]
    thinking_ms: int | None = None
    block: int = 0
    keep: int = 0
    thought: int = 0
    thought_keep: int = 0
    more: bool = False
    quiet_ms: int = 0


class Ended(msgspec.Struct, tag="ended", omit_defaults=True):
    """A reply is final. `text` is the sentence for the person when it failed, `request` the line that names
    the request to who runs the site, `model` who wrote it.

    `note` says it when the model's context was full and `dropped` exchanges were left out, `instead` that
    another model was chosen, and is gone. `began` is the message at which the model's view began, if it was
    shortened so, `finish` why a whole reply ended. `seq` is that of its last patch: a page that has not
    placed all up to it must not show this end with the words it has, and fetches itself anew. `lang` is the
    language of what it said, if its letters tell another one than the reader's.
    """

    reply: uuid.UUID
    status: str
    text: str = ""
    request: str = ""
    model: str = ""
    instead: str = ""
    dropped: int = 0
    note: str = ""
    seq: int = 0
    began: uuid.UUID | None = None
    finish: str = ""
    lang: str = ""


class Replaced(msgspec.Struct, tag="replaced"):
    """A message is to be shown anew, as `html` (an article)."""

    message: uuid.UUID
    html: str


class Stale(msgspec.Struct, tag="stale"):
    """The page shows less of this conversation than there is: it is to be fetched anew."""

    conversation: uuid.UUID


class Listed(msgspec.Struct, tag="listed", omit_defaults=True):
    """A conversation is new, active or renamed: it belongs on top of its list if `moved`.

    Its list is that of `project`, or of those of today in none; one that is `pinned` stays where it is among
    the pinned ones.
    """

    conversation: uuid.UUID
    title: str
    moved: bool
    pinned: bool = False
    project: uuid.UUID | None = None


class Projects(msgspec.Struct, tag="projects"):
    """The person's projects are others, or have other names: they are to be fetched anew."""


PINNED, IN_PROJECT, ARCHIVED, DELETED = "pinned", "project", "archived", "deleted"


class Arranged(msgspec.Struct, tag="arranged"):
    """Where conversations belong now: PINNED, IN_PROJECT, ARCHIVED, DELETED, or "" for among the others.

    Their places a page asks for (chat/pages/lists.py: conversation_list).
    """

    places: dict[uuid.UUID, str]


WRITING, UNSEEN = "writing", "unseen"


class Progress(msgspec.Struct, tag="progress", omit_defaults=True):
    """Which conversations are WRITING, or UNSEEN: ended without having been shown to their person.

    "" is neither. With `whole` these are all of them, else only those that have changed.
    """

    states: dict[uuid.UUID, str]
    whole: bool = False


class AccountStatus(msgspec.Struct, tag="standing"):
    """Whether the person may send; `text` tells why not and until when."""

    may_send: bool
    text: str


class Refused(msgspec.Struct, tag="error", omit_defaults=True):
    """A command was refused: `code` of chat/core/errors.py, a sentence, and what it was about."""

    code: str
    text: str
    client_id: uuid.UUID | None = None
    reply: uuid.UUID | None = None
    retry_after: float | None = None
    request_id: str = ""


Event = (
    Hello
    | Sent
    | Snapshot
    | Ended
    | Replaced
    | Stale
    | Listed
    | Projects
    | Arranged
    | Progress
    | AccountStatus
    | Refused
)

"""The wire of `/ws/voice/`: commands, events and frames of sound, named and shaped once.

Text frames are JSON objects with a `type`. Binary frames are sound, 16-bit little-endian mono samples behind
a header of little-endian numbers: from the browser `[id]`, the clip, at 16 kHz; from the server
`[id, sentence]`, at the rate that the sentence's event names. Ids are counters of the page (32 bits), one
for clips and readings.
"""

import struct
import uuid
from typing import Annotated

import msgspec

from chat.realtime import protocol
from chat.realtime.errors import BadAudio, FrameTooLarge

RATE = 16_000
"""Samples a second of what a browser records."""

SAMPLE = 2
"""Bytes of a sample."""

MAX_AUDIO = 64 * 1024
"""Bytes of one frame of sound, two seconds of it; a page sends about 3,200 at a time."""

# Characters of a command: the longest, a sample to be said, has 200 to say
MAX_COMMAND = 8192

_CLIP, _SPEECH = struct.Struct("<I"), struct.Struct("<II")

Id = Annotated[int, msgspec.Meta(ge=0, lt=2**32)]
Language = Annotated[str, msgspec.Meta(pattern=r"^([A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8}){0,3})?\Z")]
Voice = Annotated[str, msgspec.Meta(max_length=100)]
Speed = Annotated[float, msgspec.Meta(ge=0.25, le=4)]


class Listen(msgspec.Struct, tag="listen", forbid_unknown_fields=True):
    """A clip begins, and its sound follows. `language` "" is to be found by the service."""

    id: Id
    language: Language = ""


class Finish(msgspec.Struct, tag="finish", forbid_unknown_fields=True):
    """All of the clip is here: recognise it."""

    id: Id


class Discard(msgspec.Struct, tag="discard", forbid_unknown_fields=True):
    """Throw the clip away, also while it is being recognised."""

    id: Id


class Read(msgspec.Struct, tag="read", forbid_unknown_fields=True):
    """Read a reply aloud from `sentence` on; a running one as it comes. Another reading ends."""

    id: Id
    message: uuid.UUID
    sentence: Id = 0
    speed: Speed = 1.0
    voice: Voice = ""


class Try(msgspec.Struct, tag="try", forbid_unknown_fields=True):
    """Say a sample, so that a voice can be chosen. Another reading ends."""

    id: Id
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    language: Language = ""
    speed: Speed = 1.0
    voice: Voice = ""


class Played(msgspec.Struct, tag="played", forbid_unknown_fields=True):
    """A sentence has been heard to its end: so many more may be made."""

    id: Id
    sentence: Id


class Quiet(msgspec.Struct, tag="quiet", forbid_unknown_fields=True):
    """Stop reading. `interrupted` by somebody who talks with the model: of `sentence` they have heard
    `share`, and the model is told with what they say next.
    """

    id: Id
    sentence: Id = 0
    share: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0
    interrupted: bool = False


class Sound(msgspec.Struct, frozen=True):
    """A frame of sound for clip `id`."""

    id: int
    pcm: bytes


Command = Listen | Finish | Discard | Read | Try | Played | Quiet
_decoder: msgspec.json.Decoder[Command] = msgspec.json.Decoder(Command)
COMMANDS = {struct.__struct_config__.tag for struct in Command.__args__}


def parse(frame: str) -> Command:
    """Return the command in a text frame. Raise FrameTooLarge, UnknownCommand or BadFrame."""
    return protocol.decode(_decoder, frame, MAX_COMMAND)


def parse_sound(frame: bytes) -> Sound:
    """Return what a binary frame brings. Raise FrameTooLarge or BadAudio."""
    if len(frame) > _CLIP.size + MAX_AUDIO:
        raise FrameTooLarge
    if len(frame) <= _CLIP.size or (len(frame) - _CLIP.size) % SAMPLE:
        raise BadAudio
    return Sound(_CLIP.unpack_from(frame)[0], frame[_CLIP.size :])


def speech_frame(reading: int, sentence: int, pcm: bytes) -> bytes:
    """Return the frame that brings samples of a sentence."""
    return _SPEECH.pack(reading, sentence) + pcm


class Words(msgspec.Struct, tag="words"):
    """What is heard in a clip so far, all of it; with `final` the clip is done.

    No words then: nothing was heard.
    """

    id: int
    text: str
    final: bool


class Sentence(msgspec.Struct, tag="sentence"):
    """The sound of a sentence begins, at `rate` samples a second; after it there are `pause` milliseconds.

    It stands in block `block` of the reply, from `start` to `end`, in UTF-16 units of the block's text
    (null where the words are not the block's own). `language` is for a page that speaks it itself.
    """

    id: int
    sentence: int
    text: str
    block: int | None
    start: int | None
    end: int | None
    pause: int
    rate: int
    language: str


class Spoken(msgspec.Struct, tag="spoken"):
    """All of a sentence's sound was sent."""

    id: int
    sentence: int


class Done(msgspec.Struct, tag="done"):
    """Nothing more is to be read."""

    id: int


class Refused(msgspec.Struct, tag="error", omit_defaults=True):
    """A command was refused, or what it began has failed: `code` of a ChatError, a sentence, and the clip or
    reading it was about.
    """

    code: str
    text: str
    id: int | None = None
    retry_after: float | None = None
    request_id: str = ""


Event = Words | Sentence | Spoken | Done | Refused

"""Recordings of one socket while they come: sound in bounded memory, nothing on the disk.

A minute is 1.9 MB. What a person says is held until it is recognised or thrown away, or its socket is gone.
"""

import time
from collections import Counter
from dataclasses import dataclass, field

from chat.realtime.voice_protocol import RATE, SAMPLE, Listen, Sound
from chat.voice.errors import MAX_CLIP_MINUTES, ClipTooLong, TooManyClips, UnknownClip, VoiceBusy

BYTES_A_SECOND = RATE * SAMPLE
LONGEST_CLIP = MAX_CLIP_MINUTES * 60
"""Seconds of one recording: 19 MB, below the 25 MB that speech services take."""

# Recordings of one socket at once: one that is said, and those that are being recognised or come anew after a
# connection that was cut
MOST_CLIPS = 4
# Bytes of all recordings of this process, a dozen of the longest or hundreds of usual ones; and of one
# person, two of the longest, so that it takes seven people to hold all
MOST_HELD, MOST_OF_ONE = 256 * 1024 * 1024, 40 * 1024 * 1024
# Seconds after which a recording that gets no more sound is let go of. Ten frames a second come while it
# is under way, and a page that was asleep has all of it, and sends it anew
IDLE_CLIP = 60.0


class Memory:
    """What all recordings of this process take, by person."""

    def __init__(self) -> None:
        self._held: Counter[int] = Counter()

    @property
    def held(self) -> int:
        """Bytes of them all."""
        return self._held.total()

    def take(self, person: int, size: int) -> None:
        """Count `size` more bytes. Raise TooManyClips or VoiceBusy when there is no room for them."""
        if self._held[person] + size > MOST_OF_ONE:
            raise TooManyClips
        if self.held + size > MOST_HELD:
            raise VoiceBusy
        self._held[person] += size

    def give_back(self, person: int, size: int) -> None:
        """Count `size` bytes less."""
        self._held[person] -= size
        if not self._held[person]:
            del self._held[person]


memory = Memory()


@dataclass(slots=True)
class Clip:
    """One recording of a person: 16-bit little-endian mono samples at RATE."""

    person: int
    id: int
    language: str
    is_finished: bool = False
    size: int = 0
    """Bytes of sound, also when it is taken."""
    heard_at: float = field(default_factory=time.monotonic)
    """When sound came last."""
    # Not a list of frames: those of a single sample each would take twenty times their size
    _pcm: bytearray = field(default_factory=bytearray)

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.size / BYTES_A_SECOND

    def add(self, pcm: bytes) -> None:
        """Take in what follows. Raise what `memory` refuses, or ClipTooLong beyond LONGEST_CLIP."""
        self.heard_at = time.monotonic()
        room = LONGEST_CLIP * BYTES_A_SECOND - self.size
        kept = pcm[:room]
        memory.take(self.person, len(kept))
        self._pcm += kept
        self.size += len(kept)
        if len(pcm) > room:
            raise ClipTooLong

    def take(self) -> bytes:
        """Return all of it, and hold none: who recognises it has it in a form of its own for minutes."""
        pcm, self._pcm = bytes(self._pcm), bytearray()
        return pcm


class Clips:
    """The recordings of one socket, by the page's ids."""

    def __init__(self, person: int) -> None:
        self._person = person
        self._clips: dict[int, Clip] = {}
        self._full: set[int] = set()

    def __len__(self) -> int:
        """Return how many there are, those that are being recognised among them."""
        return len(self._clips)

    def __contains__(self, clip_id: int) -> bool:
        """Return whether more sound of a recording is awaited."""
        return clip_id in self._clips and not self._clips[clip_id].is_finished

    def begin(self, command: Listen) -> None:
        """Open a recording; one of the same id is thrown away. Raise TooManyClips."""
        self.discard(command.id)
        if len(self._clips) >= MOST_CLIPS:
            raise TooManyClips
        self._clips[command.id] = Clip(self._person, command.id, command.language)

    def add(self, sound: Sound) -> None:
        """Put sound to its recording.

        Raise UnknownClip, TooManyClips or VoiceBusy (the recording is thrown away then, for it has a gap),
        or, once, ClipTooLong: what goes beyond is passed over from then on.
        """
        clip = self._open(sound.id)
        try:
            clip.add(sound.pcm)
        except ClipTooLong:
            if clip.id not in self._full:
                self._full.add(clip.id)
                raise
        except (TooManyClips, VoiceBusy):
            self.discard(clip.id)
            raise

    def finish(self, clip_id: int) -> Clip:
        """Return a recording that is whole; it is held until it is discarded. Raise UnknownClip."""
        clip = self._open(clip_id)
        clip.is_finished = True
        return clip

    def discard(self, clip_id: int) -> None:
        """Let go of a recording; without one it is nothing."""
        if clip := self._clips.get(clip_id):
            self.let_go(clip)

    def let_go(self, clip: Clip) -> None:
        """Let go of this very recording, once."""
        if self._clips.get(clip.id) is clip:
            del self._clips[clip.id]
            memory.give_back(clip.person, clip.size)
            self._full.discard(clip.id)

    def discard_idle(self) -> list[int]:
        """Let go of recordings whose sound comes no more; return their ids."""
        latest = time.monotonic() - IDLE_CLIP
        idle = [clip.id for clip in self._clips.values() if not clip.is_finished and clip.heard_at < latest]
        for clip_id in idle:
            self.discard(clip_id)
        return idle

    def close(self) -> list[int]:
        """Let go of all; return their ids."""
        ids = list(self._clips)
        for clip_id in ids:
            self.discard(clip_id)
        return ids

    def _open(self, clip_id: int) -> Clip:
        if clip_id not in self:
            raise UnknownClip
        return self._clips[clip_id]

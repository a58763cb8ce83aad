"""WAV: made of samples, and read piece by piece while it comes, whatever is in it, as 16-bit mono.

The layout is Microsoft's ("Multimedia Programming Interface and Data Specifications 1.0", chapter 3): RIFF,
a size, WAVE, then chunks of a name, a size and data, padded to even lengths. A service that does not know
yet how much it will say writes 0 or 0xFFFFFFFF for sizes (ffmpeg, Kokoro), or 2,000,000,000 (Pocket TTS):
then the sound lasts as long as the body. Others send a whole WAV for each sentence of a text, one behind the
other (https://github.com/remsky/Kokoro-FastAPI/issues/57).
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Callable

from chat.provider.speech.errors import SpeechCut, UnusableSound

HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
CHUNK = struct.Struct("<4sI")
FORMAT = struct.Struct("<HHIIHH")

PCM, FLOAT, A_LAW, MU_LAW, EXTENSIBLE = 1, 3, 6, 7, 0xFFFE
ENDLESS = 0x1000_0000
"""Sizes from here on, 46 minutes at 48 kHz, are no sizes but what is written where none is known."""

MAX_HEAD = 64 * 1024
"""Bytes before the samples. Players and recorders put a few hundred of names and dates there."""

RATES = range(4000, 192_001)
MAX_CHANNELS = 8


def wav(pcm: bytes, rate: int) -> bytes:
    """Return 16-bit mono samples as a WAV file."""
    size = len(pcm)
    return HEADER.pack(
        *(b"RIFF", size + HEADER.size - 8, b"WAVE", b"fmt ", 16),
        *(PCM, 1, rate, rate * 2, 2, 16),
        *(b"data", size),
    ) + bytes(pcm)


class SampleReader:
    """Turn bytes, cut anywhere, into whole 16-bit mono samples, from any usual width and many channels."""

    def __init__(self, kind: int = PCM, channels: int = 1, bits: int = 16) -> None:
        """Raises UnusableSound for a kind, a width or a number of channels that is not read."""
        width = _widths(kind).get(bits)
        if width is None or not 0 < channels <= MAX_CHANNELS:
            raise UnusableSound(f"WAV of kind {kind}, {bits} bits, {channels} channels")
        self._narrow, self._channels = width, channels
        self._frame = bits // 8 * channels
        self._rest = b""

    def feed(self, data: bytes) -> bytes:
        """Return the samples that these bytes complete, little-endian."""
        data = self._rest + data
        end = len(data) - len(data) % self._frame
        self._rest = data[end:]
        samples = self._narrow(data[:end])
        return samples if self._channels == 1 else _mixed(samples, self._channels)


class WavReader:
    """Read a WAV from its start. `rate` is 0 until its header is here."""

    def __init__(self) -> None:
        self.rate = 0
        self._head = b""
        self._chunk = 12  # where in it the next chunk begins: what was seen is not looked at again
        self._left: int | None = None  # bytes of sound to come; None for as long as there are any
        self._pad = 0  # bytes between that and what follows it
        self._samples: SampleReader | None = None
        self._is_open = self._has_sound = False

    def feed(self, data: bytes) -> bytes:
        """Return the samples that these bytes complete. Raises UnusableSound."""
        found = b""
        while data:
            if not self._is_open:
                self._head += data
                if not self._open():
                    self._check_head()
                    break
                data, self._head = self._head, b""
            assert self._samples is not None
            if self._left is None:
                return found + self._samples.feed(data)
            part, data = data[: self._left], data[self._left :]
            self._left -= len(part)
            found += self._samples.feed(part)
            if not self._left:
                self._is_open, self._chunk = False, self._pad
        return found

    def close(self) -> None:
        """Say that no more comes. Raises SpeechCut if the header promised more, or is not whole itself."""
        if not (self._is_open or self._has_sound):
            raise SpeechCut(f"a WAV that ends within its header, after {len(self._head)} bytes")
        if self._left:
            raise SpeechCut(f"a WAV that ends {self._left} bytes before its end")

    def _check_head(self) -> None:
        if len(self._head) <= MAX_HEAD:
            return
        if not self._has_sound:
            raise UnusableSound("a WAV without sound in its first 64 KiB")
        self._head = self._head[:MAX_HEAD]  # whatever follows the sound is nothing to us

    def _open(self) -> bool:
        """Look for the samples; return whether they begin, and let `_head` begin with them."""
        head = self._head
        if not self._has_sound and len(head) >= 12 and (head[:4] != b"RIFF" or head[8:12] != b"WAVE"):
            raise UnusableSound(f"sound that is no WAV, but begins with {head[:4]!r}")
        while self._chunk + CHUNK.size <= len(head):
            name, size = CHUNK.unpack_from(head, self._chunk)
            start = self._chunk + CHUNK.size
            if name == b"data":
                self._begin(size, head[start:])
                return True
            if name == b"fmt ":
                if len(head) < start + size:
                    return False
                self._understand(head[start : start + size])
            is_another = name == b"RIFF" and self._has_sound
            self._chunk = start + 4 if is_another else start + size + size % 2
        return False

    def _begin(self, size: int, rest: bytes) -> None:
        if self._samples is None:
            raise UnusableSound("a WAV that does not say what its sound is")
        self._left = size if 0 < size < ENDLESS else None
        self._pad = size % 2
        self._head, self._is_open, self._has_sound = rest, True, True

    def _understand(self, chunk: bytes) -> None:
        if len(chunk) < FORMAT.size:
            raise UnusableSound("a WAV that does not say what its sound is")
        kind, channels, rate, _, _, bits = FORMAT.unpack_from(chunk)
        if kind == EXTENSIBLE and len(chunk) >= 26:
            kind = int.from_bytes(chunk[24:26], "little")
        if rate not in RATES:
            raise UnusableSound(f"a WAV of {rate} samples a second")
        if self.rate not in (0, rate):
            raise UnusableSound(f"a WAV of {self.rate} samples a second, and one of {rate} behind it")
        self._samples = SampleReader(kind, channels, bits)
        self.rate = rate


def _widths(kind: int) -> dict[int, Callable[[bytes], bytes]]:
    known: dict[int, dict[int, Callable[[bytes], bytes]]] = {
        PCM: {8: _from_8, 16: bytes, 24: _top_of(3), 32: _top_of(4)},
        FLOAT: {32: _from_float("f"), 64: _from_float("d")},
        A_LAW: {8: _from_table(_linear_of_a_law)},
        MU_LAW: {8: _from_table(_linear_of_mu_law)},
    }
    return known.get(kind, {})


def _from_8(data: bytes) -> bytes:
    """8 bits are without a sign, with silence at 128."""
    wide = bytearray(2 * len(data))
    wide[1::2] = data.translate(_SIGNED)
    return bytes(wide)


_SIGNED = bytes((value - 128) & 0xFF for value in range(256))


def _top_of(width: int) -> Callable[[bytes], bytes]:
    """Keep the two upper bytes of each sample."""

    def narrowed(data: bytes) -> bytes:
        top = bytearray(len(data) // width * 2)
        top[0::2], top[1::2] = data[width - 2 :: width], data[width - 1 :: width]
        return bytes(top)

    return narrowed


def _from_float(code: str) -> Callable[[bytes], bytes]:
    """From -1 to 1; what is beyond, or no number, is cut off."""

    def narrowed(data: bytes) -> bytes:
        values = _array(code, data)
        whole = (int(max(-1.0, min(1.0, value)) * 32767) if value == value else 0 for value in values)
        return _bytes(array("h", whole))

    return narrowed


def _from_table(linear: Callable[[int], int]) -> Callable[[bytes], bytes]:
    def widened(data: bytes) -> bytes:
        table = [linear(value) for value in range(256)]
        return _bytes(array("h", (table[value] for value in data)))

    return widened


def _linear_of_mu_law(value: int) -> int:
    """By ITU-T G.711: sign, three bits of exponent, four of mantissa, all inverted; biased by 132."""
    value = ~value & 0xFF
    size = ((value & 15) << 3 | 0x84) << (value >> 4 & 7)
    return 0x84 - size if value & 0x80 else size - 0x84


def _linear_of_a_law(value: int) -> int:
    """By ITU-T G.711: as above, with each second bit inverted and without a bias."""
    value ^= 0x55
    exponent, size = value >> 4 & 7, (value & 15) << 4 | 8
    size = (size | 0x100) << exponent - 1 if exponent else size
    return size if value & 0x80 else -size


def _mixed(samples: bytes, channels: int) -> bytes:
    """Return the mean of the channels, which cannot overflow."""
    values = _array("h", samples)
    sides = [values[side::channels] for side in range(channels)]
    return _bytes(array("h", (sum(each) // channels for each in zip(*sides, strict=True))))


def _array(code: str, data: bytes) -> array[int]:
    values = array(code, data)
    if sys.byteorder == "big":
        values.byteswap()
    return values


def _bytes(values: array[int]) -> bytes:
    if sys.byteorder == "big":
        values.byteswap()
    return values.tobytes()

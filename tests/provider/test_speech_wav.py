"""WAV in every usual form becomes 16-bit mono samples, however it is cut."""

import struct
import sys
from array import array
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.provider.errors import ProviderError
from chat.provider.speech.decoding import Decoder
from chat.provider.speech.errors import UnusableSound
from chat.provider.speech.wav import A_LAW, EXTENSIBLE, FLOAT, MU_LAW, WavReader, wav
from tests.support.scripted_speech import tone, wav_of

HEADS = [
    wav_of(b"")[:36],
    wav_of(b"", bits=8, channels=3),
    b"RIFF\xff\xff\xff\xffWAVE",
    b"data\x00\x00\x00\x00",
]
MONO = tone(0.05, 16_000)


def read(data: bytes, *cuts: int) -> tuple[bytes, int]:
    reader = WavReader()
    places = [0, *sorted(cuts), len(data)]
    pcm = b"".join(reader.feed(data[start:end]) for start, end in pairwise(places))
    reader.close()
    return pcm, reader.rate


@given(
    st.lists(st.integers(-(2**15), 2**15 - 1), max_size=60),
    st.integers(4000, 192_000),
    st.lists(st.integers(0, 160), max_size=5),
)
def test_what_is_made_is_read_again_wherever_it_is_cut(values, rate, cuts):
    pcm = array("h", values).tobytes()
    data = wav(pcm, rate)
    assert read(data, *(min(cut, len(data)) for cut in cuts)) == (pcm, rate)


def test_twenty_four_and_thirty_two_bits_lose_their_lower_ones():
    deep = b"".join(b"\x55" + struct.pack("<h", value) for value in MONO)
    assert read(wav_of(deep, bits=24)) == (MONO.tobytes(), 24_000)
    deeper = b"".join(b"\x55\xaa" + struct.pack("<h", value) for value in MONO)
    assert read(wav_of(deeper, bits=32)) == (MONO.tobytes(), 24_000)


def test_floats_are_scaled_and_what_is_beyond_is_cut_off():
    data = struct.pack("<6f", 0.0, 1.0, -1.0, 7.0, float("-inf"), float("nan"))
    pcm, _ = read(wav_of(data, bits=32, kind=FLOAT))
    assert array("h", pcm).tolist() == [0, 32767, -32767, 32767, -32767, 0]


def test_floats_of_eight_bytes_are_read_too():
    data = struct.pack("<3d", 0.0, 1.0, -0.5)
    pcm, _ = read(wav_of(data, bits=64, kind=FLOAT))
    assert array("h", pcm).tolist() == [0, 32767, -16383]


@pytest.mark.parametrize(
    ("kind", "values"),
    [(MU_LAW, {0xFF: 0, 0x7F: 0, 0x80: 32124, 0x00: -32124, 0xEF: 132}), (A_LAW, {0xD5: 8, 0x55: -8, 0xAA: 32256, 0x2A: -32256})],
)  # fmt: skip
def test_the_laws_of_telephones_are_read(kind, values):
    """The values are those of ITU-T G.711."""
    pcm, _ = read(wav_of(bytes(values), bits=8, kind=kind))
    assert array("h", pcm).tolist() == list(values.values())


@given(st.lists(st.integers(0, 400), max_size=6), st.integers(1, 3))
def test_a_wav_behind_a_wav_is_heard_too(cuts, count):
    """As services send a text's sentences: https://github.com/remsky/Kokoro-FastAPI/issues/57."""
    pcm = MONO[:31].tobytes()
    tags = b"LIST" + struct.pack("<I", 5) + b"INFO\x01\x00"
    data = (wav_of(pcm) + tags) * count
    assert read(data, *(min(cut, len(data)) for cut in cuts)) == (pcm * count, 24_000)


def test_wavs_of_two_rates_are_not_played_at_one():
    with pytest.raises(UnusableSound):
        read(wav_of(MONO.tobytes(), rate=24_000) + wav_of(MONO.tobytes(), rate=16_000))


def test_what_follows_the_sound_is_not_kept():
    reader = WavReader()
    reader.feed(wav_of(MONO.tobytes()))
    for _ in range(100):
        assert reader.feed(b"x" * 64 * 1024) == b""
    assert len(reader._head) <= 64 * 1024
    reader.close()


def test_channels_are_mixed_without_overflowing():
    loud = array("h", [32767, 32767, -32768, -32768, 100, 300]).tobytes()
    pcm, _ = read(wav_of(loud, channels=2))
    assert array("h", pcm).tolist() == [32767, -32768, 200]


def test_an_extensible_header_says_what_it_holds_further_down():
    form = struct.pack("<HHIIHH", EXTENSIBLE, 1, 16_000, 32_000, 2, 16)
    form += struct.pack("<HHI", 22, 16, 4) + struct.pack("<H", 1) + bytes(14)
    data = b"RIFF\xff\xff\xff\xffWAVEfmt " + struct.pack("<I", len(form)) + form
    data += b"data" + struct.pack("<I", len(MONO) * 2) + MONO.tobytes()
    assert read(data) == (MONO.tobytes(), 16_000)


def test_names_and_dates_around_the_sound_are_not_heard():
    data = wav_of(MONO.tobytes())
    tags = b"LIST" + struct.pack("<I", 5) + b"INFO\x01\x00"
    assert read(data[:12] + tags + data[12:] + tags) == (MONO.tobytes(), 24_000)


def test_a_long_head_in_tiny_pieces_is_looked_at_once(monkeypatch):
    class Counted(struct.Struct):
        looks = 0

        def unpack_from(self, *arguments):
            self.looks += 1
            return super().unpack_from(*arguments)

    counted = Counted("<4sI")
    monkeypatch.setattr(sys.modules[WavReader.__module__], "CHUNK", counted)  # its package has a function wav
    reader = WavReader()
    reader.feed(b"RIFF\xff\xff\xff\xffWAVE")
    for _ in range(1000):
        reader.feed(b"LIST\x00\x00\x00\x00")
    assert counted.looks == 1000


@given(st.lists(st.one_of(st.binary(max_size=60), st.sampled_from(HEADS)), max_size=8))
def test_whatever_a_service_sends_as_sound_is_whole_samples_or_one_of_our_errors(pieces):
    decoder = Decoder("audio/wav", "")
    with suppress(ProviderError):
        for piece in pieces:
            if audio := decoder.feed(piece):
                assert len(audio.pcm) % 2 == 0
                assert 4000 <= audio.rate <= 192_000
        decoder.close()

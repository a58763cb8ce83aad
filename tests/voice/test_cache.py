"""Speech that was made is kept for a day, bounded in size, for the person it was made for."""

import os
import time
from dataclasses import replace

import pytest

from chat.provider.speech import Audio
from chat.voice import cache as module
from chat.voice.cache import KEPT_FOR, SpeechCache, Utterance

SAID = Utterance(1, "Scripted", "Hello.", "en", "one", 1.0)
SOUND = Audio(b"\1\2\3\4", 22_050)


@pytest.fixture
def cache(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return SpeechCache()


def files(cache):
    return sorted(cache.folder.iterdir())


def test_what_was_kept_is_found(cache):
    assert cache.find(SAID) is None
    cache.keep(SAID, SOUND)
    assert cache.find(SAID) == SOUND


@pytest.mark.parametrize(
    "other",
    [
        {"person": 2},
        {"speaker": "Other"},
        {"text": "Hello!"},
        {"language": "de"},
        {"voice": "two"},
        {"speed": 1.25},
    ],
    ids=lambda other: next(iter(other)),
)
def test_what_sounds_otherwise_or_is_for_others_is_something_else(cache, other):
    cache.keep(SAID, SOUND)
    assert cache.find(replace(SAID, **other)) is None


def test_a_name_does_not_run_into_the_next(cache):
    assert replace(SAID, text="ab", language="c").key != replace(SAID, text="a", language="bc").key


def test_after_a_day_it_is_neither_found_nor_there(cache):
    cache.keep(SAID, SOUND)
    long_ago = time.time() - KEPT_FOR - 1
    os.utime(cache.folder / SAID.key, (long_ago, long_ago))
    assert cache.find(SAID) is None
    SpeechCache().sweep()
    assert files(cache) == []


def test_of_too_much_the_oldest_leaves(cache, monkeypatch):
    monkeypatch.setattr(module, "MOST_BYTES", 40)
    for number in range(6):
        said = replace(SAID, text=str(number))
        cache.keep(said, SOUND)
        moment = time.time() - 100 + number
        os.utime(cache.folder / said.key, (moment, moment))
    SpeechCache().sweep()
    assert {path.name for path in files(cache)} == {replace(SAID, text=str(n)).key for n in (3, 4, 5)}


def test_what_was_left_half_written_leaves_too(cache):
    cache.keep(SAID, SOUND)
    part = cache.folder / f"{SAID.key}.0000"
    part.write_bytes(b"half")
    long_ago = time.time() - KEPT_FOR - 1
    os.utime(part, (long_ago, long_ago))
    SpeechCache().sweep()
    assert [path.name for path in files(cache)] == [SAID.key]


@pytest.mark.parametrize("content", [b"", b"pcm", b"pcm1", b"pcm1\0\0\0\0\1\1", b"xxxx\1\1\0\0\1\1"])
def test_a_file_that_is_none_of_ours_is_not_played(cache, content):
    cache.keep(SAID, SOUND)
    (cache.folder / SAID.key).write_bytes(content)
    assert cache.find(SAID) is None


def test_others_on_the_machine_cannot_read_it_and_its_name_tells_nothing(cache):
    cache.keep(SAID, SOUND)
    [path] = files(cache)
    assert path.stat().st_mode & 0o077 == 0
    assert cache.folder.stat().st_mode & 0o077 == 0
    assert "Hello" not in path.name


def test_a_disk_that_cannot_be_written_to_costs_the_cache_alone(cache, settings, tmp_path, caplog):
    settings.DATA_DIR = tmp_path / "file"
    settings.DATA_DIR.write_text("not a folder")
    cache.keep(SAID, SOUND)
    assert cache.find(SAID) is None
    assert "not kept" in caplog.text

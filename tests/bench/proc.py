"""What a process costs, read from outside it (Linux: /proc)."""

import os
from contextlib import suppress
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


def cpu_of(pid: int) -> float:
    """Seconds of processor time so far: all threads, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def family_of(pid: int) -> list[int]:
    """The process, and all that it has started and they have."""
    found = [pid]
    for parent in found:
        for listing in Path(f"/proc/{parent}/task").glob("*/children"):
            with suppress(OSError):
                found += map(int, listing.read_text().split())
    return found


def cpu_of_family(pid: int) -> float:
    """As `cpu_of`, of the whole family, with those that have ended."""
    seconds = 0.0
    for member in family_of(pid):
        with suppress(OSError):
            fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
            seconds += sum(map(int, fields[11:15])) / TICKS
    return seconds


def resident_of(pid: int) -> float:
    """MB in memory, shared pages included."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 1e6


def resident_of_family(pid: int) -> float:
    """MB in memory of the whole family; what they share counts for each."""
    megabytes = 0.0
    for member in family_of(pid):
        with suppress(OSError):
            megabytes += resident_of(member)
    return megabytes

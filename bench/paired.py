"""Measuring two things side by side: A B A B, and the median over the pairs.

A busy machine slows neighbours in time alike, so the ratio of a pair stands where neither time
does. Wall time ends when the command does; CPU time counts every process that the command started,
also the ones it left to end by themselves.
"""

import ctypes
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

COURSE = Path(__file__).resolve().parents[1]
GRADE = str(Path(sys.executable).with_name("grade"))

_PR_SET_CHILD_SUBREAPER = 36

T = TypeVar("T")


@dataclass(frozen=True)
class Cost:
    """What one run took, in seconds."""

    wall_s: float
    cpu_s: float


@dataclass(frozen=True)
class Row:
    """One line of a result: what was measured, against which bar."""

    what: str
    bar: str
    measured: str
    is_met: bool


@contextmanager
def adopted_orphans() -> Iterator[None]:
    """Be the parent of what commands leave behind, so that `run` counts its CPU time."""
    if not sys.platform.startswith("linux"):
        yield
        return
    library = ctypes.CDLL(None)
    library.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    yield
    library.prctl(_PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def process_cpu_s(process: int) -> float:
    """Read the CPU seconds of a process from its clock, as Linux numbers it."""
    return time.clock_gettime((~process << 3) | 2)


def children(process: int | str = "self") -> set[int]:
    """Read which processes have this one for a parent; none known where there is no /proc."""
    found: set[int] = set()
    with suppress(OSError):  # A process that has ended.
        for thread in os.listdir(f"/proc/{process}/task"):
            with suppress(OSError):  # A thread that has ended.
                path = Path(f"/proc/{process}/task/{thread}/children")
                found.update(map(int, path.read_text().split()))
    return found


def run(command: Sequence[str], folder: Path = COURSE) -> Cost:
    """Run a command to its end, and to that of all that it leaves behind; it has to succeed."""
    others = children()
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    wall_s = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    cpu_s = usage.ru_utime + usage.ru_stime
    while left := children() - others:
        _, _, usage = os.wait4(left.pop(), 0)
        cpu_s += usage.ru_utime + usage.ru_stime
    if process.returncode != 0:
        sys.exit(f"{' '.join(command)} in {folder} ended with {process.returncode}, not with 0.")
    return Cost(wall_s, cpu_s)


def pairs(first: Callable[[], T], second: Callable[[], T], count: int) -> list[tuple[T, T]]:
    """Run both in turn, `count` times, after one round that only fills caches."""
    return [(first(), second()) for _ in range(count + 1)][1:]


def ratio_rows(what: str, costs: Sequence[tuple[Cost, Cost]], bar: float) -> list[Row]:
    """Compare the first of each pair with the second: in wall and in CPU time."""
    rows = []
    for kind, name in (("wall", "wall_s"), ("CPU", "cpu_s")):
        ours = [getattr(first, name) for first, _ in costs]
        theirs = [getattr(second, name) for _, second in costs]
        ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
        medians = f"{statistics.median(ours):.2f} s against {statistics.median(theirs):.2f} s"
        measured = f"{ratio:.2f} × ({medians})"
        rows.append(Row(f"{what}, {kind}", f"{bar:g} ×", measured, ratio <= bar))
    return rows


def show(rows: Sequence[Row]) -> bool:
    """Print the table; whether every bar is met."""
    lines = [("what", "bar", "measured", "ok")]
    lines += [(r.what, r.bar, r.measured, "yes" if r.is_met else "NO") for r in rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        print("  ".join(f"{word:{width}}" for word, width in zip(line, widths, strict=True)))
    return all(row.is_met for row in rows)

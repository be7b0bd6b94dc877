"""One `grade batch` while it runs: a result at a time, and the memory of all its processes."""

import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from paired import COURSE, GRADE, children

# What the command says of a result where nobody watches: who, of what, and the score.
_RESULT = re.compile(r"(\S+)  (exercise-\S+)  (.*)")


@dataclass(frozen=True)
class Result:
    """One result: of which exercise, when it was told, on the clock of `time.perf_counter`."""

    exercise: str
    at_s: float


class Batch:
    """A batch that runs. `said` are its last lines that are no results."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.said: list[str] = []
        self.ungraded = 0

    def results(self) -> Iterator[Result]:
        """Give each result as it is told."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            match = _RESULT.match(line)
            if match:
                self.ungraded += match[3].startswith("ungraded")
                yield Result(match[2], time.perf_counter())
            else:
                self.said = [*self.said[-9:], line.rstrip()]

    def pss_mib(self) -> float:
        """Add up what its processes hold, what they share shared out among them, in MiB."""
        return sum(map(_pss_mib, _tree(self.process.pid)))


@contextmanager
def batch(folder: Path, judges: int, book: Path, root: Path = COURSE) -> Iterator[Batch]:
    """Grade what lies in a folder; stopped as by Control-C where the block is left before its end.

    Walls must stand: a class may hold attacks.
    """
    command = [GRADE, "batch", str(folder), "-j", str(judges), "--confine", "strict"]
    process = subprocess.Popen(
        [*command, "--gradebook", str(book)],
        cwd=root,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        # A Control-C at the terminal is passed on by this process, once.
        start_new_session=True,
    )
    with process:
        try:
            yield Batch(process)
        finally:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGINT)


def _tree(process: int) -> Iterator[int]:
    yield process
    for child in children(process):
        yield from _tree(child)


def _pss_mib(process: int) -> float:
    # One that has just ended holds nothing.
    with suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0

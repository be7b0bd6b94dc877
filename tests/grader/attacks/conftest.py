"""The arena: two judges, the attacked course, and all that is looked over after each attack."""

import ctypes
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from grader import course, errors
from grader.records import Attempt, Exercise, Limits, Source, Submission
from grader.trusted import Judge, order

HERE = Path(__file__).parent
COURSE = HERE / "course"
# Where an attack would leave a file if it could.
PLACES = ("/tmp", "/var/tmp", "/dev/shm", "/run", "/", str(Path.home()), os.getcwd())
MARKER = "_attack_marker_*"
# Beyond all limits together: the judge itself hangs, and is killed so that the tests go on.
STUCK_S = 60.0
PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True)
class Graded:
    """What came of one submission: the attempt, each check's seconds, what the judge complained."""

    attempt: Attempt
    seconds: list[float]
    complaints: str

    @property
    def outcomes(self) -> dict[str, str]:
        """Each check's outcome."""
        return {v.check.id: str(v.outcome) for v in self.attempt.verdicts}


class Arena:
    """One judge, started again if an attack brings it down."""

    def __init__(self) -> None:
        self.exercise: Exercise = course.load(COURSE).exercises[0]
        self._judge: Judge | None = None

    @property
    def limits(self) -> Limits:
        """The limits of the attacked exercise."""
        return self.exercise.limits

    @property
    def process(self) -> int:
        """The judge's process number; starts it if need be."""
        return self._live()._process.pid

    def grade(self, text: str) -> Graded:
        """Grade one file's text.

        Raises:
            SandboxError: the judge has died or had to be killed; the next call starts another.
        """
        judge = self._live()
        submission = Submission("handed-in", (Source("exercise.py", text),), "0" * 64)
        wish = order(COURSE, self.exercise, submission, confine="strict")
        marks = [time.monotonic()]
        stuck = threading.Timer(STUCK_S, judge._process.kill)
        stuck.start()
        try:
            attempt = judge.grade(wish, lambda done, of: marks.append(time.monotonic()))
        except errors.SandboxError:
            self.close()
            raise
        finally:
            stuck.cancel()
        seconds = [after - before for before, after in pairwise(marks)]
        return Graded(attempt, seconds, self._complaints(judge))

    @contextmanager
    def grading(self, text: str) -> Iterator[list[Graded]]:
        """Grade a text again and again, as long as the block runs, and once at least."""
        graded: list[Graded] = []
        is_over = threading.Event()

        def work() -> None:
            while not is_over.is_set() or not graded:
                try:
                    graded.append(self.grade(text))
                except errors.SandboxError:  # The judge is gone, and what it was grading with it.
                    return

        thread = threading.Thread(target=work)
        thread.start()
        try:
            yield graded
        finally:
            is_over.set()
            thread.join()

    @property
    def scratch(self) -> list[str]:
        """The folders that were lent to children and are still there."""
        return os.listdir(self._live()._place)

    @staticmethod
    def processes() -> set[int]:
        """List the descendants of this process."""
        return processes()

    def kill(self) -> None:
        """Kill the judge in the middle of whatever it does."""
        self._live()._process.kill()

    def close(self) -> None:
        """End the judge."""
        if self._judge is not None:
            self._judge.__exit__()
            self._judge = None

    def _live(self) -> Judge:
        if self._judge is None or self._judge._process.poll() is not None:
            self.close()
            self._judge = Judge().__enter__()
        return self._judge

    def _complaints(self, judge: Judge) -> str:
        """Read what the judge has written to its standard error so far."""
        file = judge._complaints
        size = os.fstat(file.fileno()).st_size
        return os.pread(file.fileno(), size, 0).decode(errors="replace")


@pytest.fixture(scope="module")
def right() -> str:
    """The right submission."""
    return (HERE / "bases" / "right.py").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def arena(right: str) -> Iterator[Arena]:
    """The attacked judge; skips where the walls do not stand, since the attacks would get out."""
    if os.uname().sysname != "Linux":
        pytest.skip("there are no walls here")
    # Whatever an attack leaves behind becomes a child of this process, and is found.
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    arena = Arena()
    try:
        confinement = arena.grade(right).attempt.environment.confinement
        if "landlock" not in confinement or "seccomp" not in confinement:
            pytest.skip(f"there are no walls here: {confinement}")
        yield arena
    except errors.ConfinementError as error:
        pytest.skip(str(error))
    finally:
        arena.close()
        libc.prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


@pytest.fixture(scope="module")
def neighbour(arena: Arena, right: str) -> Iterator[Arena]:
    """A second judge on the same machine, whose submission is right."""
    other = Arena()
    other.grade(right)
    yield other
    other.close()


def processes() -> set[int]:
    """List the descendants of this process that still run."""
    parents: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                stat = Path("/proc", name, "stat").read_text()
            except OSError:
                continue
            state, parent = stat.rpartition(")")[2].split()[:2]
            if state != "Z":
                parents.setdefault(int(parent), []).append(int(name))
    found: set[int] = set()
    level = [os.getpid()]
    while level:
        level = [child for parent in level for child in parents.get(parent, [])]
        found.update(level)
    return found


def traces() -> list[Path]:
    """List the markers that got out, in every place where one may lie."""
    return [path for place in (*PLACES, COURSE, HERE) for path in Path(place).glob(MARKER)]


def snapshot() -> dict[str, tuple[int, int, int, int]]:
    """Record mode, owner, size and time of every file of the attacked course."""
    files = [path for path in COURSE.rglob("*") if "__pycache__" not in path.parts]
    stats = {str(path): path.stat() for path in files}
    return {p: (s.st_mode, s.st_uid, s.st_size, s.st_mtime_ns) for p, s in stats.items()}


@pytest.fixture
def untouched(arena: Arena) -> Iterator[None]:
    """Look the machine over after an attack: no process, no marker, no changed file is left."""
    assert arena.process
    before, files = processes(), snapshot()
    yield
    for path in (found := traces()):
        path.unlink()

    assert not found, "files got out"
    assert snapshot() == files, "files of the course were changed"
    assert not arena.scratch, "a scratch folder is left"
    left = _still_there(before)
    assert not left, f"processes are left: {left}"


def _still_there(before: set[int]) -> list[str]:
    """Name the processes that are new; a child that is being ended may take a moment."""
    deadline = time.monotonic() + 1
    while True:
        names = [_command(process) for process in processes() - before]
        left = [name for name in names if name]
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.02)


def _command(process: int) -> str:
    try:
        return Path("/proc", str(process), "cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""

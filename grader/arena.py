"""Judges under attack, and all of the machine that is looked over after each attack.

The list of attacks (`grader.attack`) says what each must get. Here is how one is graded as any
submission would be, with walls or not at all, while another judge may grade beside it; and what is
compared before and after: processes, files of the attacked course, folders that were lent, and
markers, which an attack leaves wherever it gets out. It looks into /proc, so it needs Linux.
"""

import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from grader import course, errors
from grader.records import Attempt, Exercise, Limits, Source, Submission
from grader.sandbox.walls import kernel
from grader.trusted import Judge, order

# Installed, the list lies in the package; in a checkout, with the tests that use it.
_PLACES = (Path(__file__).parent / "attacks", Path(__file__).parents[1] / "tests/grader/attacks")
CORPUS = next((place for place in _PLACES if place.is_dir()), _PLACES[0])

MARKER = "_attack_marker_*"
# Beyond all limits together: the judge itself hangs, and is killed so that the others are graded.
STUCK_S = 60.0
# A child that is being ended may take a moment.
_ENDING_S = 1.0
_PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True)
class Graded:
    """What came of one submission: the attempt, each check's seconds, what the judge complained."""

    attempt: Attempt
    seconds: tuple[float, ...]
    complaints: str

    @property
    def outcomes(self) -> dict[str, str]:
        """Each check's outcome."""
        return {v.check.id: str(v.outcome) for v in self.attempt.verdicts}


@dataclass(frozen=True)
class Scene:
    """What was there at one moment.

    `processes` are the descendants of this process, `markers` the files that attacks have left;
    `files` holds mode, owner, size and time of each file of the course.
    """

    processes: frozenset[int]
    markers: frozenset[Path]
    files: Mapping[str, tuple[int, int, int, int]]


class Arena:
    """One judge that grades the attacked course, started again if an attack brings it down."""

    def __init__(self, root: Path = CORPUS / "course") -> None:
        """Read the course in a folder that no child can read; nothing is started yet."""
        self.root = root
        self.exercise: Exercise = course.load(root).exercises[0]
        self._judge: Judge | None = None

    @property
    def limits(self) -> Limits:
        """The limits of the attacked exercise."""
        return self.exercise.limits

    @property
    def process(self) -> int:
        """The judge's process number; starts it if need be."""
        return self._live().pid

    @property
    def scratch(self) -> list[str]:
        """The folders that were lent to children and are still there."""
        return self._live().lent

    def grade(self, text: str) -> Graded:
        """Grade one file's text.

        Raises:
            ConfinementError: a wall is missing here; nothing was run.
            SandboxError: the judge has died or had to be killed; the next call starts another.
        """
        judge = self._live()
        submission = Submission("handed-in", (Source("exercise.py", text),), "0" * 64)
        # Every check is run: a judge that an attack has changed would show it.
        wish = order(self.root, self.exercise, submission, confine="strict", has_precedents=False)
        marks = [time.monotonic()]
        stuck = threading.Timer(STUCK_S, judge.kill)
        stuck.start()
        try:
            attempt = judge.grade(wish, lambda done, of: marks.append(time.monotonic()))
        except errors.SandboxError:
            self.close()
            raise
        finally:
            stuck.cancel()
        seconds = tuple(after - before for before, after in pairwise(marks))
        return Graded(attempt, seconds, judge.complaints)

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

    def look(self) -> Scene:
        """Note what is there, with the judge running."""
        assert self.process
        return Scene(frozenset(self.processes()), frozenset(self._markers()), self._files())

    def left(self, before: Scene) -> list[str]:
        """Say what has been left or changed since, a sentence each; markers are removed."""
        said = []
        for path in sorted(self._markers() - before.markers):
            said.append(f"the file {path} got out")
            with suppress(OSError):  # Somebody else's by now: it is told, and stays.
                path.unlink()
        if self._files() != before.files:
            said.append("files of the course were changed")
        if folders := self.scratch:
            said.append(f"folders that were lent are left: {', '.join(folders)}")
        if commands := self._still_there(before):
            said.append(f"processes are left: {', '.join(commands)}")
        return said

    @staticmethod
    def processes() -> set[int]:
        """List the descendants of this process that still run."""
        return descendants(os.getpid())

    def kill(self) -> None:
        """Kill the judge in the middle of whatever it does."""
        self._live().kill()

    def close(self) -> None:
        """End the judge."""
        if self._judge is not None:
            self._judge.__exit__()
            self._judge = None

    def _live(self) -> Judge:
        if self._judge is None or not self._judge.is_alive:
            self.close()
            self._judge = Judge().__enter__()
        return self._judge

    def _markers(self) -> set[Path]:
        """List the markers in every place where an attack would leave one if it could."""
        places = ["/tmp", "/var/tmp", "/dev/shm", "/run", "/", os.path.expanduser("~"), os.getcwd()]
        places += [str(self.root), str(self.root.parent)]
        return {path for place in places for path in Path(place).glob(MARKER)}

    def _files(self) -> dict[str, tuple[int, int, int, int]]:
        files = [path for path in self.root.rglob("*") if "__pycache__" not in path.parts]
        stats = {str(path): path.stat() for path in files}
        return {p: (s.st_mode, s.st_uid, s.st_size, s.st_mtime_ns) for p, s in stats.items()}

    def _still_there(self, before: Scene) -> list[str]:
        """Name the commands of processes that are new, once they had time to end."""
        deadline = time.monotonic() + _ENDING_S
        while True:
            new = self.processes() - before.processes
            # An answer that took the judge down with it has brought a new one.
            if self.process not in before.processes:
                new -= {self.process, *descendants(self.process)}
            commands = [_command(process) for process in new]
            left = [command for command in commands if command]
            if not left or time.monotonic() > deadline:
                return left
            time.sleep(0.02)


@contextmanager
def adopting() -> Iterator[None]:
    """Make orphans children of this process meanwhile, so that none is overlooked."""
    kernel.set_flag(_PR_SET_CHILD_SUBREAPER, 1)
    try:
        yield
    finally:
        kernel.set_flag(_PR_SET_CHILD_SUBREAPER, 0)


def descendants(process: int) -> set[int]:
    """List the descendants of a process that still run."""
    parents: dict[int, list[int]] = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            stat = Path("/proc", name, "stat").read_text(errors="replace")
        except OSError:
            continue
        state, parent = stat.rpartition(")")[2].split()[:2]
        if state != "Z":
            parents.setdefault(int(parent), []).append(int(name))
    found: set[int] = set()
    level = [process]
    while level:
        level = [child for parent in level for child in parents.get(parent, [])]
        found.update(level)
    return found


def _command(process: int) -> str:
    """Read the command line of a process; "" where it has ended."""
    try:
        words = Path("/proc", str(process), "cmdline").read_bytes()
    except OSError:
        return ""
    return words.replace(b"\0", b" ").decode(errors="replace").strip()

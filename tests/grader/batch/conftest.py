"""A small course, a class that handed in a dozen answers to it, and the command on both.

root       the course, made anew for each test
handed     the class: right, half, stub, wrong in every way that ends a process, hostile
command    `grade` as it is typed, in the course
"""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from grader.gradebook import queries
from grader.gradebook.agreement import disagreements
from grader.gradebook.store import open_gradebook

GRADEBOOK = """\
course: Made up
exercises:
  - id: exercise-01
    title: Doubling
    files: [answer.py]
    points: 4
    limits: {time: 500 ms, wall: 3 s, load: 2 s, memory: 256 MiB}
"""

RIGHT = '''
"""The reference."""

def double(x):
    """Double a tensor."""
    return 2 * x

def half(x):
    """Halve a tensor."""
    return x / 2
'''

CHECKS = '''
import pytest, torch
from grader import expect

@pytest.mark.points(1)
def test_one(student):
    """One is doubled."""
    expect.close(student.double(torch.ones(2)), 2 * torch.ones(2))

@pytest.mark.points(2)
def test_many(student, normal):
    """Each element is doubled."""
    expect.same(student.double, normal(3, 5))

@pytest.mark.points(1)
def test_half(student, normal):
    """Each element is halved."""
    expect.same(student.half, normal(4, 2))
'''

CLASS = {
    "ada": RIGHT,
    "bob": "def double(x):\n    return x + x\n",
    "cid": "def double(x):\n    raise NotImplementedError('double')\n",
    "dan": "import os\ndef double(x):\n    os.abort()\ndef half(x):\n    return x / 2\n",
    "eve": "def double(x):\n    while True:\n        pass\ndef half(x):\n    return x / 2\n",
    "fay": "def double(x:\n",
    "gil": "",
    "hal": "import os\nos.fork()\n",
    "ida": "import os\nos.kill(os.getppid(), 9)\ndef double(x):\n    return 2 * x\n",
    "jim": "def double(x):\n    return 3 * x\ndef half(x):\n    return x.reshape(-1)\n",
    "kay": "import torch\ndef double(x):\n    return torch.ones(1 << 33)\n",
    "lea": "raise SystemExit(0)\n",
}
EARNED = {"ada": "4", "bob": "3", "dan": "1", "eve": "1"}


class Desk:
    """The course in a folder, the class's answers to it, and the command as it is typed there."""

    answers = CLASS
    earned = EARNED
    right = RIGHT

    def __init__(self, root: Path) -> None:
        self.root = root
        self.checks = root / "tests/exercise-01/test_answer.py"
        self.reference = root / "solutions/exercise-01/answer.py"
        self.folder = root / "handed-in"
        self._started: list[subprocess.Popen[str]] = []

    def write(self, path: Path, text: str) -> None:
        """Write a file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def hand_in(self, answers: dict[str, str]) -> None:
        """Write what students hand in, by student, all at one time."""
        for student, text in answers.items():
            path = self.folder / student / "answer.py"
            self.write(path, text)
            os.utime(path, (1_790_000_000, 1_790_000_000))

    def start(
        self,
        *words: str,
        stdout: int = subprocess.PIPE,
        stderr: int = subprocess.PIPE,
        without: str = "",
        under: tuple[str, ...] = (),
        **environment: str,
    ) -> subprocess.Popen[str]:
        """Start a command; `stdout` and `stderr` in place of pipes, `without` a package.

        `under` another program, which starts it; `environment` are variables.
        """
        gone = f"import sys; sys.modules[{without!r}] = None; " if without else ""
        self._started.append(
            subprocess.Popen(
                [
                    *under,
                    sys.executable,
                    "-c",
                    f"{gone}from grader.cli import main; main()",
                    *words,
                ],
                cwd=self.root,
                stdout=stdout,
                stderr=stderr,
                text=True,
                encoding="utf-8",
                env={**os.environ, "PYTHONIOENCODING": "utf-8", "LOGNAME": "eve", **environment},
            )
        )
        return self._started[-1]

    def run(
        self, *words: str, without: str = "", **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Type a command, and wait for its end."""
        process = self.start(*words, without=without, **environment)
        out, err = process.communicate(timeout=180)
        return subprocess.CompletedProcess(words, process.returncode, out, err)

    def end(self) -> None:
        """End what is left."""
        for process in self._started:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
            process.communicate(timeout=60)

    def kept(self) -> dict[str, int]:
        """Count the graded attempts of the gradebook by student; it agrees with itself."""
        found: dict[str, int] = {}
        with open_gradebook(str(self.root / "gradebook.db"), "test") as book:
            for one in queries.attempts(book):
                if one.attempt.score.is_decided:
                    found[one.student] = found.get(one.student, 0) + 1
            assert disagreements(book) == []
        return found

    def count(self) -> int:
        """Count the attempts while others write."""
        where = f"file:{self.root}/gradebook.db?mode=ro"
        with suppress(sqlite3.OperationalError), closing(sqlite3.connect(where, uri=True)) as found:
            return int(found.execute("SELECT count(*) FROM attempts").fetchone()[0])
        return 0

    def told(self, name: str) -> dict[str, dict[str, object]]:
        """Read what `--json` wrote, by student, without what differs from run to run: times."""
        found: dict[str, dict[str, object]] = {}
        for line in (self.root / name).read_text(encoding="utf-8").splitlines():
            fields = self.steady(json.loads(line))
            assert fields["student"] not in found, "a student is there twice"
            found[str(fields["student"])] = fields
        return found

    @staticmethod
    def steady(fields: dict[str, Any]) -> dict[str, Any]:
        """Take the times out of an attempt."""
        for each in (fields, *fields["checks"]):
            del each["seconds"]
        return fields

    def wait(self, process: subprocess.Popen[str], wanted: int) -> None:
        """Wait for this many attempts, or for the end of the process."""
        deadline = time.monotonic() + 120
        while process.poll() is None and self.count() < wanted:
            assert time.monotonic() < deadline
            time.sleep(0.005)

    @staticmethod
    def judges(pid: int) -> tuple[list[int], list[int]]:
        """List the judges below a process, and their zygotes."""
        nurseries = Desk.nurseries(pid)
        judges = [child for child in children(pid) if "grader.judge" in words(child)]
        judges = [judge for judge in judges if judge not in nurseries]
        judges += [judge for nursery in nurseries for judge in children(nursery)]
        return judges, [zygote for judge in judges for zygote in children(judge)]

    @staticmethod
    def nurseries(pid: int) -> list[int]:
        """List the processes below another one that fork judges for it."""
        return [child for child in children(pid) if words(child).split()[-1:] == ["nursery"]]

    @staticmethod
    def below(pid: int) -> list[int]:
        """List the children of a process."""
        return children(pid)

    @staticmethod
    def is_running(pid: int) -> bool:
        """Whether a judge's process is still there."""
        return "grader.judge" in words(pid)


def children(pid: int) -> list[int]:
    """List the children of a process, whichever of its threads started them."""
    found: list[int] = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += [int(word) for word in (task / "children").read_text().split()]
    return found


def words(pid: int) -> str:
    """Read the command line of a process; "" where it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def made(folder: Path) -> Desk:
    """Make the course in a folder."""
    desk = Desk(folder)
    desk.write(folder / "gradebook.yml", GRADEBOOK)
    desk.write(folder / "exercises/exercise-01/answer.py", CLASS["cid"])
    desk.write(desk.reference, RIGHT)
    desk.write(desk.checks, CHECKS)
    return desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Make the course."""
    desk = made(tmp_path)
    yield desk
    desk.end()


@pytest.fixture
def full(desk: Desk) -> Desk:
    """The whole class has handed in."""
    desk.hand_in(CLASS)
    return desk


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """What two judges tell of the whole class when nothing happens."""
    desk = made(tmp_path_factory.mktemp("undisturbed"))
    desk.hand_in(CLASS)
    ended = desk.run("batch", "handed-in", "-j2", "--json", "told.jsonl")
    assert ended.returncode == 0, ended.stderr
    return desk.told("told.jsonl")

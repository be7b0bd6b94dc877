"""Killing a batch: any of its processes, at any moment, until so many have been killed.

    python tests/fuzz/kills.py --kills 200 --seed 1

A class of forty is graded once in peace: that is the truth. Then it is graded again and again, each
time into a gradebook of its own, while processes are killed with SIGKILL: the command itself, a
judge, a zygote, a child. When the command has died, the same one is typed again, as a teacher
would. At the end of each batch the gradebook holds the truth, but for times: nobody is lost,
doubled or changed, and whoever was told on stderr or in the file of `--json` before a kill was in
the gradebook by then. Nothing outlives the command for long, and no folder stays for ever.

pytest does not collect this file; `tests/grader/batch/test_kills.py` loads it for a share of that.
"""

import argparse
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from grader.gradebook.agreement import disagreements
from grader.gradebook.store import open_gradebook

GRADEBOOK = """\
course: Made up
exercises:
  - id: exercise-01
    title: Doubling
    files: [answer.py]
    points: 4
    limits: {time: 500 ms, wall: 20 s, load: 2 s, memory: 256 MiB}
"""

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

HALF = "def half(x):\n    return x / 2\n"
RIGHT = "def double(x):\n    return 2 * x\n" + HALF
STUB = "def double(x):\n    raise NotImplementedError('double')\n"

# What the forty hand in, each of these several times: right, wrong, and what ends a process.
ANSWERS = (
    RIGHT,
    "def double(x):\n    return x + x\n",
    STUB,
    "import os\ndef double(x):\n    os.abort()\n" + HALF,
    "def double(x):\n    while x.shape == (2,):\n        pass\n    return 2 * x\n" + HALF,
    "def double(x):\n",
    "def double(x):\n    return 3 * x\ndef half(x):\n    return x.reshape(-1)\n",
    "import os\ndef double(x):\n    os.kill(os.getppid(), 9)\n" + HALF,
    "def double(x):\n    open('notes', 'w').write('x' * 1000)\n    return 2 * x\n" + HALF,
    "def double(x):\n    return [x, x]\ndef half(x):\n    print(x)\n    return x.mul(0.5)\n",
)
CLASS = {f"student-{n:02}": f"# {n}\n{ANSWERS[n % len(ANSWERS)]}" for n in range(40)}

PEACE = "every gradebook holds the truth"

# How often each kind is chosen: most are children, as most processes are.
CHANCES = {"child": 10, "judge": 4, "zygote": 4, "coordinator": 4, "nursery": 2}

PATIENCE_S = 5.0  # for a process of the chosen kind to be there: a child lives for a moment only
# It was killed itself, or so many of its processes were that it gives up for the time being.
EXPECTED = (-signal.SIGKILL, 3)
END_S = 300.0  # for one command
Records = dict[str, dict[str, object]]


@dataclass
class Report:
    """What was seen. `kills` by kind, `outlived_s` of each coordinator that was killed."""

    kills: Counter[str] = field(default_factory=Counter)
    ends: Counter[int] = field(default_factory=Counter)
    batches: int = 0
    told: int = 0
    open: int = 0
    outlived_s: list[float] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many processes were killed."""
        return sum(self.kills.values())

    def text(self) -> str:
        """Say it in a few lines."""
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(self.kills.items()))
        ends = ", ".join(f"{count} times {code}" for code, count in sorted(self.ends.items()))
        longest = max(self.outlived_s, default=0.0)
        return "\n".join(
            (
                f"{self.count} kills: {kinds}",
                f"{self.batches} batches of {len(CLASS)} ended; exit codes on the way: {ends}",
                f"{self.told} results had been told before a kill; {self.open} were ungraded "
                "for a while",
                f"after its coordinator a process lived for {longest:.2f} s at most",
                *([text[:500] for text in self.complaints[:20]] or [PEACE]),
            )
        )


class Course:
    """The course in a folder, with a folder of its own for temporary files."""

    def __init__(self, root: Path) -> None:
        self.root = root / "course"
        self.temporary = root / "temporary"
        self.temporary.mkdir(parents=True)
        for name, text in {
            "gradebook.yml": GRADEBOOK,
            "exercises/exercise-01/answer.py": STUB,
            "solutions/exercise-01/answer.py": RIGHT,
            "tests/exercise-01/test_answer.py": CHECKS,
            **{f"handed-in/{student}/answer.py": text for student, text in CLASS.items()},
        }.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            os.utime(path, (1_790_000_000, 1_790_000_000))

    def start(self, book: str, *words: str) -> subprocess.Popen[bytes]:
        """Type `grade batch`; what it says on stderr goes to a file beside the gradebook."""
        with open(self.root / f"{book}.err", "wb") as err:
            return subprocess.Popen(
                [sys.executable, "-c", "from grader.cli import main; main()", "batch", "handed-in",
                 "-j2", "--gradebook", book, "--json", f"{book}.jsonl", *words],
                cwd=self.root,
                stdout=subprocess.DEVNULL,
                stderr=err,
                env={**os.environ, "TMPDIR": str(self.temporary)},
            )  # fmt: skip

    def kept(self, book: str) -> list[tuple[str, str, int | None, str]]:
        """Read student, status, run and record of each attempt, while others may write."""
        question = (
            "SELECT student, status, run, json FROM attempts "
            "JOIN submissions ON submissions.id = attempts.submission ORDER BY attempts.id"
        )
        where = f"file:{self.root / book}?mode=ro"
        with closing(sqlite3.connect(where, uri=True, timeout=30)) as found:
            return list(found.execute(question))

    def told(self, book: str) -> tuple[dict[str, str], Records]:
        """Read what was told: the line of stderr, and that of `--json`, by student."""
        lines = (self.root / f"{book}.err").read_text(encoding="utf-8").splitlines()
        said = {line.split()[0]: line for line in lines if line.startswith("student-")}
        records: Records = {}
        text = ""
        with suppress(FileNotFoundError):  # It was killed before it had made the file.
            text = (self.root / f"{book}.jsonl").read_text(encoding="utf-8")
        for line in text.splitlines(True):
            # One without an end was being written when its writer was killed.
            if line.endswith("\n"):
                fields = json.loads(line)
                records[fields.pop("student")] = fields
        return said, records

    def processes(self) -> list[int]:
        """List all processes that were started with this folder for temporary files."""
        mark, found = f"TMPDIR={self.temporary}".encode(), []
        for name in os.listdir("/proc"):
            with suppress(OSError):
                if name.isdecimal() and mark in Path(f"/proc/{name}/environ").read_bytes():
                    found.append(int(name))
        return found


def steady(text: str) -> dict[str, object]:
    """Read the record of an attempt, with its times left out."""
    fields: dict[str, object] = json.loads(text)
    checks = fields["checks"]
    assert isinstance(checks, list)
    for each in (fields, *checks):
        each["seconds"] = 0
    return fields


def children(pid: int) -> list[int]:
    """List the children of a process, whichever of its threads started them."""
    found: list[int] = []
    with suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            found += map(int, Path(f"/proc/{pid}/task/{task}/children").read_bytes().split())
    return found


def below(pid: int, kind: str) -> list[int]:
    """List the processes of a batch of one kind."""
    if kind == "coordinator":
        return [pid]
    found = children(pid)
    for _ in range(("nursery", "judge", "zygote", "child").index(kind)):
        found = [child for parent in found for child in children(parent)]
    return found


class Chaos:
    """Batches that are killed; `chance` decides what dies, and when."""

    def __init__(self, course: Course, truth: Records, seed: int, kills: int) -> None:
        self._course = course
        self._truth = truth
        self._chance = random.Random(seed)
        self._wanted = kills
        self.report = Report()

    def batch(self, book: str, *words: str) -> None:
        """Type the same command until it ends by itself, and hold its gradebook to the truth."""
        self.report.batches += 1
        seen: Counter[str] = Counter()
        for _ in range(self._wanted + 20):
            before = {student for student, status, _, _ in self._rows(book) if status == "graded"}
            process = self._course.start(book, *words)
            self._kill_some(process)
            code = process.wait(END_S)
            self.report.ends[code] += 1
            said, records = self._course.told(book)
            self._hold_told(book, said, records)
            seen.update(student for student in said if "ungraded" not in said[student])
            if not words and (again := before & set(said)):
                self._complain(f"{book}: graded twice: {sorted(again)}")
            if code == 0:
                break
            if code not in EXPECTED:
                last = (self._course.root / f"{book}.err").read_text().splitlines()[-1:]
                self._complain(f"{book}: exit code {code}: {''.join(last)}")
            self._wait_for_the_end(code)
        else:
            self._complain(f"{book}: it never ends")
        if twice := [student for student, count in seen.items() if count > 1]:
            self._complain(f"{book}: told as new twice: {twice}")
        self._hold_kept(book)

    def _rows(self, book: str) -> list[tuple[str, str, int | None, str]]:
        with suppress(sqlite3.OperationalError):
            return self._course.kept(book)
        return []  # It was killed before it had made its tables.

    def _kill_some(self, process: "subprocess.Popen[bytes]") -> None:
        """Kill what chance says, until the command has ended or enough has been killed."""
        while self.report.count < self._wanted and process.poll() is None:
            (kind,) = self._chance.choices(list(CHANCES), list(CHANCES.values()))
            # The command first has to start its judges, which takes a second or three.
            pause_s = self._chance.uniform(0, 5.0 if kind == "coordinator" else 0.6)
            with suppress(subprocess.TimeoutExpired):
                process.wait(pause_s)
            deadline = time.monotonic() + PATIENCE_S
            while time.monotonic() < deadline and process.poll() is None:
                if found := below(process.pid, kind):
                    with suppress(ProcessLookupError):
                        os.kill(self._chance.choice(found), signal.SIGKILL)
                        self.report.kills[kind] += 1
                    break
                time.sleep(0.002)

    def _wait_for_the_end(self, code: int) -> None:
        """Measure how long anything outlives a coordinator."""
        started = time.monotonic()
        while left := self._course.processes():
            if time.monotonic() - started > 30:
                self._complain(f"processes {left} outlive the command by half a minute")
                return
            time.sleep(0.01)
        if code == -signal.SIGKILL:
            self.report.outlived_s.append(time.monotonic() - started)

    def _hold_told(self, book: str, said: dict[str, str], records: Records) -> None:
        """Whoever was told of is in the gradebook, with the very record that was told."""
        rows = self._rows(book)
        kept = {student for student, _, _, _ in rows}
        texts: dict[str, list[object]] = {}
        for student, _, _, text in rows:
            texts.setdefault(student, []).append(json.loads(text))
        self.report.told += len({*said, *records})
        if lost := {*said, *records} - kept:
            self._complain(f"{book}: told, and not kept: {sorted(lost)}")
        for student, fields in records.items():
            if fields not in texts.get(student, []):
                self._complain(f"{book}: told otherwise than kept: {student}")

    def _hold_kept(self, book: str) -> None:
        """The gradebook holds the truth: each student once for each run, whole."""
        rows = self._course.kept(book)
        self.report.open += sum(status != "graded" for _, status, _, _ in rows)
        graded = [
            (student, steady(text)) for student, status, _, text in rows if status == "graded"
        ]
        counts = Counter(student for student, _ in graded)
        if counts != Counter(dict.fromkeys(self._truth, 1)):
            wrong = {s: counts[s] for s in {*counts, *self._truth} if counts[s] != 1}
            self._complain(f"{book}: lost or doubled: {wrong}")
        for student, record in graded:
            if record != self._truth[student]:
                right = self._truth[student]
                keys = [key for key in right if record.get(key) != right[key]]
                self._complain(f"{book}: changed: {student}: {', '.join(keys)}: {record[keys[0]]}")
        with open_gradebook(str(self._course.root / book), "kills") as opened:
            for line in disagreements(opened):
                self._complain(f"{book}: {line}")
        with closing(sqlite3.connect(self._course.root / book)) as found:
            if (verdict := found.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
                self._complain(f"{book}: {verdict}")

    def _complain(self, text: str) -> None:
        self.report.complaints.append(text)


def run(root: Path, kills: int, seed: int) -> Report:
    """Grade in peace, then kill until there were so many kills, and grade in peace once more."""
    course = Course(root)
    process = course.start("truth.db")
    code = process.wait(END_S)
    assert code == 0, (root / "course/truth.db.err").read_text()
    truth = {student: steady(text) for student, _, _, text in course.kept("truth.db")}
    assert set(truth) == set(CLASS)
    chaos = Chaos(course, truth, seed, kills)
    while chaos.report.count < kills:
        chaos.batch(f"{chaos.report.batches}.db")
    # What killed programs have left goes when the next one starts.
    course.start("truth.db").wait(END_S)
    if left := sorted(os.listdir(course.temporary)):
        chaos.report.complaints.append(f"left in the folder for temporary files: {left}")
    return chaos.report


def main() -> None:
    """Run as a program; exit 1 if anything was lost, doubled, changed or left."""
    parser = argparse.ArgumentParser(description="Kill a batch at random.")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    wish = parser.parse_args()
    print(f"seed {wish.seed}", flush=True)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        report = run(Path(folder), wish.kills, wish.seed)
    print(f"{report.text()}\n{time.monotonic() - started:.0f} s")
    sys.exit(1 if report.complaints else 0)


if __name__ == "__main__":
    main()

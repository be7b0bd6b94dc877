"""One exercise in the form of each grader: files to write, commands to run, what they found.

The exercise is `five/`: an answer, twelve checks that are plain functions with plain asserts, eight
mistakes. Each form says the same statements in its own way. A form writes a class into a folder and
gives commands, each of which may run beside the others; afterwards it tells what somebody lost.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol

from paired import GRADE

FIVE = Path(__file__).with_name("five")
CHECKS = (FIVE / "checks.py").read_text()
NAMES = re.findall(r"^def check_(\w+)", CHECKS, re.MULTILINE)
_OBJECT = "import types\n\nstudent = types.SimpleNamespace(**globals())\n"

Lost = frozenset[str]


def environment(venv: Path) -> dict[str, str]:
    """Make the environment of a grader: its programs first, and one thread."""
    path = f"{venv / 'bin'}:{os.environ['PATH']}"
    return os.environ | {"PATH": path, "OMP_NUM_THREADS": "1"}


def _prepared(venv: Path, folder: Path, *words: str) -> None:
    """Run one of a grader's commands that stands before the grading."""
    command = [str(venv / "bin" / words[0]), *words[1:]]
    done = subprocess.run(
        command, cwd=folder, env=environment(venv), capture_output=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(words)} ended with {done.returncode}: {done.stderr.decode()[-2000:]}")


@dataclass(frozen=True)
class Command:
    """What to run where; `out` keeps what it prints."""

    words: list[str]
    folder: Path
    out: Path


class Form(Protocol):
    """The exercise as one grader wants it. `venv` has the grader, `place` is an empty folder."""

    name: ClassVar[str]

    def write(self, venv: Path, place: Path, handed: Mapping[str, str], workers: int) -> None:
        """Write the exercise, and what each student has handed in."""

    def commands(self) -> list[Command]:
        """Give what grades the class, for so many workers."""

    def lost(self, student: str) -> Lost:
        """Read which checks a student has lost."""


class _EachAlone:
    """A form of which a process is started for each submission, in a folder of its own."""

    words: ClassVar[list[str]]

    def write(self, venv: Path, place: Path, handed: Mapping[str, str], workers: int) -> None:
        """Write a folder for each student."""
        self.venv, self.place, self.students = venv, place, list(handed)
        self.prepare()
        for student, text in handed.items():
            folder = place / student
            folder.mkdir(parents=True)
            (folder / "five.py").write_text(text)
            self.accompany(folder)

    def prepare(self) -> None:
        """Write what is for all."""

    def accompany(self, folder: Path) -> None:
        """Write what stands beside a submission."""

    def commands(self) -> list[Command]:
        """Give one command for each student."""
        first, *others = self.words
        words = [str(self.venv / "bin" / first), *others]
        return [Command(words, self.place / s, self.place / s / "out.txt") for s in self.students]


class Pytest(_EachAlone):
    """pytest in a process for each submission."""

    name: ClassVar[str] = "pytest"
    words: ClassVar[list[str]] = ["python", "-m", "pytest", "-q"]

    def accompany(self, folder: Path) -> None:
        """Write the checks as pytest's tests."""
        fixture = (
            "import five\nimport pytest\n\n\n@pytest.fixture\ndef student():\n    return five\n"
        )
        tests = CHECKS.replace("def check_", "def test_")
        (folder / "test_five.py").write_text(f"{tests}\n\n{fixture}")

    def lost(self, student: str) -> Lost:
        """Read pytest's summary."""
        out = (self.place / student / "out.txt").read_text()
        return frozenset(re.findall(r"^(?:FAILED|ERROR) \S+::test_(\w+)", out, re.MULTILINE))


class Gradescope(_EachAlone):
    """gradescope-utils: unittest with its runner, as in its autograder image."""

    name: ClassVar[str] = "gradescope-utils"
    words: ClassVar[list[str]] = ["python", "run_tests.py"]

    def accompany(self, folder: Path) -> None:
        """Write the checks as methods of a test case, and the script that runs them."""
        methods = [
            f"    @weight(1)\n    def test_{n}(self):\n        check_{n}(five)\n" for n in NAMES
        ]
        head = "import unittest\n\nimport five\nfrom gradescope_utils.autograder_utils.decorators "
        head += "import weight\n"
        case = "class TestFive(unittest.TestCase):\n" + "\n".join(methods)
        (folder / "tests").mkdir()
        (folder / "tests/test_five.py").write_text(f"{head}{CHECKS}\n\n{case}")
        (folder / "run_tests.py").write_text(
            "import unittest\n\n"
            "from gradescope_utils.autograder_utils.json_test_runner import JSONTestRunner\n\n"
            "suite = unittest.defaultTestLoader.discover('tests')\n"
            "with open('results.json', 'w') as file:\n"
            "    JSONTestRunner(visibility='visible', stream=file).run(suite)\n"
        )

    def lost(self, student: str) -> Lost:
        """Read its results.json."""
        tests = json.loads((self.place / student / "results.json").read_text())["tests"]
        lost = [test["name"].split()[0] for test in tests if test["score"] < test["max_score"]]
        return frozenset(name.removeprefix("test_") for name in lost)


class Otter(_EachAlone):
    """otter run on a .py file, without a container."""

    name: ClassVar[str] = "otter"
    words: ClassVar[list[str]] = ["otter", "run", "five.py", "-a", "../autograder.zip", "--no-logo"]

    def prepare(self) -> None:
        """Write a question for each check, and let otter make its archive of them."""
        tests = self.place / "tests"
        tests.mkdir(parents=True)
        for name in NAMES:
            (tests / f"{name}.py").write_text(
                "import types\n\nfrom otter.test_files import test_case\n\n"
                f'OK_FORMAT = False\nname = "{name}"\npoints = 1\n\n{CHECKS}\n\n'
                f"@test_case()\ndef test_it(env):\n    check_{name}(types.SimpleNamespace(**env))\n"
            )
        words = ["otter", "generate", "-t", "tests", "-o", "autograder.zip"]
        _prepared(self.venv, self.place, *words)

    def lost(self, student: str) -> Lost:
        """Read its results.json."""
        tests = json.loads((self.place / student / "results.json").read_text())["tests"]
        lost = [t["name"].split()[0] for t in tests if t.get("score", 0) < t.get("max_score", 0)]
        return frozenset(lost) & frozenset(NAMES)


class Nbgrader:
    """nbgrader autograde on notebooks; workers are courses side by side, as it has no others."""

    name: ClassVar[str] = "nbgrader"

    def write(self, venv: Path, place: Path, handed: Mapping[str, str], workers: int) -> None:
        """Make a course for each worker, register its exercise, and deal the students out."""
        self._program = str(venv / "bin/nbgrader")
        self._courses = [place / f"course-{number}" for number in range(workers)]
        self._of = {s: self._courses[n % workers] for n, s in enumerate(handed)}
        for course in self._courses:
            (course / "source/five").mkdir(parents=True)
            (course / "nbgrader_config.py").write_text(
                "c = get_config()\nc.CourseDirectory.course_id = 'bench'\n"
            )
            _write_notebook(course / "source/five/five.ipynb", (FIVE / "answer.py").read_text())
            _prepared(venv, course, "nbgrader", "generate_assignment", "five")
        for student, text in handed.items():
            folder = self._of[student] / "submitted" / student / "five"
            folder.mkdir(parents=True)
            _write_notebook(folder / "five.ipynb", text)

    def commands(self) -> list[Command]:
        """Give one command for each worker that has students."""
        words = [self._program, "autograde", "five"]
        return [Command(words, c, c / "out.txt") for c in dict.fromkeys(self._of.values())]

    def lost(self, student: str) -> Lost:
        """Look which cells of the autograded notebook hold an error."""
        path = self._of[student] / "autograded" / student / "five/five.ipynb"
        cells = json.loads(path.read_text())["cells"]
        failed = [cell for cell in cells if _has_error(cell)]
        return frozenset(str(cell["metadata"]["nbgrader"]["grade_id"]) for cell in failed)


def _has_error(cell: Mapping[str, object]) -> bool:
    outputs = cell.get("outputs", [])
    assert isinstance(outputs, list)
    return any(output["output_type"] == "error" for output in outputs)


def _write_notebook(path: Path, text: str) -> None:
    def cell(name: str, source: str, **marks: object) -> dict[str, object]:
        plain = {"grade": False, "solution": False, "locked": True, "task": False}
        nbgrader = {**plain, "schema_version": 3, "grade_id": name, **marks}
        return {
            "cell_type": "code",
            "execution_count": None,
            "metadata": {"nbgrader": nbgrader},
            "outputs": [],
            "source": source,
        }

    cells = [cell("answer", text, solution=True, locked=False)]
    cells += [cell("checks", f"{CHECKS}\n\n{_OBJECT}")]
    cells += [cell(name, f"check_{name}(student)", grade=True, points=1) for name in NAMES]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    book = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 4}
    path.write_text(json.dumps(book))


class Ours:
    """grade batch, with every wall, into a gradebook."""

    name: ClassVar[str] = "grade batch"

    def write(self, venv: Path, place: Path, handed: Mapping[str, str], workers: int) -> None:
        """Write a course of one exercise, and what each student has handed in."""
        self._place, self._workers = place, workers
        trees = [place / tree / "exercise-01" for tree in ("exercises", "solutions", "tests")]
        for tree in trees:
            tree.mkdir(parents=True)
        for tree in trees[:2]:
            shutil.copy(FIVE / "answer.py", tree / "five.py")
        checks = CHECKS.replace("def check_", "@pytest.mark.points(1)\ndef test_")
        (trees[2] / "test_five.py").write_text(
            checks.replace("import torch", "import pytest\nimport torch", 1)
        )
        (place / "gradebook.yml").write_text(
            "course: Bench\nexercises:\n"
            f"  - {{id: exercise-01, title: Five, files: [five.py], points: {len(NAMES)}}}\n"
        )
        for student, text in handed.items():
            (place / "handed-in" / student).mkdir(parents=True)
            (place / "handed-in" / student / "five.py").write_text(text)

    def commands(self) -> list[Command]:
        """Give one command: it has workers of its own."""
        words = [GRADE, "batch", "handed-in", "-j", str(self._workers), "--json", "found.jsonl"]
        words += ["--gradebook", "bench.db"]
        return [Command(words, self._place, self._place / "out.txt")]

    def lost(self, student: str) -> Lost:
        """Read the attempt."""
        lines = (self._place / "found.jsonl").read_text().splitlines()
        attempt = next(a for a in map(json.loads, lines) if a["student"] == student)
        lost = [check["id"] for check in attempt["checks"] if check["verdict"] != "passed"]
        return frozenset(lost)

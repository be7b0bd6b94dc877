"""A course of two exercises with its key: the teacher's copy, and what a student has of it."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader import course
from grader.records import Exercise
from grader.seal import keys
from grader.seal.keys import Key

GRADEBOOK = """\
# A comment that only a teacher reads.
course: Made up
seed: 7
limits: {time: 2 s, wall: 40 s, load: 2 s, memory: 512 MiB}

exercises:
  - id: exercise-01
    title: "Doubling: \\"twice\\" \U0001f642"
    files: [answer.py]
    points: 4
    hidden: 2
    due: 2026-10-12 23:59 Europe/Berlin

  - id: exercise-02
    title: Halving
    files: [half.py]
    points: 1
"""
STUB = "def double(x):\n    raise NotImplementedError('double: exercise 01')\n"
VISIBLE = '''
import pytest

@pytest.mark.points(1)
def test_two(student):
    """Twice 2 is 4."""
    assert student.double(2) == 4
'''
HIDDEN = '''
from pathlib import Path
import pytest, torch
from grader import expect

DATA = Path(__file__).with_name("data.bin").read_bytes()

@pytest.mark.points(2)
def test_tensor(student, reference, normal):
    """A tensor is doubled."""
    x = normal(3)
    expect.close(student.double(x), reference.double(x))

@pytest.mark.points(1)
def test_data(student):
    """A byte of a file is doubled."""
    got = student.double(DATA[0])
    assert got == 2 * DATA[0], f"double gave {got}, said {__file__}"
'''
MISTAKES = '''
from grader.mistakes import mistake

@mistake(of="double", loses="tensor")
def squared(x):
    """It is squared, not doubled."""
    return x * x
'''
REFERENCE = "def double(x):\n    return 2 * x\n"

FILES = {
    "gradebook.yml": GRADEBOOK,
    "exercises/exercise-01/README.md": "# Doubling\n",
    "exercises/exercise-01/hints.yml": "two: [Look., Closer., There.]\n",
    "exercises/exercise-01/answer.py": STUB,
    "exercises/exercise-01/test_answer.py": VISIBLE,
    "exercises/exercise-02/half.py": "def half(x):\n    raise NotImplementedError\n",
    "solutions/exercise-01/answer.py": REFERENCE,
    "solutions/exercise-02/half.py": "def half(x):\n    return x / 2\n",
    "tests/exercise-01/test_hidden.py": HIDDEN,
    "tests/exercise-01/mistakes.py": MISTAKES,
    "tests/exercise-01/data.bin": "\x07",
    "tests/exercise-02/test_half.py": VISIBLE.replace("double(2) == 4", "half(2) == 1"),
}
GRADE = "from grader.__main__ import main; main()"


@dataclass(frozen=True)
class Made:
    """A copy of the course, and a key."""

    root: Path
    key: Key

    @property
    def exercise(self) -> Exercise:
        """The first exercise, read anew."""
        return course.load(self.root).exercises[0]

    @property
    def seal(self) -> Path:
        """The seal of the first exercise."""
        return self.root / "sealed/exercise-01.sealed"

    def write(self, name: str, text: str) -> None:
        """Write a file of the copy."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def environment(self, **more: str) -> dict[str, str]:
        """Give the environment of a command: with the key, without a server."""
        own = {"GRADER_KEY": keys.text(self.key), "PYTHONIOENCODING": "utf-8"}
        return {**os.environ, "XDG_RUNTIME_DIR": str(self.root / "no server"), **own, **more}

    def grade(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Type a command in this copy, with variables by name."""
        return self.python(GRADE, *words, **more)

    def python(self, text: str, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a program in this copy, with variables by name."""
        return subprocess.run(
            [sys.executable, "-c", text, *words],
            cwd=self.root,
            env=self.environment(**more),
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    def start(self, *words: str, **more: str) -> subprocess.Popen[str]:
        """Type a command in this copy, and do not wait for it."""
        return subprocess.Popen(
            [sys.executable, "-c", GRADE, *words],
            cwd=self.root,
            env=self.environment(**more),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def released(self, root: Path) -> "Made":
        """Make a student's copy: stubs, what stands in gradebook.yml, and the seals."""
        for name in ("exercises", "sealed"):
            shutil.copytree(self.root / name, root / name)
        shutil.copy(self.root / "gradebook.yml", root)
        return Made(root, self.key)


@pytest.fixture
def teacher(tmp_path: Path) -> Made:
    """The teacher's copy; nothing is sealed yet."""
    made = Made(tmp_path / "teacher", keys.new())
    for name, text in FILES.items():
        made.write(name, text)
    return made

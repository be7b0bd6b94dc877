"""A real trusted process, and small courses made up for one test each."""

import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader import course, submissions
from grader.records import Attempt, Exercise, Verdict
from grader.trusted import Judge, order

GRADEBOOK = """\
course: Made up
exercises:
  - id: exercise-01
    title: Doubling
    files: [answer.py]
    points: {points}
    limits: {{time: 2 s, wall: {wall}, load: 2 s, memory: 512 MiB}}
{extra}"""

REFERENCE = '''
"""The reference."""
import torch

def double(x):
    """Double a tensor."""
    return 2 * x

def half(x):
    """Halve a tensor."""
    return x / 2
'''


@dataclass(frozen=True)
class Made:
    """A course of one exercise, and the judge that grades it."""

    root: Path
    judge: Judge

    @property
    def exercise(self) -> Exercise:
        """The only exercise, read anew."""
        return course.load(self.root).exercises[0]

    def grade(self, source: str | None = None, **wishes: object) -> Attempt:
        """Grade a submission's text; the untouched stub if none is given."""
        handed = self.root / "handed-in"
        handed.mkdir(exist_ok=True)
        text = self.stub if source is None else textwrap.dedent(source)
        (handed / "answer.py").write_text(text, encoding="utf-8")
        submission = submissions.read(handed, self.exercise, "handed-in")
        wish = order(self.root, self.exercise, submission, **wishes)  # type: ignore[arg-type]
        return self.judge.grade(wish, lambda done, of: None)

    @property
    def stub(self) -> str:
        """The stub's text."""
        return (self.root / "exercises/exercise-01/answer.py").read_text(encoding="utf-8")

    @property
    def reference(self) -> str:
        """The reference's text."""
        return (self.root / "solutions/exercise-01/answer.py").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def judge() -> Iterator[Judge]:
    """One trusted process for all tests: importing torch is most of what it costs."""
    with Judge() as judge:
        yield judge


@pytest.fixture
def made(tmp_path: Path, judge: Judge) -> Callable[..., Made]:
    """Make a course out of the bodies of its check files."""

    def make(
        hidden: str,
        *,
        points: str = "1",
        visible: str = "",
        mistakes: str = "",
        reference: str = REFERENCE,
        extra: str = "",
        wall: str = "40 s",
    ) -> Made:
        head = "import pytest, torch\nfrom torch import nn\nfrom grader import expect\n"
        stub = "def double(x):\n    raise NotImplementedError('double: exercise 01')\n"
        files = {
            "gradebook.yml": GRADEBOOK.format(points=points, extra=extra, wall=wall),
            "exercises/exercise-01/answer.py": stub,
            "solutions/exercise-01/answer.py": reference,
            "tests/exercise-01/test_answer.py": head + textwrap.dedent(hidden),
        }
        if visible:
            files["exercises/exercise-01/test_answer.py"] = head + textwrap.dedent(visible)
        if mistakes:
            mark = "import torch\nfrom grader.mistakes import mistake\n"
            files["tests/exercise-01/mistakes.py"] = mark + textwrap.dedent(mistakes)
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return Made(tmp_path, judge)

    return make


@pytest.fixture
def verdict() -> Callable[[Attempt], Verdict]:
    """Take the only verdict of an attempt."""

    def only(attempt: Attempt) -> Verdict:
        assert len(attempt.verdicts) == 1
        return attempt.verdicts[0]

    return only

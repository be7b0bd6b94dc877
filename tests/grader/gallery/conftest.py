"""The gallery: a course of miniature exercises, with a wrong answer for each of the mistakes.

    course/                     an ordinary course in three trees, with known mistakes
    wrong/EXERCISE/M01.py       what a student with that mistake of the catalogue hands in, written
                                without a look at the course's own `mistakes.py`
    right/EXERCISE/*.py         what looks like a mistake and is none
    catalogue.yml               the numbers of the mistakes
    left-out.yml                those that no small exercise can show, and why

A file of `wrong/` or `right/` holds the functions that differ from the reference; it stands after
the reference's text, so that its definitions win. Its docstring says which mistake it makes, and
`Named:` the diagnoses that may be shown, or `-` where silence is right.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader import course
from grader.records import Attempt, Exercise, Source, Submission
from grader.trusted import Judge, order

HERE = Path(__file__).parent
COURSE = HERE / "course"
EXERCISES = {exercise.id: exercise for exercise in course.load(COURSE).exercises}


@dataclass(frozen=True)
class Answer:
    """A file of `wrong/` or `right/`: the mistake it makes, and the names it may be given."""

    path: Path
    mistake: str
    names: frozenset[str]

    @property
    def exercise(self) -> Exercise:
        """The exercise that it answers."""
        return EXERCISES[self.path.parent.name]

    def text(self) -> str:
        """The whole submission."""
        reference = self.exercise.reference_dir / self.exercise.files[0]
        return "\n\n".join(path.read_text(encoding="utf-8") for path in (reference, self.path))


def answers(kind: str) -> list[Answer]:
    """Read the files of `wrong/` or `right/`, in the catalogue's order."""
    found = [_answer(path) for path in sorted((HERE / kind).rglob("*.py"))]
    return sorted(found, key=lambda answer: answer.path.name)


def _answer(path: Path) -> Answer:
    told = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    names = [line.removeprefix("Named:") for line in told.splitlines() if line.startswith("Named:")]
    words = frozenset(" ".join(names).split()) - {"-"}
    return Answer(path, path.stem.partition("_")[0], words)


def identity(answer: Answer) -> str:
    """Name an answer in a list of tests."""
    return f"{answer.path.parent.name}-{answer.path.stem}"


@pytest.fixture(scope="session")
def grade() -> Iterator[Callable[[Exercise, str], Attempt]]:
    """Grade a text as a submission, each text once."""
    known: dict[tuple[str, str], Attempt] = {}
    with Judge() as judge:

        def graded(exercise: Exercise, text: str) -> Attempt:
            key = exercise.id, text
            if key not in known:
                handed = Submission("handed-in", (Source(exercise.files[0], text),), "0" * 64)
                wish = order(COURSE, exercise, handed)
                known[key] = judge.grade(wish, lambda done, of: None)
            return known[key]

        yield graded

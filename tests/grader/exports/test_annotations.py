"""Tests of annotations, read as GitHub's runner reads them."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import Evidence
from grader.records import Attempt, Outcome, Verdict
from grader.reports.exports import annotations
from grader.reports.exports.annotations import MOST_CHARACTERS, Annotation, Kind, Place
from grader.reports.exports.text import plain

from ..action.runner import obeyed
from .conftest import ATTEMPTS, HOSTILE, PATIENT, attempt, huge, one

TEXT = """\
import torch


def loss(w, x, y):
    return (w * x - y) ** 2


def descend(w, lr):
    return w
"""
FILES = {"gradients.py": Place("exercises/exercise-03/gradients.py", TEXT)}


def given_call(verdict: Verdict, call: str) -> Verdict:
    """Add the call that was judged."""
    return replace(verdict, evidence=Evidence("values", "the result", given=call))


def lines(made: Attempt) -> list[tuple[str, int | None]]:
    """List paths and lines of an attempt's annotations."""
    return [(each.path, each.line) for each in annotations.of(made, FILES)]


def test_raised() -> None:
    """What raised stands on the innermost line of the student's own."""
    message = "ValueError: no\n  gradients.py:9 in descend\n    return w\n  gradients.py:5 in loss"
    made = attempt((one(Outcome.RAISED, message),))

    assert lines(made) == [("exercises/exercise-03/gradients.py", 5)]


def test_wrong_answer() -> None:
    """What answered wrongly stands where the called function begins."""
    made = attempt((given_call(one(message="is 3, expected 4"), "descend(w=1.0, lr=0.1)"),))

    assert lines(made) == [("exercises/exercise-03/gradients.py", 8)]


@pytest.mark.parametrize(
    "message",
    ["no place", "  other.py:3 in f", "  gradients.py:99999 in loss", "  gradients.py:0 in f"],
)
def test_no_line(message: str) -> None:
    """A line that the student's files do not have is not told; the file is."""
    made = attempt((one(Outcome.RAISED, message),))

    assert lines(made) == [("exercises/exercise-03/gradients.py", None)]


def test_notebook() -> None:
    """Of a notebook the file is told: its cells have other lines."""
    made = attempt((one(Outcome.RAISED, "ValueError: no\n  cell 3, line 2 in loss"),))
    files = {"gradients.py": Place("exercises/exercise-03/gradients.ipynb")}
    (found,) = annotations.of(made, files)

    assert (found.path, found.line) == ("exercises/exercise-03/gradients.ipynb", None)


def test_one_cause() -> None:
    """Checks that say the same on the same line share an annotation, with all their points."""
    message = "ValueError: no\n  gradients.py:5 in loss"
    made = attempt(
        (
            one(Outcome.RAISED, message, id_="a", title="First.", points="1.5"),
            one(Outcome.PASSED, id_="b", title="Second."),
            one(Outcome.SKIPPED, "not tried: needs a", id_="c", title="Third."),
            one(Outcome.RAISED, message, id_="d", title="Fourth.", points="2"),
        )
    )
    (found,) = annotations.of(made, FILES)

    assert found == Annotation(
        Kind.ERROR,
        "exercises/exercise-03/gradients.py",
        5,
        "exercise-03: 3.5 points lost",
        "First.\nFourth.\nValueError: no\n  gradients.py:5 in loss",
        Fraction("3.5"),
    )


def test_kinds() -> None:
    """What is lost is an error; what is not written, or not graded, a notice."""
    made = attempt(
        (
            one(Outcome.FAILED, "is 3, expected 4", id_="a"),
            one(Outcome.RAISED, "not written yet (part 1)\n  gradients.py:9 in descend", id_="b"),
            one(Outcome.UNGRADED, "the grader failed, not you: no", id_="c"),
        )
    )
    found = annotations.of(made, FILES)

    assert [each.kind for each in found] == [Kind.ERROR, Kind.NOTICE, Kind.NOTICE]
    assert [each.title for each in found] == [
        "exercise-03: 1 point lost", "exercise-03: 1 point", "exercise-03: 1 point",
    ]  # fmt: skip
    assert [each.path for each in found][2] == ""


def test_not_begun() -> None:
    """A stub has one notice, however many functions it has."""
    verdicts = tuple(one(Outcome.RAISED, f"not written yet (part {n})", id_=f"c{n}") for n in "123")

    assert annotations.of(attempt(verdicts), FILES) == [
        Annotation(Kind.NOTICE, "exercises/exercise-03/gradients.py", None,
                   "exercise-03: 3 points", "Not begun yet.", Fraction(3))
    ]  # fmt: skip


def test_limits() -> None:
    """Ten of a kind are written, the dearest first, and the last one counts the rest."""
    found = [Annotation(Kind.ERROR, "a.py", n, str(n), "m", Fraction(n)) for n in range(1, 14)]
    notices = [Annotation(Kind.NOTICE, "a.py", 1, "n", "m") for _ in range(10)]
    commands = obeyed(annotations.render([*notices, *found]))

    assert [name for name, _, _ in commands] == ["error"] * 10 + ["notice"] * 10
    assert [places["title"] for _, places, _ in commands[:9]] == [str(n) for n in range(13, 4, -1)]
    assert commands[9] == (
        "error", {"title": "and more"},
        "4 more, in all 10 points: see the summary of this job.",
    )  # fmt: skip


def test_length() -> None:
    """A message is cut to what GitHub keeps, with a note of what is missing."""
    ((_, _, text),) = obeyed(annotations.render(annotations.of(huge("long"), FILES)))

    assert len(text) <= MOST_CHARACTERS
    assert "characters in all)" in text


@PATIENT
@given(ATTEMPTS, HOSTILE, HOSTILE)
def test_any_attempt(made: Attempt, path: str, text: str) -> None:
    """Whatever anybody wrote, the runner reads one command a line, and no other."""
    found = annotations.of(made, {"gradients.py": Place(path, text)})
    written = annotations.render(found)
    commands = obeyed(written)

    assert len(commands) == written.count("\n") <= 30
    assert "\r" not in written
    assert {name for name, _, _ in commands} <= {"error", "notice"}
    assert all(places.keys() <= {"file", "line", "title"} for _, places, _ in commands)
    told = {each.message for each in found} | {
        text for _, _, text in commands if "more, in" in text
    }
    assert {text for _, _, text in commands} <= told


@PATIENT
@given(st.text(), st.text(), st.text(min_size=1))
def test_round_trip(path: str, title: str, message: str) -> None:
    """Every letter arrives, save what would not print in a path."""
    written = annotations.render([Annotation(Kind.WARNING, path, 3, title, message)])
    ((name, places, text),) = obeyed(written)

    assert (name, text) == ("warning", message)
    assert places == {"file": plain(path), "line": "3", "title": title} or not (path and title)

"""Tests of what a platform hands over: the folder of an exercise in it, and no link on the way."""

from fractions import Fraction
from pathlib import Path

import pytest

from grader import received
from grader.course import load
from grader.errors import SubmissionError
from grader.records import Exercise, Outcome

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def exercise() -> Exercise:
    """The third exercise of this repository."""
    return load(ROOT).exercises[2]


@pytest.mark.parametrize("name", ["exercises/exercise-03", "exercise-03"])
def test_the_folder_of_the_exercise(name: str, tmp_path: Path, exercise: Exercise) -> None:
    """A repository has the answers in a folder that is named for the exercise."""
    (tmp_path / name).mkdir(parents=True)

    assert received.place(tmp_path, exercise) == tmp_path / name


def test_the_courses_own_layout_comes_first(tmp_path: Path, exercise: Exercise) -> None:
    """Of two such folders the one below exercises/ is meant."""
    for name in ("exercises/exercise-03", "exercise-03"):
        (tmp_path / name).mkdir(parents=True)

    assert received.place(tmp_path, exercise) == tmp_path / "exercises/exercise-03"


def test_files_alone(tmp_path: Path, exercise: Exercise) -> None:
    """Where there is no such folder, none is given; a file of that name is no folder."""
    (tmp_path / "exercise-03").write_text("")

    assert received.place(tmp_path, exercise) is None


@pytest.mark.parametrize(
    ("link", "to"),
    [
        ("exercises", "solutions"),
        ("exercises/exercise-03", "../solutions/exercise-03"),
        ("exercise-03", "solutions/exercise-03"),
    ],
)
def test_a_link_is_not_followed(link: str, to: str, tmp_path: Path, exercise: Exercise) -> None:
    """A link on the way, as to the reference, is told, whichever step it is."""
    (tmp_path / "solutions/exercise-03").mkdir(parents=True)
    (tmp_path / link).parent.mkdir(exist_ok=True)
    (tmp_path / link).symlink_to(to)

    with pytest.raises(SubmissionError) as caught:
        received.place(tmp_path, exercise)

    assert str(caught.value) == (
        f"{link}: this is a symbolic link, and links are not followed; hand in the folder itself"
    )


def test_the_folder_that_was_handed_over_may_be_a_link(tmp_path: Path, exercise: Exercise) -> None:
    """Where the platform put it is the platform's business."""
    (tmp_path / "real/exercise-03").mkdir(parents=True)
    (tmp_path / "submission").symlink_to("real")

    assert received.place(tmp_path / "submission", exercise) is not None


def test_what_cannot_be_read_earns_nothing_and_says_why(exercise: Exercise) -> None:
    """The attempt is decided, is worth all points of the exercise, and has one check."""
    attempt = received.unreadable(exercise, "gradients.py is missing; hand it in")
    (verdict,) = attempt.verdicts

    assert (attempt.score.earned, attempt.score.possible) == (Fraction(0), Fraction(10))
    assert attempt.score.is_decided
    assert (verdict.outcome, verdict.message) == (
        Outcome.FAILED,
        "gradients.py is missing; hand it in",
    )

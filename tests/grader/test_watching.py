"""What is watched, when a save is complete, and what a key means."""

import os
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader import course, watching
from grader.watching import Changes, Do, Keys, Stamp

GRADEBOOK = """\
course: Made up
exercises:
  - {id: exercise-01, title: First, files: [one.py, two.py], points: 1}
  - {id: exercise-02, title: Second, files: [one.py], points: 1}
"""


@pytest.fixture
def made(tmp_path: Path) -> course.Course:
    """A course whose first exercise has every file that there can be."""
    for name in (
        "exercises/exercise-01/one.py",
        "exercises/exercise-01/one.ipynb",
        "exercises/exercise-01/test_one.py",
        "exercises/exercise-01/hints.yml",
        "exercises/exercise-01/README.md",
        "exercises/exercise-01/.one.py.swp",
        "exercises/exercise-01/one.py~",
        "exercises/exercise-01/one.py.backup-1",
        "solutions/exercise-01/one.py",
        "tests/exercise-01/test_one.py",
        "tests/exercise-01/mistakes.py",
        "tests/exercise-01/equivalent.yml",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "gradebook.yml").write_text(GRADEBOOK)
    return course.load(tmp_path)


def test_what_decides_a_grading_is_watched(made: course.Course, tmp_path: Path) -> None:
    """Answers, checks, hints and gradebook.yml are watched; what editors leave about is not."""
    seen = watching.look(made.root, made.exercises[0])

    assert sorted(os.path.relpath(path, tmp_path) for path in seen) == [
        "exercises/exercise-01/hints.yml",
        "exercises/exercise-01/one.ipynb",
        "exercises/exercise-01/one.py",
        "exercises/exercise-01/test_one.py",
        "gradebook.yml",
        "solutions/exercise-01/one.py",
        "tests/exercise-01/mistakes.py",
        "tests/exercise-01/test_one.py",
    ]


def test_folders_that_are_not_there_are_empty(made: course.Course) -> None:
    """A student's copy has no hidden folders, and an exercise may have no folder at all."""
    assert len(watching.look(made.root, made.exercises[1])) == 1


@pytest.mark.parametrize("way", ["in place", "renamed", "removed", "linked"])
def test_every_way_to_save_is_seen(made: course.Course, way: str) -> None:
    """A file that is written, replaced, removed or become a link is another state."""
    path = made.exercises[0].stub_dir / "one.py"
    before = watching.look(made.root, made.exercises[0])
    if way == "in place":
        path.write_text("x = 1")
    elif way == "renamed":
        other = path.with_name("new")
        other.touch()
        os.utime(other, ns=(0, path.stat().st_mtime_ns))
        os.replace(other, path)
    else:
        path.unlink()
        if way == "linked":
            path.symlink_to("nowhere.py")

    assert watching.look(made.root, made.exercises[0]) != before


A, B, C, EMPTY = ({"one.py": Stamp(n, size, 1)} for n, size in ((1, 9), (2, 9), (3, 9), (4, 0)))


def noted(changes: Changes, looks: list[tuple[float, dict[str, Stamp]]]) -> list[float]:
    """Tell at which times of a list of looks it was time to grade."""
    return [now for now, seen in looks if changes.note(seen, now)]


def test_nothing_changes() -> None:
    """What was graded is not graded again."""
    assert noted(Changes(A), [(0.0, A), (10.0, A)]) == []


def test_a_save_counts_when_it_has_come_to_rest() -> None:
    """A file that still changes is waited for, and then graded once."""
    looks = [(0.000, A), (0.025, B), (0.050, C), (0.060, C), (0.075, C), (0.100, C)]

    assert noted(Changes(A), looks) == [0.075]


def test_a_save_that_empties_the_file_first_is_one_save() -> None:
    """An empty file is given time to be written."""
    looks = [(0.00, EMPTY), (0.10, EMPTY), (0.12, B), (0.16, B), (0.20, B)]

    assert noted(Changes(A), looks) == [0.16]


def test_a_save_that_moves_the_old_file_away_is_one_save() -> None:
    """A file that is gone is given time to come back."""
    looks = [(0.00, {}), (0.10, {}), (0.12, B), (0.16, B), (0.20, B)]

    assert noted(Changes(A), looks) == [0.16]


@pytest.mark.parametrize("left", [{}, EMPTY])
def test_a_file_that_stays_away_counts_at_last(left: dict[str, Stamp]) -> None:
    """A file that was deleted or emptied for good is graded as such, and so is its return."""
    looks = [(0.0, left), (0.2, left), (0.3, left), (0.4, left), (0.5, B), (0.54, B)]

    assert noted(Changes(A), looks) == [0.3, 0.54]


def test_a_file_that_comes_back_as_it_was_is_no_change() -> None:
    """What is again what was graded is not graded."""
    assert noted(Changes(A), [(0.0, {}), (0.1, A), (0.5, A)]) == []


def test_a_file_that_is_gone_from_the_start_holds_nothing_up() -> None:
    """Only what was there when it was graded is waited for."""
    assert noted(Changes({}), [(0.0, B), (0.04, B)]) == [0.04]


@given(st.lists(st.sampled_from([A, B, C, EMPTY, {}]), max_size=30))
def test_every_state_that_stays_is_graded_once(states: list[dict[str, Stamp]]) -> None:
    """Whatever happens, what is there in the end is what was graded last, and nothing twice."""
    changes, graded, now = Changes(A), [A], 0.0
    for state in [*states, *[states[-1]] * 20] if states else []:
        now += 0.02
        if changes.note(state, now):
            graded.append(state)

    assert graded[-1] == (states[-1] if states else A)
    assert all(one != other for one, other in pairwise(graded))


def test_each_key() -> None:
    """Each letter of the legend means what stands beside it; large ones too; others nothing."""
    heard = {letter: Keys().hear(letter) for letter in "\n\rhnprlqHNQx1 \x04"}

    assert heard == {
        "\n": Do.GRADE, "\r": Do.GRADE, "h": Do.HINT, "n": Do.NEXT, "p": Do.PREVIOUS,
        "r": Do.ASK, "l": Do.LIST, "q": Do.QUIT, "H": Do.HINT, "N": Do.NEXT, "Q": Do.QUIT,
        "x": None, "1": None, " ": None, "\x04": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "heard"),
    [
        ("ry", [Do.ASK, Do.RESET]),
        ("rY", [Do.ASK, Do.RESET]),
        ("rn", [Do.ASK, Do.KEEP]),
        ("rq", [Do.ASK, Do.KEEP]),
        ("r\n", [Do.ASK, Do.KEEP]),
        ("rny", [Do.ASK, Do.KEEP, None]),
        ("y", [None]),
    ],
)
def test_reset_asks_first(typed: str, heard: list[Do | None]) -> None:
    """Only a y right after r resets; any other key keeps the files and means nothing else."""
    keys = Keys()

    assert [keys.hear(letter) for letter in typed] == heard


def test_neighbours(made: course.Course) -> None:
    """Next and previous follow the course, and end with it."""
    first, second = made.exercises

    assert watching.neighbour(made.exercises, "exercise-01", 1) == second
    assert watching.neighbour(made.exercises, "exercise-02", -1) == first
    assert watching.neighbour(made.exercises, "exercise-02", 1) is None
    assert watching.neighbour(made.exercises, "exercise-01", -1) is None


def test_full_marks_offer_the_next(made: course.Course) -> None:
    """After full marks it says how to go on, or that there is nothing more."""
    assert watching.offer(made.exercises[1]) == (
        "When you want to go on, press n: exercise-02, Second."
    )
    assert watching.offer(None) == "This was the last exercise of the course."

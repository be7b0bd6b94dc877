"""`grade import nbgrader`, typed in a real course: what is made loads, runs and is fair."""

import os
import subprocess
import sys

import pytest

from . import nbgrader_course as nc

BOOK = """course: Imported # a course of two

exercises:
  - id: exercise-05
    title: What was here
    files: [here.py] # ours
    points: 1

# Nothing below.
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A course with one exercise, and beside it a source assignment of nbgrader's."""
    root = tmp_path_factory.mktemp("import") / "course"
    root.mkdir()
    (root / "gradebook.yml").write_text(BOOK)
    nc.save(root.parent / "source" / "ps1", "attention.ipynb", nc.ATTENTION)
    return root


def grade(root, *words, **more):
    """Type a command in a course."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "grader", *words],
        cwd=root,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **more},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


def files_of(root):
    """The paths of all files of a course."""
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def tried(place):
    """What a dry run printed, and what was there afterwards."""
    return grade(place, "import", "nbgrader", "../source/ps1", "--dry-run"), files_of(place)


@pytest.fixture(scope="module")
def imported(place, tried):
    """What the command printed."""
    return grade(place, "import", "nbgrader", "../source/ps1")


MADE = """exercise-06  Attention (made from ps1/attention.ipynb)
  attention.py, 3 visible and 2 hidden checks, 6.5 points
  exercises/exercise-06/README.md
  exercises/exercise-06/attention.py
  solutions/exercise-06/attention.py
  exercises/exercise-06/test_attention.py
  tests/exercise-06/test_attention.py
"""


def test_a_dry_run_writes_nothing(tried):
    """A dry run says what would be made and what left out, and the course is as it was."""
    ended, files = tried

    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith(MADE.replace("made from", "would be made from"))
    assert "left out of ps1/attention.ipynb\n  attention.ipynb, cell 15 (test" in ended.stdout
    assert ended.stdout.endswith("\nnothing was written; without --dry-run it is\n")
    assert files == ["gradebook.yml"]


def test_what_was_made_is_told(imported):
    """The exercise, its file, its checks and points are told, then what is left, then what next."""
    assert (imported.returncode, imported.stderr) == (0, "")
    assert imported.stdout.startswith(f"{MADE}\nleft out of ps1/attention.ipynb\n")
    assert "\nworth a look in ps1/attention.ipynb\n" in imported.stdout
    assert imported.stdout.endswith(
        "\nnext  grade exercise-06 solutions/exercise-06\n      grade rehearse exercise-06\n"
    )


def test_the_gradebook_keeps_its_words(place, imported):
    """gradebook.yml has one entry more, and its comments where they were."""
    assert (place / "gradebook.yml").read_text() == BOOK.replace(
        "    points: 1\n",
        "    points: 1\n\n  - id: exercise-06\n    title: Attention\n    files: [attention.py]\n"
        "    points: 6.5\n",
    )


def test_the_reference_earns_everything(place, imported):
    """The imported reference passes every imported check, across the wall."""
    ended = grade(place, "exercise-06", "solutions/exercise-06")

    assert "score  6.5 / 6.5" in ended.stdout
    assert ended.returncode == 0


def test_the_stub_earns_nothing(place, imported):
    """The imported stub earns 0, and that could be decided."""
    ended = grade(place, "exercise-06")

    assert "score  0 / 6.5" in ended.stdout
    assert "not written yet (scores)" in ended.stdout
    assert ended.returncode == 1


def test_a_part_earns_its_part(place, imported):
    """Who has written one function earns its checks, though names at the top have no value yet."""
    stub = (place / "exercises/exercise-06/attention.py").read_text()
    (place.parent / "ada").mkdir()
    (place.parent / "ada" / "attention.py").write_text(
        stub.replace('raise NotImplementedError("scores")',
                     "return q @ k.T / math.sqrt(q.shape[1])")
    )  # fmt: skip
    ended = grade(place, "exercise-06", "../ada")

    assert "score  3 / 6.5" in ended.stdout


def test_plain_pytest_runs_the_hidden_checks(place, imported):
    """The hidden checks pass against the reference in plain pytest."""
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/exercise-06"],
        cwd=place, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert "2 passed" in ended.stdout


def test_again(place, imported):
    """A second time it is another exercise; an id that is taken is refused, and nothing written."""
    before = files_of(place)
    ended = grade(place, "import", "nbgrader", "../source/ps1", "--as", "exercise-06")
    another = grade(place, "import", "nbgrader", "../source/ps1", "--dry-run")

    assert ended.returncode == 2
    assert ended.stderr == (
        "grade: exercise-06 is there already, in gradebook.yml or as a folder; name another one "
        "with --as\n"
    )
    assert another.stdout.startswith("exercise-07  Attention")
    assert files_of(place) == before


def test_nothing_to_carry_over(place):
    """Where no cell can be a check, the reasons are told and the exit code is 2."""
    nc.save(place.parent / "by hand", "essay.ipynb", [nc.ATTENTION[-3]])
    ended = grade(place, "import", "nbgrader", "../by hand")

    assert ended.returncode == 2
    assert ended.stderr == "grade: nothing of ../by hand could be carried over\n"
    assert ended.stdout == (
        "\nleft out of by hand/essay.ipynb\n  essay.ipynb, cell 1 (why): a person grades this text "
        "(4 points); the exercise is without it\n"
    )


def test_no_place(place):
    """A place that is not there is told."""
    ended = grade(place, "import", "nbgrader", "nowhere")

    assert ended.returncode == 2
    assert ended.stderr == (
        "grade: nowhere is not there; name a notebook, an assignment's folder or the source folder "
        "of a course\n"
    )

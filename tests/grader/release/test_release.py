"""The students' repository as a whole: what is planned, what the verb says, what works in it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from grader import course, release
from grader.course import load
from grader.errors import CourseError
from grader.release.folder import LIST

Planned = Callable[[Path], release.Release]


def grade(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Type a command in a folder."""
    return subprocess.run(
        [sys.executable, "-m", "grader", *words],
        cwd=folder,
        env={**os.environ, "PYTHONSAFEPATH": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def changed(root: Path, name: str, old: str, new: str) -> None:
    """Put something in place of what a file of the course has once."""
    text = (root / name).read_text("utf-8")
    assert text.count(old) == 1
    (root / name).write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def students(teachers: Path) -> Path:
    """Release the course as a teacher does."""
    ended = grade(teachers, "release", "../students")
    assert (ended.returncode, ended.stderr) == (0, "")
    return teachers.parent / "students"


# What is planned


def test_what_leaves(teachers: Path, planned: Planned) -> None:
    """Five files an exercise, and three at the top; what a teacher keeps is in none of them."""
    found = planned(teachers)

    assert [path for path in found.files if not path.startswith("exercises/")] == [
        ".gitignore", "README.md", "gradebook.yml"]  # fmt: skip
    assert len(found.files) == 28
    assert found.notes == (
        "No workflow leaves: gradebook.yml names no action (action: OWNER/REPO@REF).",
    )


def test_students_read_the_same_course(students: Path, teachers: Path) -> None:
    """Titles, files, points and limits are the teacher's, and the hidden checks are counted."""
    ours, theirs = load(teachers), load(students)
    counts = {"exercise-01": 4, "exercise-02": 5, "exercise-03": 6, "exercise-04": 5,
              "exercise-05": 5}  # fmt: skip

    assert {each.id: each.hidden_checks for each in theirs.exercises} == counts
    assert (theirs.title, theirs.drop) == (ours.title, ours.drop)
    for mine, yours in zip(ours.exercises, theirs.exercises, strict=True):
        trees = {"stub_dir": mine.stub_dir, "reference_dir": mine.reference_dir,
                 "hidden_dir": mine.hidden_dir}  # fmt: skip
        assert replace(yours, hidden_checks=None, **trees) == mine


def test_a_workflow_leaves_where_there_is_an_action(teachers: Path, planned: Planned) -> None:
    """It grades with the Action that the course names, and README.md says how to install that."""
    changed(teachers, "gradebook.yml", "course: Py", "action: ada/grader@v1\ncourse: Py")
    found = planned(teachers)
    front = found.files["README.md"].decode()

    assert b"uses: 'ada/grader@v1'" in found.files[".github/workflows/grade.yml"]
    assert "pip install 'pytorch-grader @ git+https://github.com/ada/grader@v1'\n" in front
    assert "What you push is graded." in front
    assert b"action" not in found.files["gradebook.yml"]
    assert found.notes == (
        "What students push is graded by the visible checks only: nothing is sealed (grade seal), "
        "and no --checks OWNER/REPO says where the others are.",
    )


@pytest.mark.parametrize(
    ("action", "way", "told"),
    [
        ("", release.Way(is_classroom=True),
         "there is no workflow to write: gradebook.yml names no action. Write action: "
         "OWNER/REPO@REF at its top, or leave --checks and --classroom out"),
        ("action: ada/grader@v1\n", release.Way("git@github.com:ada/course"),
         "--checks is 'git@github.com:ada/course'; write OWNER/REPO, such as ada/course, the "
         "private repository in which your course lies"),
    ],
)  # fmt: skip
def test_a_workflow_that_cannot_be_is_told(
    action: str, way: release.Way, told: str, teachers: Path
) -> None:
    """What a workflow needs and has not is told before anything is planned."""
    changed(teachers, "gradebook.yml", "course: Py", f"{action}course: Py")
    known = load(teachers)
    with pytest.raises(CourseError) as caught:
        release.plan(known, dict.fromkeys((each.id for each in known.exercises), 0), way)

    assert str(caught.value) == told


def test_the_workflow_that_was_asked_for_leaves(teachers: Path) -> None:
    """It reads the points for Classroom, and has its checks from the teacher's course."""
    changed(teachers, "gradebook.yml", "course: Py", "action: ada/grader@v1\ncourse: Py")
    words = ("--classroom", "--checks", "ada/course")
    ended = grade(teachers, "release", "../students", *words)
    text = (teachers.parent / "students/.github/workflows/classroom.yml").read_text("utf-8")

    assert (ended.returncode, ended.stderr) == (0, "")
    assert "repository: 'ada/course'" in text
    assert "No workflow" not in ended.stdout


def test_a_stale_seal_does_not_leave(teachers: Path) -> None:
    """With the key it is seen whether seals are fresh; without it, that nobody looked is said."""
    key = grade(teachers, "seal", "--new-key").stdout.strip()
    assert grade(teachers, "seal", GRADER_KEY=key).returncode == 0
    fresh = grade(teachers, "release", "../students", GRADER_KEY=key)
    with (teachers / "tests/exercise-03/test_gradients.py").open("a") as file:
        file.write("\n# One more.\n")
    stale = grade(teachers, "release", "../students", GRADER_KEY=key)
    unseen = grade(teachers, "release", "../students", "--check")

    assert (fresh.returncode, fresh.stderr) == (0, "")
    assert len(list((teachers.parent / "students/sealed").iterdir())) == 5
    assert stale.returncode == 2
    assert "exercise-03" in stale.stderr
    assert unseen.stderr == (
        "grade: the seals leave as they are: whether they are fresh is seen with GRADER_KEY only\n"
    )


def test_seals_leave(teachers: Path, planned: Planned) -> None:
    """What is sealed travels along, byte by byte.

    An exercise that was forgotten is told, also one that hides no check: beside a key it would not
    be graded.
    """
    shutil.rmtree(teachers / "tests/exercise-02")
    (teachers / "sealed").mkdir()
    (teachers / "sealed/exercise-03.sealed").write_bytes(b"\0\r\n")
    (teachers / "sealed/exercise-77.sealed").write_bytes(b"old")
    found = planned(teachers)

    assert {path: data for path, data in found.files.items() if path.startswith("sealed")} == {
        "sealed/exercise-03.sealed": b"\0\r\n"
    }
    told = [note for note in found.notes if " not sealed" in note]
    assert [note.split()[0] for note in told] == [f"exercise-0{n}" for n in (1, 2, 4, 5)]
    assert told[1] == (
        "exercise-02 is not sealed, and others are: with the key set it is not graded at all. Seal "
        "it, even if it hides no check: grade seal exercise-02."
    )


def test_a_number_of_hidden_checks_that_is_wrong_is_told(teachers: Path, planned: Planned) -> None:
    """`hidden:` of the teacher's own file has to be what there is."""
    changed(teachers, "gradebook.yml", "points: 8", "points: 8\n    hidden: 4")
    with pytest.raises(CourseError) as caught:
        planned(teachers)

    assert str(caught.value) == (
        "gradebook.yml says hidden: 4 of exercise-02, which has 5 hidden checks; take the line "
        "out, a release fills it in"
    )


FRONT = """\
# A \\*course\\*

2 exercises, 6.5 points. Each lies in a folder of its own in `exercises/`:
a README.md that says what is asked, the file to write in, and checks that tell you at
once how it went.

"""
TABLE = """\
## The exercises

| exercise | points | of which here | due |
|---|---:|---:|---|
| [exercise-01](exercises/exercise-01/README.md) A \\| B | 2.5 | 1 | 2026-10-12 23:59 UTC |
| [exercise-02](exercises/exercise-02/README.md) C | 4 | 0 | – |

Late: 10 % a day.
Of several submissions the best one counts (exercise-01).
Of several submissions the last one counts (exercise-02).
The weakest exercise of each student does not count.

## What is hidden

The checks that lie in `exercises/` can be read. 3 more checks, worth 5.5 points, are tried at
submission, with other numbers and other shapes.
"""


def test_the_front_page_tells_points_and_rules(tmp_path: Path) -> None:
    """Titles are no Markdown; points, due times, lateness and what is hidden are told."""
    (tmp_path / "gradebook.yml").write_text(
        "course: A *course*\ndrop: 1\nzone: UTC\nexercises:\n"
        "- {id: exercise-01, title: A | B, files: [a.py], points: 2.5, due: 2026-10-12 23:59, "
        "late: 10 % a day}\n"
        "- {id: exercise-02, title: C, files: [c.py], points: 4, counts: last}\n"
    )
    (tmp_path / "exercises/exercise-01").mkdir(parents=True)
    (tmp_path / "exercises/exercise-01/test_a.py").write_text(
        "@pytest.mark.points(1)\ndef test_a(): ...\n"
    )
    counts = {"exercise-01": 2, "exercise-02": 1}
    text = release.front.text(course.load(tmp_path), counts, is_pushed=False)

    assert text.startswith(FRONT)
    assert text.endswith(TABLE)


# The verb


def test_the_verb_says_what_leaves_and_what_stays(teachers: Path) -> None:
    """Points, hidden checks, what is left out, and the number of files are told."""
    (teachers / "exercises/exercise-01/notes.txt").touch()
    ended = grade(teachers, "release", "../students")

    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == (
        "PyTorch from Zero: 5 exercises, 46 points; 25 hidden checks, worth 31 points, stay.\n"
        "stays: exercises/exercise-01/notes.txt (README.md does not name it)\n"
        "No workflow leaves: gradebook.yml names no action (action: OWNER/REPO@REF).\n"
        "../students: 28 files, 28 new\n"
    )


def test_the_same_bytes_whatever_the_machine(teachers: Path) -> None:
    """Two folders, two seeds of hashes, two zones, locales and masks give one release."""
    first = grade(teachers, "release", "../one", PYTHONHASHSEED="1", TZ="UTC", LC_ALL="C")
    os.utime(teachers / "exercises/exercise-01/tensors.py", (1, 1))
    (teachers / "exercises/exercise-01/tensors.py").chmod(0o755)
    moved = teachers.rename(teachers.parent / "elsewhere")
    before = os.umask(0o077)
    try:
        second = grade(moved, "release", "../two", PYTHONHASHSEED="2", TZ="Asia/Tokyo")
    finally:
        os.umask(before)
    one, two = moved.parent / "one", moved.parent / "two"
    paths = [path.relative_to(one) for path in sorted(one.rglob("*")) if path.is_file()]

    assert (first.returncode, second.returncode) == (0, 0)
    assert paths == [path.relative_to(two) for path in sorted(two.rglob("*")) if path.is_file()]
    for path in paths:
        assert (one / path).read_bytes() == (two / path).read_bytes()
        assert (one / path).stat().st_mode == (two / path).stat().st_mode


def test_check_tells_what_would_change(students: Path, teachers: Path) -> None:
    """Nothing is written; exit code 1 says that something would be, 0 that nothing would."""
    same = grade(teachers, "release", "../students", "--check")
    changed(teachers, "exercises/exercise-01/README.md", "# Exercise 01", "# The exercise 01")
    (teachers / "exercises/exercise-02/operations.ipynb").unlink()
    grade(teachers, "notebook", "1")
    before = (students / LIST).read_bytes()
    other = grade(teachers, "release", "../students", "--check")

    assert (same.returncode, same.stdout.splitlines()[-1]) == (
        0, "../students: 28 files, nothing changes")  # fmt: skip
    assert (other.returncode, other.stdout.splitlines()[2:]) == (1, [
        "changed  .release.sha256",
        "changed  exercises/exercise-01/README.md",
        "changed  exercises/exercise-01/tensors.ipynb",
        "gone     exercises/exercise-02/operations.ipynb",
        "../students: 27 files, would be 2 changed, 1 gone",
    ])  # fmt: skip
    assert (students / LIST).read_bytes() == before


def test_nothing_is_written_where_something_would_leave(teachers: Path) -> None:
    """The refusal names the place and the source, and what lets the file leave all the same."""
    with (teachers / "exercises/exercise-03/README.md").open("a") as file:
        file.write("\nIt is `(w * x - y) ** 2`.\n")
    grade(teachers, "notebook", "3")
    ended = grade(teachers, "release", "../students")
    words = ("exercises/exercise-03/README.md", "exercises/exercise-03/gradients.ipynb")
    allowed = grade(teachers, "release", "../students", *(f"--allow={word}" for word in words))

    assert not ended.stdout
    assert (ended.returncode, ended.stderr) == (2, (
        "grade: nothing was written: what is hidden would leave in 2 places.\n"
        "  exercises/exercise-03/README.md:73 says (w * x - y) ** 2, which is in "
        "solutions/exercise-03/gradients.py:17\n"
        "  exercises/exercise-03/gradients.ipynb (cell 5) says (w * x - y) ** 2, which is in "
        "solutions/exercise-03/gradients.py:17\n"
        "Take it out; or, if it is meant, let the file leave with --allow "
        "exercises/exercise-03/README.md\n"
    ))  # fmt: skip
    assert allowed.returncode == 0


def test_answers_in_the_folder_are_written_over_only_if_asked(
    students: Path, teachers: Path
) -> None:
    """A folder in which somebody worked is refused; --force writes, and leaves what is beside."""
    stub = students / "exercises/exercise-01/tensors.py"
    (students / "notes.md").write_text("mine")
    stub.write_text("my answer")
    kept = grade(teachers, "release", "../students")
    unharmed = stub.read_text()
    forced = grade(teachers, "release", "../students", "--force")

    assert (kept.returncode, kept.stderr) == (2, (
        "grade: ../students holds what no release has written as it is: "
        "exercises/exercise-01/tensors.py. Move it away, or write over it with --force\n"
    ))  # fmt: skip
    assert unharmed == "my answer"
    assert (forced.returncode, forced.stdout.splitlines()[-1]) == (
        0, "../students: 28 files, 1 changed")  # fmt: skip
    assert stub.read_bytes() == (teachers / "exercises/exercise-01/tensors.py").read_bytes()
    assert (students / "notes.md").read_text() == "mine"


def test_a_stale_notebook_does_not_leave(teachers: Path) -> None:
    """A notebook that somebody ran or edited holds what README.md and the stub do not."""
    with (teachers / "exercises/exercise-03/gradients.ipynb").open("a") as file:
        file.write("\n")
    ended = grade(teachers, "release", "../students")

    assert (ended.returncode, ended.stderr) == (2, (
        "grade: exercises/exercise-03/gradients.ipynb is not what README.md and the stub make; "
        "build it again: grade notebook exercise-03\n"
    ))  # fmt: skip
    assert not (teachers.parent / "students").exists()


def test_a_students_copy_is_not_released(students: Path) -> None:
    """Where nothing is hidden there is no teacher's course."""
    ended = grade(students, "release", "../more")

    assert (ended.returncode, ended.stderr) == (2, (
        "grade: there is nothing here to keep: no exercise has a folder in tests/ or solutions/. "
        "Release from the teacher's copy of the course\n"
    ))  # fmt: skip


def test_checks_that_no_text_counts_are_counted_as_in_grading(teachers: Path) -> None:
    """Cases that are computed count one each in the students' gradebook.yml."""
    changed(teachers, "tests/exercise-02/test_operations.py", '@pytest.mark.needs("matmul")\n',
            '@pytest.mark.needs("matmul")\n@pytest.mark.parametrize("n", range(3))\n')  # fmt: skip
    changed(
        teachers,
        "tests/exercise-02/test_operations.py",
        "def test_matmul_any(student, normal)",
        "def test_matmul_any(student, normal, n)",
    )
    changed(teachers, "gradebook.yml", "points: 8", "points: 10")
    ended = grade(teachers, "release", "../students")

    assert (ended.returncode, ended.stderr) == (0, "")
    assert load(teachers.parent / "students").exercises[1].hidden_checks == 7


# What works in it


def test_students_grade_with_the_visible_checks(students: Path, teachers: Path) -> None:
    """The stub, half an answer and the right one get their points, and what waits is told."""
    path = students / "exercises/exercise-03/gradients.py"
    stub = grade(students, "exercise-03")
    changed(
        students,
        "exercises/exercise-03/gradients.py",
        'raise NotImplementedError("loss: exercise 03, part 1")',
        "return (w * x - y) ** 2",
    )
    half = grade(students, "exercise-03")
    path.write_bytes((teachers / "solutions/exercise-03/gradients.py").read_bytes())
    right = grade(students, "exercise-03")
    ends = [
        (ended.returncode, [line.strip() for line in ended.stdout.splitlines() if "score" in line or
                            "at submission" in line][:2])
        for ended in (stub, half, right)
    ]  # fmt: skip

    assert [
        (code, score.split("  ")[1].strip(), told) for code, (score, told) in ends
    ] == [
        (1, "0 / 3 so far",
         "0 of 3 visible checks pass; 6 more (7 points) are checked at submission."),
        (1, "1 / 3 so far",
         "1 of 3 visible checks pass; 6 more (7 points) are checked at submission."),
        (0, "3 / 3 so far",
         "3 of 3 visible checks pass; 6 more (7 points) are checked at submission."),
    ]  # fmt: skip


def test_hints_and_stubs_work_there(students: Path) -> None:
    """A hint is told, and a stub comes back from the history of the student's clone."""
    path = students / "exercises/exercise-03/gradients.py"
    stub = path.read_text("utf-8")
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b"]
    for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "The course"]):
        subprocess.run([*git, *words], cwd=students, check=True)
    path.write_text(stub.replace("raise NotImplementedError", "return None  #"), encoding="utf-8")
    hint = grade(students, "hint", "3")
    reset = grade(students, "reset", "3")
    table = grade(students)
    status = subprocess.run(["git", "status", "--porcelain"], cwd=students, check=True,
                            capture_output=True, text=True)  # fmt: skip

    assert "hint 1 of 3" in hint.stdout
    assert (reset.returncode, path.read_text("utf-8")) == (0, stub)
    assert "exercise-03  Gradients" in table.stdout
    assert status.stdout == ""

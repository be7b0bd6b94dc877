"""What a class handed in is assigned or listed, in every layout; each is built for real."""

import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader import intake
from grader.errors import CourseError, SubmissionError
from grader.intake import Kind, Roll
from grader.records import Exercise, Isolation, Limits
from grader.roster import Roster, Row

NOON = datetime(2026, 10, 12, 12, 0, tzinfo=UTC)


def exercise(number: int, *files: str) -> Exercise:
    """Make an exercise that asks for some files."""
    nowhere = Path("nowhere")
    return Exercise(
        f"exercise-{number:02}", "T", files, Fraction(1), Limits(), Isolation.SUBMISSION,
        nowhere, nowhere, nowhere,
    )  # fmt: skip


GRADIENTS = exercise(3, "gradients.py")
TENSORS = exercise(1, "tensors.py")
PAIR = exercise(4, "left.py", "right.py")
COURSE = (TENSORS, GRADIENTS, PAIR)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write files into a folder of submissions; each was changed at noon."""

    def make(*names: str, folder: str = "handed-in") -> Path:
        root = tmp_path / folder
        root.mkdir(exist_ok=True)
        for name in names:
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"# {name}\n")
            os.utime(path, (NOON.timestamp(), NOON.timestamp()))
        return root

    return make


def who(roll: Roll) -> list[tuple[str, str]]:
    """List who handed in which exercise."""
    return [(one.student, one.exercise) for one in roll.handed]


def why(roll: Roll) -> dict[str, str]:
    """List the reasons of what was not assigned."""
    return {stray.path: stray.reason for stray in roll.unassigned}


def text_of(roll: Roll, number: int = 0) -> str:
    """Read the first file of a submission."""
    one = roll.handed[number]
    meant = next(each for each in COURSE if each.id == one.exercise)
    return intake.read(one, meant).sources[0].text


def test_a_plain_folder(write: Callable[..., Path]) -> None:
    """A folder, a file and a zip for each student are theirs, at the time of the files."""
    root = write("ada/gradients.py", "bob.py")
    with zipfile.ZipFile(root / "eve.zip", "w") as archive:
        archive.writestr("work/gradients.py", "# eve\n")
        archive.writestr("__MACOSX/work/gradients.py", "litter")
    os.utime(root / "eve.zip", (NOON.timestamp(), NOON.timestamp()))
    roll = intake.take_in(root, [GRADIENTS])

    assert who(roll) == [("ada", "exercise-03"), ("bob", "exercise-03"), ("eve", "exercise-03")]
    assert {one.kind for one in roll.handed} == set(Kind)
    assert {one.submitted_at for one in roll.handed} == {NOON}
    assert [one.path for one in roll.handed] == [
        "handed-in/ada", "handed-in/bob.py", "handed-in/eve.zip"
    ]  # fmt: skip
    assert [text_of(roll, n) for n in range(3)] == ["# ada/gradients.py\n", "# bob.py\n", "# eve\n"]
    assert roll.unassigned == ()


def test_the_same_files_have_one_digest(write: Callable[..., Path]) -> None:
    """However it was handed in, the same code is the same submission."""
    root = write("ada/gradients.py")
    shutil.copy(root / "ada/gradients.py", root / "bob.py")
    with zipfile.ZipFile(root / "eve.zip", "w") as archive:
        archive.write(root / "bob.py", "gradients.py")
    roll = intake.take_in(root, [GRADIENTS])

    assert len({intake.read(one, GRADIENTS).digest for one in roll.handed}) == 1


def test_a_clone_by_github_classroom(write: Callable[..., Path]) -> None:
    """The login follows the assignment's name; the commit tells the time."""
    root = write(
        "exercise-03-ada-lovelace/gradients.py",
        "exercise-03-bob/exercises/exercise-03/gradients.py",
        "exercise-03-bob/solutions/exercise-03/gradients.py",
        folder="exercise-03-submissions",
    )
    when = {"GIT_COMMITTER_DATE": "2026-10-01T10:00:00Z", "GIT_AUTHOR_DATE": "2020-01-01T00:00:00Z"}
    for words in (
        ["init"],
        ["add", "."],
        ["-c", "user.name=b", "-c", "user.email=b", "commit", "-m", "x"],
    ):
        subprocess.run(["git", *words], cwd=root / "exercise-03-bob", check=True,
                       capture_output=True, env={**os.environ, **when})  # fmt: skip
    roll = intake.take_in(root, COURSE)

    assert who(roll) == [("ada-lovelace", "exercise-03"), ("bob", "exercise-03")]
    assert roll.handed[1].submitted_at == datetime(2026, 10, 1, 10, tzinfo=UTC)
    assert text_of(roll, 1) == "# exercise-03-bob/exercises/exercise-03/gradients.py\n"


def test_a_clone_of_another_name(write: Callable[..., Path]) -> None:
    """An assignment may be called anything."""
    root = write("hw-3-ada-l/gradients.py", folder="hw-3-submissions")

    assert who(intake.take_in(root, COURSE)) == [("ada-l", "exercise-03")]


def test_a_download_from_canvas(write: Callable[..., Path]) -> None:
    """The latest upload of a file counts, whatever number it got; its own time is not known."""
    root = write(
        "doejane_1234_500_gradients.py",
        "doejane_1234_777_gradients-2.py",
        "roebob_LATE_88_501_left.py",
        "roebob_LATE_88_502_right.py",
        "roebob_88_503_notes.txt",
    )
    roll = intake.take_in(root, COURSE)

    assert who(roll) == [("doejane_1234", "exercise-03"), ("roebob_88", "exercise-04")]
    assert text_of(roll) == "# doejane_1234_777_gradients-2.py\n"
    assert [one.submitted_at for one in roll.handed] == [None, None]
    assert roll.handed[1].note == "Canvas says it is late, and not when it came"
    assert [source.name for source in intake.read(roll.handed[1], PAIR).sources] == [
        "left.py", "right.py"
    ]  # fmt: skip
    assert why(roll) == {
        "handed-in/doejane_1234_500_gradients.py":
            "the same student handed in doejane_1234_777_gradients-2.py later",
    }  # fmt: skip


def test_a_download_from_moodle(write: Callable[..., Path]) -> None:
    """Folders, files beside each other and a zip in a folder are their student's."""
    root = write(
        "Ada Lovelace_12_assignsubmission_file_/gradients.py",
        "Bob Roe_13_assignsubmission_file_gradients.py",
        "Eve_14_assignsubmission_file/notes.txt",
        "Kim_15_assignsubmission_onlinetext_onlinetext.html",
    )
    with zipfile.ZipFile(root / "Eve_14_assignsubmission_file/work.zip", "w") as archive:
        archive.writestr("a/tensors.py", "# eve\n")
    roll = intake.take_in(root, COURSE)

    assert who(roll) == [
        ("Eve", "exercise-01"), ("Ada Lovelace", "exercise-03"), ("Bob Roe", "exercise-03")
    ]  # fmt: skip
    assert text_of(roll) == "# eve\n"
    assert why(roll) == {
        "handed-in/Kim_15_assignsubmission_onlinetext_onlinetext.html":
            "it is text written into Moodle's page; ask for files",
    }  # fmt: skip


def test_two_of_one_name_are_listed(write: Callable[..., Path]) -> None:
    """Where two things claim to be one student's answer, neither is taken."""
    root = write(
        "Ada_1_assignsubmission_file_/gradients.py",
        "Ada_2_assignsubmission_file_/gradients.py",
        "bob.py",
    )
    roll = intake.take_in(root, [GRADIENTS])
    both = "handed-in/Ada_1_assignsubmission_file_, handed-in/Ada_2_assignsubmission_file_"

    assert who(roll) == [("bob", "exercise-03")]
    assert set(why(roll).values()) == {
        f"Ada has more than one answer to exercise-03: {both}; keep one"
    }
    assert len(roll.unassigned) == 2


def test_a_student_may_answer_several_exercises(write: Callable[..., Path]) -> None:
    """One folder with the files of two exercises is two submissions."""
    root = write("ada/tensors.py", "ada/gradients.py")

    assert who(intake.take_in(root, COURSE)) == [("ada", "exercise-01"), ("ada", "exercise-03")]


NOTEBOOK = json.dumps({"nbformat": 4, "cells": [{"cell_type": "code", "source": "a = 1"}]})
STUB = "def f():\n    raise NotImplementedError\n"


def test_notebooks_are_taken_in(write: Callable[..., Path]) -> None:
    """A notebook is somebody's answer wherever a file would be, by any name if it is alone."""
    names = (
        "ada/work/gradients.ipynb", "bob.ipynb", "cid/my work.ipynb",
        "doejane_1234_500_gradients-1.ipynb", "doejane_1234_499_gradients.ipynb",
        "Eve E_12_assignsubmission_file_/gradients.ipynb",
    )  # fmt: skip
    root = write(*names)
    for name in names:
        (root / name).write_text(NOTEBOOK)
    with zipfile.ZipFile(root / "fay.zip", "w") as archive:
        archive.writestr("x/gradients.ipynb", NOTEBOOK)
        archive.writestr("x/.ipynb_checkpoints/gradients-checkpoint.ipynb", "{")
    roll = intake.take_in(root, [GRADIENTS])
    read = [intake.read(one, GRADIENTS) for one in roll.handed]

    assert [one.student for one in roll.handed] == [
        "Eve E", "ada", "bob", "cid", "doejane_1234", "fay"
    ]  # fmt: skip
    assert [one.sources[0].cells for one in read] == [((1, 1),)] * 6
    assert len({one.digest for one in read}) == 1
    assert why(roll) == {
        "handed-in/doejane_1234_499_gradients.ipynb":
            "the same student handed in doejane_1234_500_gradients-1.ipynb later",
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["folder", "zip", "files"])
def test_a_notebook_beside_a_file_is_weighed(kind: str, write: Callable[..., Path]) -> None:
    """In every layout, the form in which more is written is graded."""
    if kind == "files":
        root = write("d_1_2_gradients.py", "d_1_3_gradients.ipynb")
        (root / "d_1_2_gradients.py").write_text(STUB)
        (root / "d_1_3_gradients.ipynb").write_text(NOTEBOOK)
    elif kind == "folder":
        root = write("d/x/gradients.py", "d/x/gradients.ipynb", "d/other.ipynb")
        (root / "d/x/gradients.py").write_text(STUB)
        (root / "d/x/gradients.ipynb").write_text(NOTEBOOK)
    else:
        root = write("e/gradients.py")
        with zipfile.ZipFile(root / "d.zip", "w") as archive:
            archive.writestr("gradients.py", STUB)
            archive.writestr("gradients.ipynb", NOTEBOOK)
    handed = intake.take_in(root, [GRADIENTS]).handed[0]
    submission = intake.read(handed, GRADIENTS)

    assert submission.sources[0].text == "a = 1\n"
    assert submission.notes == (
        "gradients.ipynb is graded, and not gradients.py, where more is left to be written",
    )


def test_the_time_is_that_of_the_newer_form(write: Callable[..., Path]) -> None:
    """Nobody is on time by handing in a stub, and later the notebook beside it."""
    root = write("ada/gradients.py", "ada/gradients.ipynb")
    later = NOON.timestamp() + 3600
    os.utime(root / "ada/gradients.ipynb", (later, later))
    (handed,) = intake.take_in(root, [GRADIENTS]).handed

    assert handed.submitted_at == datetime.fromtimestamp(later, UTC)


def test_a_notebook_of_any_name_needs_a_single_exercise(write: Callable[..., Path]) -> None:
    """Where several exercises may be meant, a notebook answers the one whose name it has."""
    root = write("ada/my.ipynb", "bob/tensors.ipynb")

    assert who(intake.take_in(root, COURSE)) == [("bob", "exercise-01")]


def test_a_roster_names_and_misses_students(write: Callable[..., Path]) -> None:
    """What a row knows becomes its key and its time; who is missing is listed."""
    root = write("doejane_1234_500_gradients.py", "Ada/gradients.py", "stranger.py")
    roster = Roster(
        [Row("u1", words=("Doe, Jane",), submitted_at=NOON), Row("u2", words=("Ada",)), Row("u3")]
    )
    roll = intake.take_in(root, [GRADIENTS], roster)

    assert [(one.student, one.submitted_at) for one in roll.handed] == [("u1", NOON), ("u2", NOON)]
    assert roll.absent == ("u3",)
    assert why(roll) == {
        "handed-in/stranger.py": "the roster has nobody, or several, for 'stranger'"
    }


@pytest.mark.parametrize(
    ("names", "path", "reason"),
    [
        (["ada/notes.txt"], "ada", "it has none of gradients.py; it holds notes.txt"),
        (["ada/a.ipynb", "ada/b/c.ipynb"], "ada",
         "it has 2 notebooks (a.ipynb, b/c.ipynb) and no gradients.ipynb; keep one"),
        (["ada/a/gradients.ipynb", "ada/b/gradients.ipynb"], "ada",
         "the files of exercise-03 are in several places (a/, b/); keep one"),
        (["gradients.ipynb"], "gradients.ipynb",
         "nothing says whose it is; put it in a folder named after the student"),
        (["ada/.ipynb_checkpoints/gradients.ipynb"], "ada", "it is empty; hand in gradients.py"),
        (["ada.rar"], "ada.rar", "it is no folder, no .py file, no notebook and no .zip"),
        (["ada/.git/x"], "ada", "it is empty; hand in gradients.py"),
        (["ada/a/gradients.py", "ada/gradients.py"], "ada",
         "the files of exercise-03 are in several places (the top, a/); keep one"),
        (["gradients.py"], "gradients.py",
         "nothing says whose it is; put it in a folder named after the student"),
        (["exercise-09-ada/gradients.py"], "exercise-09-ada",
         "it is for exercise-09, which is not asked for here"),
        (["a\nb.py"], "a\nb.py", "the name has characters that do not print; rename it"),
        (["x" * 201 + "/gradients.py"], "x" * 201,
         f"nobody can be called {'x' * 40!r}; write 1 to 200 letters"),
    ],
)  # fmt: skip
def test_what_cannot_be_assigned_is_listed(
    names: list[str], path: str, reason: str, write: Callable[..., Path]
) -> None:
    """Nothing is dropped: each thing that is nobody's has a sentence."""
    roll = intake.take_in(write(*names), [GRADIENTS])

    assert who(roll) == []
    assert why(roll) == {f"handed-in/{path}": reason}


def test_links_are_not_followed(write: Callable[..., Path], tmp_path: Path) -> None:
    """A link to the reference is nobody's submission, as an entry and in a folder."""
    secret = tmp_path / "gradients.py"
    secret.write_text("secret")
    root = write("bob/notes.txt", "eve/sub/x.txt")
    os.symlink(secret, root / "ada.py")
    os.symlink(secret, root / "bob/gradients.py")
    os.symlink(tmp_path, root / "eve/all")
    roll = intake.take_in(root, [GRADIENTS])

    assert who(roll) == []
    assert why(roll)["handed-in/ada.py"] == "it is a symbolic link, and links are not followed"
    assert why(roll)["handed-in/bob"] == "it has none of gradients.py; it holds notes.txt"


def test_a_file_that_becomes_a_link_is_not_followed(
    write: Callable[..., Path], tmp_path: Path
) -> None:
    """What was a file when it was listed is looked at again when it is read."""
    root = write("ada.py")
    roll = intake.take_in(root, [GRADIENTS])
    (root / "ada.py").unlink()
    os.symlink(tmp_path / "secret", root / "ada.py")
    with pytest.raises(SubmissionError) as caught:
        intake.read(roll.handed[0], GRADIENTS)

    assert str(caught.value) == (
        "handed-in/ada.py/gradients.py: symbolic links are not followed; hand in the file itself"
    )


def test_a_hostile_zip_is_listed(write: Callable[..., Path]) -> None:
    """An archive that is refused names nobody's answer, and why."""
    root = write("ada.py")
    with zipfile.ZipFile(root / "eve.zip", "w") as archive:
        archive.writestr("../gradients.py", "x")
    roll = intake.take_in(root, [GRADIENTS])

    assert who(roll) == [("ada", "exercise-03")]
    assert why(roll) == {
        "handed-in/eve.zip":
            "it has a member '../gradients.py', which leads out of the archive; pack the folder "
            "itself",
    }  # fmt: skip


def test_no_folder_is_refused(tmp_path: Path) -> None:
    """A folder that is not there is a mistake of the command."""
    with pytest.raises(CourseError) as caught:
        intake.take_in(tmp_path / "none", [GRADIENTS])

    assert str(caught.value) == (
        f"{tmp_path}/none cannot be read: No such file or directory; name a folder of submissions"
    )


def test_a_single_file_needs_a_single_exercise(write: Callable[..., Path]) -> None:
    """A file of any name may be any exercise's, so nothing is guessed."""
    roll = intake.take_in(write("ada.py"), COURSE)

    assert why(roll) == {
        "handed-in/ada.py":
            "it has none of tensors.py, gradients.py, left.py, right.py; it holds ada.py",
    }  # fmt: skip


NAMES = st.lists(
    st.one_of(
        st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1,
                max_size=20),
        st.builds("{}_{}_{}_{}".format, st.text("ab_", min_size=1), st.integers(0, 99),
                  st.integers(0, 99), st.sampled_from(["gradients.py", "gradients-1.py", "x"])),
        st.builds("{}_{}_assignsubmission_file_{}".format, st.text("aé _", min_size=1),
                  st.integers(0, 9), st.sampled_from(["", "gradients.py"])),
        st.builds("exercise-03-{}".format, st.text("ab-", min_size=1)),
    ).filter(lambda name: name not in (".", "..") and len(name.encode()) < 200),
    max_size=6,
    unique=True,
)  # fmt: skip


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(names=NAMES, folders=st.lists(st.booleans(), min_size=6, max_size=6))
def test_nothing_is_dropped(names: list[str], folders: list[bool], tmp_path: Path) -> None:
    """Whatever a folder holds: each entry is a submission, part of one, or listed with a reason."""
    root = tmp_path / "handed-in"
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    for name, is_folder in zip(names, folders, strict=False):
        place = root / name
        if is_folder:
            place.mkdir()
            (place / "gradients.py").write_text("x")
        else:
            place.write_text("x")
    roll = intake.take_in(root, [GRADIENTS])
    places = {one.path.partition("/")[2] for one in (*roll.handed, *roll.unassigned)}
    members = {member for one in roll.handed for _, member in one.files}

    assert {entry for entry in os.listdir(root) if entry not in intake._LITTER} <= places | members
    assert len({(one.student, one.exercise) for one in roll.handed}) == len(roll.handed)
    assert all(intake.read(one, GRADIENTS).sources[0].text == "x" for one in roll.handed)

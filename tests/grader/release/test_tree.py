"""What leaves of exercises/: what an exercise consists of, and what its README.md names."""

import os
import subprocess
from pathlib import Path

import pytest

from grader import course
from grader.errors import CourseError
from grader.release import tree

FIRST = "exercises/exercise-01"


def taken(root: Path) -> tree.Taken:
    """Choose what leaves of a course."""
    return tree.take(course.load(root))


def refused(root: Path) -> str:
    """Say why nothing leaves."""
    with pytest.raises(CourseError) as caught:
        taken(root)
    return str(caught.value)


def test_an_exercise_is_stub_task_hints_checks_and_notebook(teachers: Path) -> None:
    """These five leave of each exercise, as they are, and nothing has to stay."""
    found = taken(teachers)
    first = [path for path in found.files if path.startswith(FIRST)]

    assert first == [f"{FIRST}/{name}" for name in
                     ("README.md", "hints.yml", "tensors.ipynb", "tensors.py",
                      "test_tensors.py")]  # fmt: skip
    assert found.files == {path: (teachers / path).read_bytes() for path in found.files}
    assert found.left_out == ()


def test_what_no_readme_names_stays(teachers: Path) -> None:
    """A picture that README.md shows leaves; what it does not name stays, and is told."""
    folder = teachers / FIRST
    (folder / "pictures").mkdir()
    for name in ("pictures/slope.png", "pictures/old.png", "answers.txt", "data.csv"):
        (folder / name).write_bytes(b"1")
    (teachers / "exercises/exercise-77").mkdir()
    (teachers / "exercises/exercise-77/README.md").touch()
    with (folder / "README.md").open("a") as file:
        file.write("\n![The slope](./pictures/slope.png) of `data.csv`, not of my-answers.txt.\n")
    found = taken(teachers)

    assert {f"{FIRST}/pictures/slope.png", f"{FIRST}/data.csv"} < found.files.keys()
    assert found.left_out == (
        f"{FIRST}/answers.txt (README.md does not name it)",
        f"{FIRST}/pictures/old.png (README.md does not name it)",
        "exercises/exercise-77/README.md (it is of no exercise in gradebook.yml)",
    )


def test_what_programs_leave_behind_is_not_told(teachers: Path) -> None:
    """Caches, backups and the files of editors stay without a word, also where they are named."""
    folder = teachers / FIRST
    for name in ("__pycache__/tensors.cpython-311.pyc", ".ipynb_checkpoints/tensors.ipynb",
                 "tensors.py.backup-1", "tensors.py~", ".tensors.py.swp", "x.pyc"):  # fmt: skip
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"1")
    with (folder / "README.md").open("a") as file:
        file.write("\nx.pyc and tensors.py.backup-1\n")

    assert (len(taken(teachers).files), taken(teachers).left_out) == (25, ())


def test_a_readme_for_the_course_leaves_at_the_top(teachers: Path) -> None:
    """exercises/README.md is the teacher's own front page."""
    (teachers / "exercises/README.md").write_text("Welcome.")

    assert taken(teachers).front == b"Welcome."
    assert "exercises/README.md" not in taken(teachers).files


def test_line_ends_are_those_of_linux(teachers: Path) -> None:
    """A clone on Windows gives the same bytes; a picture is left as it is."""
    (teachers / FIRST / "tensors.py").write_bytes(b"a\r\nb\r\n")
    (teachers / FIRST / "README.md").write_bytes(b"See a.png\r\n")
    (teachers / FIRST / "a.png").write_bytes(b"\x89PNG\r\n")
    found = taken(teachers).files

    assert found[f"{FIRST}/tensors.py"] == b"a\nb\n"
    assert found[f"{FIRST}/a.png"] == b"\x89PNG\r\n"


def test_what_git_ignores_stays(teachers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another clone would not have it; what one machine alone ignores leaves like any other."""
    (teachers / "mine").write_text("[core]\n\texcludesFile = mine.ignore\n")
    (teachers / "mine.ignore").write_text("*.md\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(teachers / "mine"))
    subprocess.run(["git", "init", "--quiet"], cwd=teachers, check=True)
    (teachers / ".gitignore").write_text("*.ipynb\n")
    found = taken(teachers)
    (teachers / ".gitignore").write_text("tensors.py\n")

    assert f"{FIRST}/tensors.ipynb (git ignores it)" in found.left_out
    assert len(found.files) == 20
    assert refused(teachers) == f"{FIRST}/tensors.py is ignored by git; take it out of .gitignore"


@pytest.mark.parametrize("name", ["mistakes.py", "variants.py", "equivalent.yml"])
def test_what_belongs_to_tests_is_refused_by_its_name(name: str, teachers: Path) -> None:
    """A file of the hidden tree that lies among the stubs is told, even if nobody names it."""
    (teachers / FIRST / name).touch()

    assert refused(teachers) == (
        f"{FIRST}/{name} belongs to what students do not receive; move it to tests/exercise-01/"
    )


def test_a_link_is_refused(teachers: Path) -> None:
    """A stub or a folder that leads elsewhere is told."""
    stub = teachers / FIRST / "tensors.py"
    stub.unlink()
    stub.symlink_to(teachers / "solutions/exercise-01/tensors.py")
    told = refused(teachers)
    stub.unlink()

    assert told == (
        f"{FIRST}/tensors.py is a link, and what it leads to may be anything; put the file itself "
        "there"
    )
    assert refused(teachers) == f"{FIRST}/tensors.py is not there; write the stub there"


def test_a_folder_that_is_a_link_is_refused(teachers: Path) -> None:
    """An exercise's folder that leads elsewhere is not walked."""
    folder = teachers / FIRST
    os.rename(folder, teachers / "moved")
    folder.symlink_to(teachers / "moved")

    assert refused(teachers) == (
        f"{FIRST} is a link, and what it leads to may be anything; put the file itself there"
    )

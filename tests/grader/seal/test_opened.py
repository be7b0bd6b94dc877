"""What a seal holds lies open for one grading, where nobody else reads it, and goes with it."""

import os
import signal
import stat
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from grader.errors import ConfinementError, CourseError, SandboxError
from grader.opened import opened
from grader.sandbox import walls
from grader.seal import closing, keys, parts

WITHOUT = "or unset GRADER_KEY, and what lies here is graded"


@pytest.fixture(autouse=True)
def beside(tmp_path, monkeypatch) -> Path:
    """Give a folder for temporary files that nobody else uses."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def walled() -> None:
    """Skip where nothing is opened, because walls are missing."""
    lacking = [w.name for w in walls.available() if w.missing and w.name in walls.NEEDED]
    if lacking:
        pytest.skip(f"there are no walls here: {', '.join(lacking)}")


@pytest.fixture
def sealed(teacher):
    """The teacher's copy with a seal."""
    teacher.seal.parent.mkdir()
    teacher.seal.write_bytes(closing.sealed(teacher.exercise, teacher.key).data)
    return teacher


@pytest.fixture
def student(sealed, tmp_path):
    """A student's copy, with the seal and without what it holds."""
    return sealed.released(tmp_path / "student")


def refused(made, kind=CourseError, key=None, confine="auto") -> str:
    """Open what is not opened; why."""
    with pytest.raises(kind) as caught, opened(made.exercise, key or made.key, confine):
        pass
    return str(caught.value)


@pytest.mark.usefixtures("walled")
def test_what_was_sealed_lies_there(sealed, student) -> None:
    """Inside the block there is the teacher's exercise, as a course of its own."""
    with opened(student.exercise, student.key) as found:
        there = {
            path.relative_to(found.root).as_posix(): path.read_bytes()
            for path in found.root.rglob("*")
            if path.is_file()
        }
        exercise = found.exercise

    assert there == parts.of(sealed.exercise)
    assert exercise.hidden_dir == found.root / "tests/exercise-01"
    assert exercise.points == 4


@pytest.mark.usefixtures("walled")
def test_nobody_else_enters(student) -> None:
    """The folder is closed to every other user."""
    with opened(student.exercise, student.key) as found:
        mode = stat.S_IMODE(found.root.stat().st_mode)

    assert mode == 0o700


@pytest.mark.usefixtures("walled")
def test_it_goes_with_the_block(student, beside) -> None:
    """Nothing is left, also where grading ends in an error."""
    with pytest.raises(ZeroDivisionError), opened(student.exercise, student.key):
        print(len(list(beside.iterdir())) / 0)

    assert list(beside.iterdir()) == []


@pytest.mark.usefixtures("walled")
def test_gradebook_yml_of_the_folder_is_not_believed(student) -> None:
    """Points, files and limits are those that were sealed, whatever a student writes."""
    text = (student.root / "gradebook.yml").read_text(encoding="utf-8")
    student.write(
        "gradebook.yml", text.replace("points: 4", "points: 1").replace("time: 2", "time: 9")
    )
    with opened(student.exercise, student.key) as found:
        exercise = found.exercise

    assert (student.exercise.points, student.exercise.limits.time_s) == (1, 9.0)
    assert (exercise.points, exercise.limits.time_s) == (4, 2.0)


def test_without_walls_nothing_is_opened(student, beside) -> None:
    """Who asks for no walls would hand key and checks to the submission."""
    assert refused(student, confine="none") == (
        "GRADER_KEY is set, and --confine none asks for no walls: the submission could read the "
        f"key and the hidden checks. Leave --confine out; {WITHOUT}"
    )
    assert list(beside.iterdir()) == []


def test_where_walls_are_missing_nothing_is_opened(student, monkeypatch) -> None:
    """A machine that cannot confine files is named, with what it lacks."""
    there = (walls.Wall("landlock", "", "this kernel has none"), walls.Wall("user", "", "no"))
    monkeypatch.setattr(walls, "available", lambda: there)

    assert refused(student, ConfinementError) == (
        "GRADER_KEY is set, and nothing here keeps a submission from reading the key and the "
        "hidden checks: this machine lacks landlock (this kernel has none). Use a Linux machine "
        f"that has them; {WITHOUT}"
    )


@pytest.mark.usefixtures("walled")
def test_beside_a_key_only_a_seal_is_graded(student) -> None:
    """Where a seal was removed, the checks that lie there may be a student's, and do not run."""
    student.seal.unlink()

    assert refused(student) == (
        "GRADER_KEY is set, and there is no sealed/exercise-01.sealed: beside a key only sealed "
        "checks are run, since any others might be a student's. Seal them with grade seal "
        f"exercise-01; {WITHOUT}"
    )


@pytest.mark.usefixtures("walled")
@pytest.mark.parametrize("name", ["tests/exercise-01/test_mine.py", "solutions/exercise-01/a.py"])
def test_files_that_are_not_sealed_are_told(name, student) -> None:
    """A folder of hidden checks beside the seal must hold what the seal does."""
    student.write(name, "def test_mine(): pass\n")

    told = refused(student)
    assert told.startswith("sealed/exercise-01.sealed is stale: ")
    assert told.endswith(f"changed. Seal the exercise anew with grade seal exercise-01; {WITHOUT}")


@pytest.mark.usefixtures("walled")
def test_a_stale_seal_is_told_to_a_teacher(sealed) -> None:
    """In a teacher's copy with the key, a changed check is not graded as it was before."""
    with opened(sealed.exercise, sealed.key):
        pass
    sealed.write("tests/exercise-01/mistakes.py", "")

    assert refused(sealed) == (
        "sealed/exercise-01.sealed is stale: tests/exercise-01/mistakes.py changed. Seal the "
        f"exercise anew with grade seal exercise-01; {WITHOUT}"
    )


@pytest.mark.usefixtures("walled")
def test_another_key_opens_nothing(student) -> None:
    """The sentence of the seal is passed on."""
    assert "was sealed with another key" in refused(student, key=keys.new())


@pytest.mark.usefixtures("walled")
def test_a_place_that_children_read_is_refused(student, beside, monkeypatch) -> None:
    """Temporary files inside the interpreter's folders would be every child's to read."""
    monkeypatch.setattr(walls, "interpreter_paths", lambda: ("/usr/lib", str(beside)))

    assert refused(student, SandboxError) == (
        f"temporary files lie in {beside}, which submissions may read, so nothing was opened "
        "there. Name a folder elsewhere in the variable TMPDIR"
    )
    assert list(beside.iterdir()) == []


def started(student, beside) -> tuple[subprocess.Popen[str], Path]:
    """Start a grading that takes long; give it with the folder that it has opened."""
    student.write("exercises/exercise-01/answer.py", "def double(x):\n    import time\n"
                  "    time.sleep(30)\n")  # fmt: skip
    process = student.start("1", "--json", "-", TMPDIR=str(beside))
    deadline = time.monotonic() + 60
    while not (found := list(beside.glob("*/opened/tests/exercise-01/test_hidden.py"))):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    # Until a child sleeps, the judge may not have been told what to remove.
    while not list(beside.glob("grader-judge-*/grader-*")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return process, found[0].parents[2]


@pytest.mark.usefixtures("walled")
def test_it_goes_when_the_command_is_killed(student, beside) -> None:
    """The judge notices that nobody listens any more, and removes what was opened."""
    process, folder = started(student, beside)
    was_there = folder.is_dir()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    deadline = time.monotonic() + 30
    while list(folder.iterdir()):
        assert time.monotonic() < deadline
        time.sleep(0.02)

    assert was_there


@pytest.mark.usefixtures("walled")
def test_it_goes_when_the_command_is_stopped(student, beside) -> None:
    """Control-C leaves nothing behind."""
    process, _ = started(student, beside)
    process.send_signal(signal.SIGINT)
    process.communicate()

    assert process.returncode == 130
    assert list(beside.iterdir()) == []


@pytest.mark.usefixtures("walled")
@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="there is no /proc")
def test_it_goes_when_the_judge_is_killed(student, beside) -> None:
    """The command removes what it opened, and says that nothing was graded."""
    process, _ = started(student, beside)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    for child in children:
        os.kill(int(child), signal.SIGKILL)
    out, err = process.communicate()

    assert (process.returncode, out) == (3, "")
    assert err.startswith("grade: the trusted process has not come to the end of exercise-01")
    assert list(beside.iterdir()) == []

"""A judge under attack: started again when it falls, and nothing that is left is overlooked."""

import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from grader import arena, doctor
from grader.arena import CORPUS, Arena
from grader.errors import SandboxError

pytestmark = pytest.mark.skipif(
    not doctor.can_confine(doctor.examine()), reason="there are no walls here to attack"
)
RIGHT = (CORPUS / "bases" / "right.py").read_text(encoding="utf-8")
PASSED = {"passed"}


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    """An arena whose judge has graded, so that none of its processes is new."""
    root = tmp_path_factory.mktemp("attacked") / "course"
    with closing(Arena(shutil.copytree(CORPUS / "course", root))) as made:
        made.grade(RIGHT)
        yield made


def test_grading(ready):
    """What comes of a submission is its outcomes, and the seconds of each check."""
    graded = ready.grade(RIGHT)

    assert {*graded.outcomes.values()} == PASSED
    assert len(graded.seconds) == len(graded.outcomes) == 11
    assert graded.complaints == ""


def test_nothing_is_left(ready):
    """After a submission that leaves nothing, nothing is said."""
    before = ready.look()
    ready.grade(RIGHT)

    assert ready.left(before) == []


def test_a_marker_is_told_and_removed(ready):
    """A file that got out is told and taken away; one that was there before is not told."""
    old, new = (ready.root.parent / f"_attack_marker_{name}" for name in ("old", "new"))
    old.touch()
    before = ready.look()
    new.touch()

    assert ready.left(before) == [f"the file {new} got out"]
    assert not new.exists()
    assert old.exists()


def test_a_process_is_told(ready):
    """A process that is still there is told by its command, an orphan as well."""
    words = [sys.executable, "-c", "import time; time.sleep(60)"]
    code = f"import subprocess; print(subprocess.Popen({words}, stdout=-3).pid)"
    with arena.adopting():
        before = ready.look()
        orphan = int(subprocess.check_output([sys.executable, "-c", code]))
        said = ready.left(before)
        subprocess.run(["kill", str(orphan)], check=True)

        assert said == [f"processes are left: {' '.join(words)}"]
        assert ready.left(before) == []


def test_a_changed_course_and_a_folder_are_told(ready, tmp_path):
    """A file that was added to the course is told, and so is a folder that a child left."""
    before = ready.look()
    added = ready.root / "added.py"
    lent = Path(ready._live()._place.path, "lent")
    added.touch()
    lent.mkdir()
    said = ready.left(before)
    added.unlink()
    lent.rmdir()

    assert said == ["files of the course were changed", "folders that were lent are left: lent"]


def test_a_judge_that_died_is_replaced(ready):
    """A grading in which the judge is killed is our fault, and the next has another judge."""
    process = ready.process
    ready.kill()
    ready._judge._process.wait()

    assert {*ready.grade(RIGHT).outcomes.values()} == PASSED
    assert ready.process != process


def test_a_judge_that_hangs_is_killed(ready, monkeypatch):
    """A judge that says nothing for too long is killed, and the grading ends."""
    monkeypatch.setattr(arena, "STUCK_S", 0.5)

    with pytest.raises(SandboxError, match="ended without a result; nothing was graded"):
        ready.grade("import time\ntime.sleep(60)\n")
    monkeypatch.undo()
    assert {*ready.grade(RIGHT).outcomes.values()} == PASSED


def test_a_neighbour_grades_meanwhile(ready):
    """While a block runs another judge grades a text again and again, and once at least."""
    with ready.grading(RIGHT) as beside:
        pass

    assert beside
    assert all({*graded.outcomes.values()} == PASSED for graded in beside)

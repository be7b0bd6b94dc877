"""Where the stub of an exercise comes back from, and that nothing is lost when it does."""

import os
import subprocess
import sys
from fractions import Fraction

import pytest

from grader import commits, stubs
from grader.errors import CourseError
from grader.records import Exercise, Isolation, Limits
from grader.stubs import Stub

STUB = '''import torch

def add(a, b):
    """Add."""
    raise NotImplementedError("add: part 1")

def dot(a, b):
    raise NotImplementedError
'''
CORRECTED = STUB.replace("Add.", "Add two tensors.")
BEGUN = CORRECTED.replace('raise NotImplementedError("add: part 1")', "return a + b")
DONE = BEGUN.replace("raise NotImplementedError", "return a @ b")
GIVEN = "def load():\n    return [1, 2]\n"


@pytest.fixture
def root(tmp_path):
    """A course of one exercise with one file, in no clone."""
    (tmp_path / "exercises/exercise-01").mkdir(parents=True)
    return tmp_path


@pytest.fixture
def exercise(root):
    """The exercise."""
    folder = root / "exercises/exercise-01"
    return Exercise("exercise-01", "One", ("rows.py",), Fraction(1), Limits(),
                    Isolation.SUBMISSION, folder, root / "solutions", root / "tests")  # fmt: skip


def committed(root, exercise, *texts):
    """Make a clone in which the file had these texts."""
    who = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@x", "GIT_COMMITTER_NAME": "a",
           "GIT_COMMITTER_EMAIL": "a@x", "GIT_CONFIG_GLOBAL": os.devnull}  # fmt: skip
    if not (root / ".git").exists():
        subprocess.run(["git", "init", "-q", "-b", "main"], cwd=root, check=True)
    for text in texts:
        (exercise.stub_dir / "rows.py").write_text(text, encoding="utf-8")
        subprocess.run(["git", "add", "exercises"], cwd=root, check=True)
        subprocess.run(
            ["git", "commit", "-q", "-m", "x"], cwd=root, check=True, env={**os.environ, **who}
        )


@pytest.mark.parametrize(
    ("texts", "began"),
    [
        ((STUB,), STUB),
        ((STUB, DONE), STUB),
        ((STUB, CORRECTED, BEGUN, DONE), CORRECTED),
        ((STUB, BEGUN, CORRECTED), STUB),
        ((STUB, "def add(:\n", CORRECTED), STUB),
        ((STUB, STUB.replace("dot", "times"), BEGUN), STUB.replace("dot", "times")),
        ((GIVEN, GIVEN + "load()\n"), GIVEN),
    ],
)
def test_the_last_text_before_something_was_filled_in(texts, began, root, exercise):
    """A teacher's corrections count, also other names; what a student wrote does not."""
    committed(root, exercise, *texts)

    assert stubs.find(exercise, root, {}) == {"rows.py": Stub(began, stubs.GIT)}


def test_a_course_within_a_clone(root, exercise):
    """The course may lie in a folder of the clone."""
    committed(root, exercise, STUB, DONE)

    assert stubs.find(exercise, root / "exercises", {})["rows.py"].text == STUB


def test_what_a_shallow_clone_began_with_may_be_an_answer():
    """A past that is cut off is believed only where it begins with nothing written."""
    assert stubs._began(commits.History((DONE,), is_whole=False)) is None
    assert stubs._began(commits.History((BEGUN, DONE), is_whole=False)) is None
    assert stubs._began(commits.History((GIVEN,), is_whole=False)) is None
    assert stubs._began(commits.History((STUB, BEGUN), is_whole=False)) == STUB
    assert stubs._began(commits.History((GIVEN,), is_whole=True)) == GIVEN
    assert stubs._began(commits.History((), is_whole=True)) is None


def test_without_a_clone_the_memory_knows(root, exercise):
    """What was seen first is the stub where no git has it; otherwise git is believed."""
    (exercise.stub_dir / "rows.py").write_text(DONE)

    assert stubs.find(exercise, root, {}) == {}
    assert stubs.find(exercise, root, {"rows.py": STUB}) == {"rows.py": Stub(STUB, stubs.MEMORY)}
    committed(root, exercise, CORRECTED, DONE)
    assert stubs.find(exercise, root, {"rows.py": STUB})["rows.py"].text == CORRECTED


@pytest.mark.parametrize(
    ("text", "is_untouched"),
    [
        (STUB, True),
        (BEGUN, False),
        (STUB + "def helper():\n    return 1\n", False),
        (
            "class A:\n    def f(self):\n        '''Do.'''\n        raise NotImplementedError\n",
            True,
        ),
        ("class A:\n    def f(self):\n        pass\n", False),
        ("def f():\n    raise ValueError\n", False),
        ("x = 1\n", False),
        ("def (", False),
        ("", False),
        ("(" * 5000, False),
    ],
)
def test_a_file_in_which_nothing_is_written_yet(text, is_untouched):
    """Untouched is a file with functions, all of which raise NotImplementedError and no more."""
    assert stubs.is_untouched(text) is is_untouched


def test_a_backup_is_never_overwritten(tmp_path):
    """What was there lies beside it, byte for byte, under the first free name."""
    path = tmp_path / "rows.py"
    backups = []
    for data in (b"one\r\n\xff", b"two"):
        path.write_bytes(data)
        backups.append(stubs.restore(path, STUB))

    assert [backup.name for backup in backups] == ["rows.py.backup-1", "rows.py.backup-2"]
    assert [backup.read_bytes() for backup in backups] == [b"one\r\n\xff", b"two"]
    assert path.read_text() == STUB
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "rows.py", "rows.py.backup-1", "rows.py.backup-2",
    ]  # fmt: skip


def test_a_file_that_is_gone_comes_back(tmp_path):
    """Where nothing was there is nothing to keep."""
    assert stubs.restore(tmp_path / "rows.py", STUB) is None
    assert (tmp_path / "rows.py").read_text() == STUB


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")
def test_rights_stay(tmp_path):
    """Who could read the file can read the stub."""
    path = tmp_path / "rows.py"
    path.write_text("mine")
    path.chmod(0o640)
    stubs.restore(path, STUB)

    assert path.stat().st_mode & 0o777 == 0o640


def test_what_cannot_be_set_back_stays(tmp_path):
    """A folder in the file's place is left alone, and a sentence says what is needed."""
    (tmp_path / "rows.py").mkdir()

    with pytest.raises(CourseError) as caught:
        stubs.restore(tmp_path / "rows.py", STUB)
    assert str(caught.value) == (
        f"{tmp_path / 'rows.py'} cannot be set back: Is a directory; it has to be a file that you "
        "may read, in a folder that you may write to."
    )
    assert [each.name for each in tmp_path.iterdir()] == ["rows.py"]


def test_line_ends_are_no_difference(tmp_path):
    """A file with the line ends of Windows is the stub."""
    path = tmp_path / "rows.py"
    path.write_bytes(STUB.replace("\n", "\r\n").encode())

    assert stubs.is_stub(path, STUB)
    assert not stubs.is_stub(path, DONE)
    assert not stubs.is_stub(tmp_path / "nowhere.py", STUB)

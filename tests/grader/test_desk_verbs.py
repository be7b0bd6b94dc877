"""A student's day at the command line: `grade`, `grade hint` and `grade reset` in one's own copy.

The copy lies in a folder whose name has blanks and letters of other scripts, and is no git clone.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HALF = """\
import torch


def vector(values):
    return torch.tensor(values, dtype=torch.float32)


def matrix(rows):
    return torch.zeros(2, 3)


def shape(t):
    return tuple(t.shape)
"""

# Python on Windows has none of these modules, and `os` none of these names.
WINDOWS = """
import os, socket, sys

for name in ("fcntl", "resource", "pwd", "grp", "termios", "tty", "pty"):
    sys.modules[name] = None
for name in ("fork", "setsid", "killpg", "pread", "O_NOFOLLOW", "O_DIRECTORY", "O_NONBLOCK",
             "O_CLOEXEC", "O_NOCTTY", "uname", *os.environ.get("LACKING", "").split()):
    if hasattr(os, name):
        delattr(os, name)
del socket.AF_UNIX
"""


class Desk:
    """A student's copy of the course, and the commands typed in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.nobody = root.parent / "no server"
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "exercises", root / "exercises", ignore=ignored)
        shutil.copy(ROOT / "gradebook.yml", root)
        self.file = root / "exercises/exercise-01/tensors.py"

    def grade(self, *words, folder=".", **more):
        """Type a command in a folder of the course."""
        own = {"PYTHONIOENCODING": "utf-8", "XDG_RUNTIME_DIR": str(self.nobody)}
        return subprocess.run(
            [sys.executable, "-P", "-m", "grader", *words],
            cwd=self.root / folder,
            env={**os.environ, **own, **more},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=120,
        )


@pytest.fixture
def desk(tmp_path):
    """A fresh copy."""
    return Desk(tmp_path / "mein Kurs é 課程 #1")


@pytest.fixture(scope="module")
def day(tmp_path_factory):
    """What commands printed in the course of a day, by a name for each."""
    desk = Desk(tmp_path_factory.mktemp("day") / "mein Kurs é 課程 #1")
    done = {"morning": desk.grade()}
    stub = desk.file.read_text(encoding="utf-8")
    (desk.root / "handed-in").mkdir()
    (desk.root / "handed-in/tensors.py").write_text(HALF)
    done["somebody else"] = desk.grade("1", "handed-in")
    done["still morning"] = desk.grade()
    desk.file.write_text(HALF)
    done["half"] = desk.grade("1")
    done["noon"] = desk.grade()
    for number in range(1, 5):
        done[f"hint {number}"] = desk.grade("hint")
    shutil.copy(ROOT / "solutions/exercise-01/tensors.py", desk.file)
    done["right"] = desk.grade(folder="exercises/exercise-01")
    done["evening"] = desk.grade()
    done["another hint"] = desk.grade("hint", "vector", folder="exercises/exercise-01")
    done["reset"] = desk.grade("reset", "1")
    done["night"] = desk.grade()
    assert desk.file.read_text(encoding="utf-8") == stub
    assert (
        desk.file.with_name("tensors.py.backup-1").read_bytes()
        == (ROOT / "solutions/exercise-01/tensors.py").read_bytes()
    )
    return done


def best(ended):
    """Read the best score of the first exercise in the table."""
    row = re.search(r"exercise-01 +Creating tensors +(\S+(?: / \S+)?) +2 +4 ", ended.stdout)
    assert row is not None, ended.stdout
    return row[1]


def test_nothing_goes_wrong(day):
    """Nothing is written to stderr, and only gradings that lost points end with 1."""
    codes = {name: ended.returncode for name, ended in day.items()}

    assert {name: ended.stderr for name, ended in day.items() if ended.stderr} == {}
    assert {name for name, code in codes.items() if code} == {"somebody else", "half"}
    assert codes["half"] == 1


def test_the_table_remembers_the_best_score(day):
    """The table shows the best attempt, also after a reset; somebody else's files are not mine."""
    shown = [best(day[name]) for name in ("morning", "still morning", "noon", "evening", "night")]

    assert shown == ["–", "–", "1 / 2", "2 / 2", "2 / 2"]


def test_the_next_thing_is_told(day):
    """First to read, then a hint, and the next exercise once this one is done."""
    commands = {
        name: re.findall(r"^ {10}(\S.*)$", day[name].stdout, re.MULTILINE)
        for name in ("morning", "noon", "evening")
    }

    assert commands == {
        "morning": ["grade exercise-01"],
        "noon": ["grade hint exercise-01", "grade exercise-01"],
        "evening": ["grade exercise-02"],
    }


def test_hints_climb(day):
    """Each hint is one more than last time, the old ones above it, never more than there are."""
    counts = [re.findall(r"hint (\d of \d)", day[f"hint {n}"].stdout) for n in range(1, 5)]
    lines = [re.findall(r"^  (\d)  ", day[f"hint {n}"].stdout, re.MULTILINE) for n in range(1, 5)]

    assert counts == [["1 of 3"], ["2 of 3"], ["3 of 3"], ["3 of 3"]]
    assert lines == [["1"], ["1", "2"], ["1", "2", "3"], ["1", "2", "3"]]
    assert "matrix: failed in the last attempt, today" in day["hint 1"].stdout
    assert "That was the last." in day["hint 3"].stdout


def test_full_marks_are_calm(day):
    """Who has earned all that is here is told what comes next, in the exercise's folder too."""
    assert day["right"].stdout.endswith(
        "  next  exercise-02, Operations: read ../exercise-02/README.md, write\n"
        "        operations.py beside it, then type\n"
        "          grade exercise-02\n"
    )


def test_one_word_in_the_folder_is_the_check(day):
    """Inside an exercise's folder a check can be named alone."""
    assert "  ✓  A list of three numbers becomes a vector" in day["another hint"].stdout
    assert "hint 1 of 3" in day["another hint"].stdout


def test_a_reset_says_how_to_get_back(day):
    """The backup is named, with the command that brings it back."""
    path = "exercises/exercise-01/tensors.py"

    assert day["reset"].stdout == (
        f"{path} is the stub again, from what was seen here first.\n"
        f"What you had written is in {path}.backup-1. To get it back:\n"
        f"  cp {path}.backup-1 {path}\n"
    )


def test_a_reset_makes_the_notebook_blank(desk):
    """A notebook that was written in is built anew, and its backup is named."""
    notebook = desk.file.with_name("tensors.ipynb")
    blank = notebook.read_text()
    desk.grade("1")
    notebook.write_text(blank.replace("NotImplementedError", "ValueError"))
    ended = desk.grade("reset", "1")
    path = "exercises/exercise-01/tensors.ipynb"

    assert ended.stdout == (
        "exercises/exercise-01/tensors.py is the stub already; nothing was changed.\n"
        f"{path} is blank again, built from README.md and the stub.\n"
        f"What you had written is in {path}.backup-1. To get it back:\n"
        f"  cp {path}.backup-1 {path}\n"
    )
    assert notebook.read_text() == blank
    assert "ValueError" in notebook.with_name("tensors.ipynb.backup-1").read_text()


def test_a_stub_that_nobody_knows(desk):
    """Where neither git nor the memory has the stub, nothing is changed and a sentence says so."""
    desk.file.write_text(HALF)
    ended = desk.grade("reset", "1")

    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("grade: the stub of tensors.py is not known here: ")
    assert desk.file.read_text() == HALF


def test_a_reset_of_the_stub_changes_nothing(desk):
    """What is the stub already stays, without a backup; no exercise is guessed."""
    desk.grade()
    first = desk.grade("reset", folder="exercises/exercise-01")
    second = desk.grade("reset")

    assert first.stdout == "tensors.py is the stub already; nothing was changed.\n"
    assert list(desk.file.parent.glob("*.backup-*")) == []
    assert (second.returncode, second.stdout) == (2, "")
    assert second.stderr.startswith("grade: no exercise is named, and ")


def test_a_damaged_memory_stops_nothing(desk):
    """With a damaged file every command does its work, and says on stderr that it forgets."""
    (desk.root / ".grader").mkdir()
    (desk.root / ".grader/memory.db").write_text("no database at all" * 99)
    desk.file.write_text(HALF)
    ended = [desk.grade(), desk.grade("hint"), desk.grade("1")]

    assert [each.returncode for each in ended] == [0, 0, 1]
    assert "best  visible  hidden" in ended[0].stdout
    assert "hint 1 of 3" in ended[1].stdout
    assert "score  1 / 2 so far" in ended[2].stdout
    for each in ended:
        assert "memory.db cannot be used (file is not a database)" in each.stderr
        assert "Traceback" not in each.stderr


def test_an_exercise_without_hints(desk):
    """A course without hints says which file is missing."""
    (desk.file.parent / "hints.yml").unlink()
    ended = desk.grade("hint", "1")

    assert ended.returncode == 2
    assert ended.stderr.startswith(f"grade: {desk.file.parent / 'hints.yml'}")


@pytest.mark.parametrize("words", [[], ["hint"], ["reset", "1"]])
def test_it_answers_without_torch(words, desk):
    """What does not grade loads neither torch nor SQLAlchemy."""
    ended = desk.grade(*words, PYTHONPROFILEIMPORTTIME="1")
    loaded = {line.rsplit("|", 1)[-1].strip() for line in ended.stderr.splitlines()}

    assert "grader.memory" in loaded
    assert not {"torch", "sqlalchemy", "pytest"} & loaded


@pytest.fixture
def windows(tmp_path):
    """The environment of a Python that lacks what Windows lacks."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site/sitecustomize.py").write_text(WINDOWS)
    lacking = "getuid geteuid getgid getegid"
    return {"PYTHONPATH": str(tmp_path / "site"), "LACKING": lacking}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "best  visible  hidden"),
        (["hint"], "hint 1 of 3"),
        (["reset", "1"], "is the stub already"),
        (["--help"], "grade exercise-03"),
        (["hint", "--help"], "Example: grade hint"),
    ],
)
def test_it_answers_without_what_windows_lacks(words, told, desk, windows):
    """What a student needs besides grading imports no module and asks for no name of POSIX."""
    desk.grade(**windows)
    ended = desk.grade(*words, **windows)

    assert (ended.returncode, ended.stderr) == (0, "")
    assert told in ended.stdout


@pytest.mark.parametrize(
    "verb", ["1", "watch", "serve", "batch", "rehearse", "calibrate", "doctor"]
)
def test_what_needs_more_says_so(verb, desk, windows):
    """What confines, watches or grades many is refused there with a sentence, not a traceback."""
    ended = desk.grade(verb, "exercise-01", **windows)

    assert (ended.returncode, ended.stdout) == (3, "")
    assert ended.stderr == (
        "grade: this needs processes, limits and walls that Windows does not have; nothing was "
        "graded. Run it in WSL2, which is Linux. Here you can use grade, grade hint and grade "
        "reset, and try the visible checks with: python -m pytest exercises/exercise-01\n"
    )


def test_the_visible_checks_run_without_what_windows_lacks(desk, windows):
    """Plain pytest on the visible checks works there."""
    ended = subprocess.run(
        [sys.executable, "-P", "-m", "pytest", "-q", "-p", "no:cacheprovider",
         "exercises/exercise-01"],
        cwd=desk.root, env={**os.environ, **windows, "LACKING": ""}, capture_output=True,
        text=True, check=False,
    )  # fmt: skip

    assert "2 failed" in ended.stdout, ended.stdout + ended.stderr
    assert "NotImplementedError: vector: exercise 01, part 1" in ended.stdout

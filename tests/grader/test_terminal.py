"""Every surface in a real terminal: never wider than it, coloured only where that is wanted.

Four terminals, and in each what a student sees in an hour. What comes out of a pipe is tested
elsewhere; here tmux has interpreted it. Without tmux all of it is skipped.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.seal import keys

ROOT = Path(__file__).parents[2]
PATIENCE_S = 90.0
HALF = """\
import torch


def vector(values):
    return torch.tensor(values, dtype=torch.float32)


def matrix(rows):
    return torch.zeros(2, 3)
"""


@dataclass(frozen=True)
class Screen:
    """What a terminal shows: its text, and the same with the sequences that colour it.

    A line that was too long for the terminal, which breaks it, is one line again.
    """

    text: str
    coloured: str
    code: int | None

    @property
    def lines(self) -> list[str]:
        """The lines, without blanks at their ends."""
        return [line.rstrip() for line in self.text.rstrip().split("\n")]


class Tmux:
    """A server of our own, with a session for each width."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._socket = folder / "socket"
        self._count = 0
        # A server without a session ends.
        self.ask("new-session", "-d", "exec sleep 10000")

    def ask(self, *words: str) -> str:
        """Run a command of tmux."""
        return subprocess.run(
            ["tmux", "-u", "-S", str(self._socket), "-f", os.devnull, *words],
            check=True, capture_output=True, text=True, encoding="utf-8",
            env={**os.environ, "LC_ALL": "C.UTF-8", "TERM": "screen-256color"},
        ).stdout  # fmt: skip

    def begin(self, course: Path, width: int, words: list[str], more: dict[str, str]) -> "Window":
        """Type `grade` and these words in a terminal of this width."""
        self._count += 1
        script = self.folder / f"{self._count}.sh"
        ended = self.folder / f"{self._count}.code"
        exports = "".join(f"export {name}={shlex.quote(text)}\n" for name, text in more.items())
        command = shlex.join([sys.executable, "-P", "-m", "grader", *words])
        # It must not end before it has been looked at.
        script.write_text(
            "trap : INT\nunset NO_COLOR LANG LC_CTYPE PYTHONIOENCODING PYTHONUTF8\n"
            f"{exports}{command}\necho $? >{ended}.new\nmv {ended}.new {ended}\nexec sleep 1000\n"
        )
        pane = self.ask(
            "new-session", "-d", "-P", "-F", "#{pane_id}", "-x", str(width), "-y", "100",
            "-c", str(course), f"exec sh {shlex.quote(str(script))}",
        ).strip()  # fmt: skip
        return Window(self, pane, ended)


class Window:
    """One command in its terminal."""

    def __init__(self, tmux: Tmux, pane: str, ended: Path) -> None:
        self._tmux, self._pane, self._ended = tmux, pane, ended

    def look(self) -> Screen:
        """See what the terminal shows."""
        code = int(self._ended.read_text()) if self._ended.exists() else None
        capture = ["capture-pane", "-p", "-J", "-t", self._pane]
        return Screen(self._tmux.ask(*capture), self._tmux.ask(*capture, "-e"), code)

    def wait(self, until: Callable[[Screen], bool]) -> Screen:
        """Look until something is seen."""
        end = time.monotonic() + PATIENCE_S
        while not until(seen := self.look()):
            assert time.monotonic() < end, seen
            time.sleep(0.05)
        return seen

    def finish(self) -> Screen:
        """Wait for the end of the command, and see what it left."""
        end = time.monotonic() + PATIENCE_S
        while not self._ended.exists():
            assert time.monotonic() < end, self.look()
            time.sleep(0.02)
        found = self.look()
        self._tmux.ask("kill-pane", "-t", self._pane)
        return found

    def press(self, key: str) -> None:
        """Press a key, such as C-c."""
        self._tmux.ask("send-keys", "-t", self._pane, key)


UTF_8, ASCII = {"LC_ALL": "C.UTF-8"}, {"LC_ALL": "C"}
PLAIN = {"NO_COLOR": "1"}
TERMINALS = {
    "80": (80, UTF_8),
    "80-plain-ascii": (80, {**ASCII, **PLAIN}),
    "40-plain": (40, {**UTF_8, **PLAIN}),
    "40-ascii": (40, ASCII),
}
# What is typed, in order, by what it shows.
TYPED = {
    "table of a fresh copy": [],
    "report": ["1"],
    "table": [],
    "first hint": ["hint"],
    "second hint": ["hint"],
    "reset": ["reset", "1"],
    "doctor": ["doctor"],
    "no exercise": ["exercise-99"],
    "no file": ["1", "nowhere"],
    "help": ["--help"],
    "help of a verb": ["batch", "--help"],
    "help of release": ["release", "--help"],
    "help of seal": ["seal", "--help"],
    "help of action": ["action", "--help"],
    "help of export": ["export", "--help"],
    "action": ["action", "1", "2"],
    "nothing to release": ["release", "students"],
    "nothing to seal with": ["seal"],
    "formats": ["export", "--list"],
}
IS_COLOURED = {"report", "second hint"}


@pytest.fixture(scope="module")
def tmux(tmp_path_factory):
    """The server; ended with all that runs in it."""
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    server = Tmux(tmp_path_factory.mktemp("tmux"))
    yield server
    subprocess.run(
        ["tmux", "-S", str(server.folder / "socket"), "kill-server"], check=False,
        capture_output=True,
    )  # fmt: skip


def student_copy(folder):
    """Make a student's copy of the course."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "exercises", folder / "exercises", ignore=ignored)
    shutil.copy(ROOT / "gradebook.yml", folder)
    return folder


def teachers_copy(course, exercise):
    """Add what only the teacher has of an exercise."""
    for tree in ("solutions", "tests"):
        shutil.copytree(ROOT / tree / exercise, course / tree / exercise)


@pytest.fixture(scope="module", params=TERMINALS)
def hour(request, tmux, tmp_path_factory):
    """What one terminal showed: its width, its settings and the screens by name."""
    width, settings = TERMINALS[request.param]
    course = student_copy(tmp_path_factory.mktemp(request.param))
    shown = {}
    for name, words in TYPED.items():
        shown[name] = tmux.begin(course, width, words, settings).finish()
        if name == "table of a fresh copy":
            (course / "exercises/exercise-01/tensors.py").write_text(HALF)
    return width, settings, shown


def test_no_surface_is_wider_than_its_terminal(hour):
    """No line is broken by the terminal: each was broken between words before.

    Only a command that is there to be copied is left whole.
    """
    width, _, shown = hour
    lines = [(name, line) for name, screen in shown.items() for line in screen.lines]
    wide = [(name, line) for name, line in lines if len(line) > width]

    assert [(name, line) for name, line in wide if not line.startswith("  cp ")] == []


def test_each_surface_shows_what_it_should(hour):
    """Nothing is lost on the way to the terminal."""
    _, _, shown = hour
    words = {name: " ".join(screen.text.split()) for name, screen in shown.items()}
    found = {
        "table of a fresh copy": "0 of 15 points here; 31 more at submission",
        "report": "score 1 / 2 so far",
        "table": "1 of 15 points here; 31 more at submission",
        "first hint": "hint 1 of 3",
        "second hint": "hint 2 of 3",
        "reset": "is the stub again",
        "doctor": "graded here",
        "no exercise": 'grade: there is no exercise "exercise-99" in this course',
        "no file": "grade: nowhere: there is no such file or folder; check the path",
        "help": "our fault, not graded",
        "help of a verb": "Example: grade batch handed-in",
        "help of release": "Example: grade release ../students",
        "help of seal": "Example: grade seal exercise-03",
        "help of action": "Example: grade action 3 4 --submission handed-in/ada --into report",
        "help of export": "Example: grade export",
        "action": "In all: 0 / 5",
        "nothing to release": "Release from the teacher's copy of the course",
        "nothing to seal with": "grade: GRADER_KEY is not set",
        "formats": "junit JUnit XML",
    }

    assert {name: text for name, text in found.items() if text not in words[name]} == {}
    assert {name: screen.code for name, screen in shown.items()} == {
        **dict.fromkeys(TYPED, 0), "report": 1, "no exercise": 2, "no file": 2,
        "nothing to release": 2, "nothing to seal with": 2,
    }  # fmt: skip


def test_colour_is_where_it_is_wanted(hour):
    """With NO_COLOR nothing is coloured; otherwise marks and old hints are, and no more."""
    _, settings, shown = hour
    coloured = {name for name, screen in shown.items() if "\x1b[" in screen.coloured}

    assert coloured >= (set() if "NO_COLOR" in settings else IS_COLOURED)
    assert not coloured or "NO_COLOR" not in settings


def test_ascii_is_kept(hour):
    """Where the locale is C all is ASCII; elsewhere marks and bar are drawn."""
    _, settings, shown = hour
    is_ascii = {name for name, screen in shown.items() if screen.text.isascii()}

    assert is_ascii >= (set(TYPED) if settings["LC_ALL"] == "C" else set())
    if settings["LC_ALL"] != "C":
        assert not {"table", "report", "second hint", "doctor"} & is_ascii


def test_nothing_of_the_progress_is_left(hour):
    """The line that counted checks has gone when the report stands there."""
    _, _, shown = hour

    assert not re.search(r"\d of \d checks$", shown["report"].text, re.MULTILINE)
    assert shown["report"].lines[0].startswith("exercise-01")


def test_a_class_fits_its_terminal(tmux, tmp_path):
    """What is told of a class, paths and sentences included, is broken between words."""
    pytest.importorskip("sqlalchemy")
    course = student_copy(tmp_path)
    teachers_copy(course, "exercise-01")
    for name in ("ada", "grace"):
        (course / "handed-in" / name).mkdir(parents=True)
        (course / "handed-in" / name / "tensors.py").write_text(HALF)
    (course / "handed-in" / "notes of the teacher about this class.txt").touch()
    shown = tmux.begin(course, 40, ["batch", "handed-in", "-j", "1"], UTF_8).finish()

    assert shown.code == 0
    assert shown.lines[:6] == [
        "exercise-01",
        "           2  graded",
        "           0  unchanged",
        "           0  ungraded",
        "           0  full marks",
        "       2 / 6  median",
    ]
    assert max(map(len, shown.lines)) <= 40
    for words in (
        ["report", "exercise-01"],
        ["report", "--student", "ada"],
        ["similar", "handed-in"],
    ):
        later = tmux.begin(course, 40, words, UTF_8).finish()
        assert later.code == 0
        assert max(map(len, later.lines)) <= 40, words


@pytest.mark.parametrize("width", [40, 80])
def test_a_release_fits_its_terminal(tmux, tmp_path, width):
    """What is told of a release and of seals, sentences and errors, is broken between words."""
    pytest.importorskip("nacl")
    course = student_copy(tmp_path / "course")
    teachers_copy(course, "exercise-01")
    teachers_copy(course, "exercise-02")
    (course / "exercises/exercise-02/notes of the teacher about this one.txt").touch()
    key = keys.text(keys.new())
    typed = [
        (0, ["release", "../students"], {}),
        (0, ["release", "../students", "--check"], {}),
        (0, ["seal", "1"], {"GRADER_KEY": key}),
        (1, ["seal", "--check"], {"GRADER_KEY": key}),
        (2, ["action", "3", "4"], {"GRADER_KEY": key}),
        (0, ["release", "../students"], {"GRADER_KEY": key}),
        (1, ["release", "../others", "--check"], {}),
        (0, ["seal", "--new-key"], {}),
        (2, ["release", "../students", "--checks", "course"], {}),
        (2, ["release", "exercises"], {}),
    ]
    for code, words, more in typed:
        shown = tmux.begin(course, width, words, {**UTF_8, **more}).finish()

        assert (shown.code, words) == (code, words), shown.text
        # A key is one word, and is there to be copied.
        assert [line for line in shown.lines if len(line) > width and " " in line] == [], words
    shutil.copy(course / "solutions/exercise-01/tensors.py", course / "exercises/exercise-01")
    leaking = tmux.begin(course, width, ["release", "../students"], UTF_8).finish()

    assert leaking.code == 2
    assert "what is hidden would leave" in " ".join(leaking.text.split())
    assert [line for line in leaking.lines if len(line) > width] == []


def test_a_long_rehearsal_counts_on_one_line(tmux, tmp_path):
    """A rehearsal says how far it is on one line, which is gone after Control-C."""
    course = student_copy(tmp_path)
    teachers_copy(course, "exercise-04")
    words = ["rehearse", "exercise-04", "--quick", "-j", "1"]
    window = tmux.begin(course, 40, words, UTF_8)
    seen = window.wait(lambda screen: " of " in screen.text or screen.code is not None)
    window.press("C-c")
    left = window.finish()

    assert re.fullmatch(r"exercise-04: .* of .*", seen.lines[0])
    assert len(seen.lines) == 1
    assert len(seen.lines[0]) < 40
    assert "grade: stopped; nothing is proved" in left.text
    assert " of " not in left.text


def test_a_batch_counts_on_one_line(tmux, tmp_path):
    """A batch says how far it is on one line, which the table then takes over."""
    pytest.importorskip("sqlalchemy")
    course = student_copy(tmp_path)
    teachers_copy(course, "exercise-01")
    for name in ("ada", "bob", "eve"):
        shutil.copytree(ROOT / "solutions/exercise-01", course / "handed-in" / name)
    words = ["batch", "handed-in", "--exercise", "1", "-j", "1"]
    window = tmux.begin(course, 40, words, UTF_8)
    seen = window.wait(lambda screen: " of 3" in screen.text or screen.code is not None)
    left = window.finish()

    assert len(seen.lines) == 1
    assert len(seen.lines[0]) < 40
    assert left.code == 0
    assert " of 3" not in left.text
    assert left.lines[0] == "exercise-01"

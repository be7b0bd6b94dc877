"""`grade watch` in a real terminal: what a save, a key and an end do."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

GRADE = [sys.executable, "-c", "from grader.cli import main; main()"]
# The first terminal that a new session opens is the one whose Control-C it hears.
OWN_TERMINAL = "import os; os.close(os.open(os.ttyname(0), os.O_RDWR))\n" + GRADE[2]
LAST = "q quit\r\n"
SECONDS = 90  # that a busy machine may take; nothing waits for them to pass

GRADEBOOK = """\
course: Made up
exercises:
  - {id: exercise-01, title: Twice, files: [answer.py], points: 1, limits: {time: 10 s}}
  - {id: exercise-02, title: Thrice, files: [answer.py], points: 1}
"""
STUB = "def times(x):\n    raise NotImplementedError('times: exercise')\n"
CHECK = '''
import pytest

@pytest.mark.points(1)
def test_times(student):
    """Numbers become larger."""
    assert student.times(10) == {}
'''
HINTS = "times:\n  - Look at the first number.\n  - Which key multiplies?\n  - It is one line.\n"
RIGHT = "def times(x):\n    return 2 * x\n"
WRONG = "def times(x):\n    return 3 * x\n"


def write(root: Path) -> None:
    """Write a course of two exercises, both untouched."""
    for number, word in ((1, 20), (2, 30)):
        folder = root / f"exercises/exercise-{number:02d}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "answer.py").write_text(STUB)
        (folder / "test_answer.py").write_text(CHECK.format(word))
        (folder / "hints.yml").write_text(HINTS)
    (root / "gradebook.yml").write_text(GRADEBOOK)


class Terminal:
    """`grade watch` with a terminal of its own."""

    def __init__(self, root: Path) -> None:
        self.answer = root / "exercises/exercise-01/answer.py"
        ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (40, 100))
        self.before = termios.tcgetattr(theirs)
        self.device, self._theirs = ours, theirs
        self.process = subprocess.Popen(
            [sys.executable, "-c", OWN_TERMINAL, "watch", "1"],
            cwd=root,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={**os.environ, "LANG": "C.UTF-8", "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1"},
            start_new_session=True,
        )

    def read(self, until: str = LAST) -> str:
        """Give what is written up to what fits a pattern, as it stands on the screen."""
        text, deadline = "", time.monotonic() + SECONDS
        while not re.search(until, text):
            if not select.select([self.device], [], [], max(0, deadline - time.monotonic()))[0]:
                pytest.fail(f"{until!r} does not come; there is:\n{text}")
            text += os.read(self.device, 1 << 16).decode(errors="replace")
        # What stood there before the screen was cleaned, and the line that counts.
        return re.sub(r"\r?\x1b\[K[^\r\n]*", "", text.rpartition("\x1b[2J")[2]).replace(
            "\r\n", "\n"
        )

    def press(self, keys: str, until: str = LAST) -> str:
        """Press keys, and give what is then written."""
        os.write(self.device, keys.encode())
        return self.read(until)

    def saved(self, text: str) -> str:
        """Save the answer, and give the new report."""
        self.answer.write_text(text)
        return self.read()

    def is_silent(self, seconds: float) -> bool:
        """Tell whether nothing is written for a while."""
        return not select.select([self.device], [], [], seconds)[0]

    def end(self) -> int:
        """Wait until it has ended; its exit code."""
        code = self.process.wait(SECONDS)
        self.after = termios.tcgetattr(self._theirs)
        return code

    def close(self) -> None:
        """End it, if it still runs."""
        self.process.kill()
        self.process.wait()
        os.close(self.device)
        os.close(self._theirs)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Callable[[], Terminal]]:
    """Start watches on a course of their own."""
    write(tmp_path)
    started = []

    def start() -> Terminal:
        started.append(Terminal(tmp_path))
        return started[-1]

    yield start
    for each in started:
        each.close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """One watch for many tests: importing torch is most of what it costs."""
    root = tmp_path_factory.mktemp("watched")
    write(root)
    watched = Terminal(root)
    watched.read()
    yield watched
    watched.close()


@pytest.fixture
def watched(shared: Terminal) -> Terminal:
    """The watch on exercise 01 with a wrong answer, wherever the test before left it."""
    shared.press("p", f"{LAST}|first exercise of the course")
    if not shared.answer.is_file():
        shared.saved(STUB)
    shared.saved(f"{WRONG}# {time.monotonic()}\n")
    return shared


def test_save_makes_a_new_report(watched: Terminal) -> None:
    """A save is followed by the report of what was saved, on a clean screen."""
    report = watched.saved(RIGHT)

    assert report.startswith("exercise-01  Twice ")
    assert "✓  Numbers become larger." in report
    assert "  score  1 / 1 " in report
    assert "\nwatching exercise-01: Enter again  h hint  n next " in report


def test_save_by_rename(watched: Terminal) -> None:
    """An editor that puts another file in the place of the old one is followed like any other."""
    other = watched.answer.with_name(".answer.py.tmp")
    other.write_text(RIGHT)
    os.replace(other, watched.answer)

    assert "  score  1 / 1 " in watched.read()


def test_save_in_steps_is_one_save(watched: Terminal) -> None:
    """An editor that moves the old file away and fills a new one gets one report, of the whole."""
    os.replace(watched.answer, watched.answer.with_name("answer.py~"))
    with watched.answer.open("w") as file:
        for line in RIGHT.splitlines(keepends=True):
            file.write(line)
            file.flush()
    report = watched.read()

    assert "  score  1 / 1 " in report
    assert watched.is_silent(0.6)


def test_syntax_error_and_its_repair(watched: Terminal) -> None:
    """A file that does not parse is told as such, and the next save is graded."""
    broken = watched.saved("def times(x:\n")
    repaired = watched.saved(RIGHT)

    assert "SyntaxError: " in broken
    assert "  score  0 / 1 " in broken
    assert "  score  1 / 1 " in repaired


def test_deleted_file_and_its_return(watched: Terminal) -> None:
    """A deleted file gets its sentence, and is graded when it is there again."""
    watched.answer.unlink()
    gone = watched.read()
    back = watched.saved(RIGHT)

    assert "grade: exercises/exercise-01: none of the files of exercise-01 (answer.py)" in gone
    assert "\nwatching exercise-01: " in gone
    assert "  score  1 / 1 " in back


def test_file_that_cannot_be_read(watched: Terminal) -> None:
    """What is no text gets its sentence, and watching goes on."""
    watched.answer.write_bytes(b"x = 1\n\xff")
    unreadable = watched.read()

    assert "answer.py: the file is not UTF-8 text" in unreadable
    assert "  score  1 / 1 " in watched.saved(RIGHT)


def test_check_that_changes(watched: Terminal) -> None:
    """A visible check that was changed is run as it is."""
    check = watched.answer.with_name("test_answer.py")
    before = check.read_text()
    check.write_text(before.replace("20", "30"))
    changed = watched.read()
    check.write_text(before)

    assert "  score  1 / 1 " in changed
    assert "  score  0 / 1 " in watched.read()


def test_save_while_it_grades(watched: Terminal) -> None:
    """What is saved during a grading is graded after it; nothing is cancelled."""
    watched.answer.write_text("import time\n\ndef times(x):\n    time.sleep(1)\n    return 0\n")
    watched.read("grading exercise-01")
    time.sleep(0.2)
    watched.answer.write_text(RIGHT)
    first, second = watched.read(), watched.read()

    assert "  score  0 / 1 " in first
    assert "  score  1 / 1 " in second
    assert watched.is_silent(0.3)


def test_full_marks_offer_and_stay(watched: Terminal) -> None:
    """After full marks it says how to go on, and a further save grades the same exercise."""
    full = watched.saved(RIGHT)
    further = watched.saved(RIGHT + "# more\n")

    assert "When you want to go on, press n: exercise-02, Thrice.\n" in full
    assert further.startswith("exercise-01  Twice ")


def test_judge_that_was_killed(watched: Terminal) -> None:
    """A trusted process that somebody ended is started again at the next save."""
    for judge in children(watched.process.pid):
        os.kill(judge, signal.SIGKILL)

    assert "  score  1 / 1 " in watched.saved(RIGHT)


def children(process: int) -> list[int]:
    """List the processes that a process has started."""
    table = subprocess.run(
        ["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True
    ).stdout
    return [
        int(pid) for pid, parent in map(str.split, table.splitlines()) if int(parent) == process
    ]


def test_enter_grades_again(watched: Terminal) -> None:
    """Enter makes the report anew."""
    assert "  score  0 / 1 " in watched.press("\n")


def test_next_and_previous(watched: Terminal) -> None:
    """The keys n and p go through the course and grade what they come to; it ends at both ends."""
    following = watched.press("n")
    beyond = watched.press("n", "course\\.\r\n")
    back = watched.press("p")

    assert following.startswith("exercise-02  Thrice ")
    assert "watching exercise-02: " in following
    assert beyond == "exercise-02 is the last exercise of the course.\n"
    assert back.startswith("exercise-01  Twice ")


def test_keys_typed_ahead(watched: Terminal) -> None:
    """Each key that is typed during a grading has its turn; arrows and unknown letters are none."""
    assert "is the last exercise of the course" in watched.press("nn", "last exercise")
    os.write(watched.device, b"\x1b[A")
    os.write(watched.device, b"xyz")

    assert watched.is_silent(0.3)


def test_hint(watched: Terminal) -> None:
    """The key h tells a hint for the check that was lost, as `grade hint` does."""
    assert "Look at the first number." in watched.press("h")


def test_list(watched: Terminal) -> None:
    """The key l shows the course as `grade` does."""
    shown = watched.press("l")

    assert shown.startswith("Made up\n")
    assert "exercise-02  Thrice" in shown


def test_reset_asks(watched: Terminal) -> None:
    """The key r asks first; n keeps the files, y writes the stub again and grades it."""
    asked = watched.press("r", "y or n\r\n")
    kept = watched.press("n", "as they are\\.\r\n")
    is_kept = watched.answer.read_text().startswith(WRONG)
    watched.press("r", "y or n\r\n")
    reset = watched.press("y")
    graded = watched.read()

    assert asked == "The stub of exercise-01 again, in place of your files? y or n\n"
    assert kept == "Your files stay as they are.\n"
    assert is_kept
    assert "answer.py is the stub again" in reset
    assert "not written yet" in graded
    assert watched.answer.read_text() == STUB


@pytest.mark.parametrize(
    ("end", "code"),
    [("q", 0), ("\x03", 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)],
)
def test_the_terminal_is_as_it_was(
    terminal: Callable[[], Terminal], end: str | signal.Signals, code: int
) -> None:
    """However it ends, letters are shown again and lines wait for Enter, and no process is left."""
    watched = terminal()
    watched.read()
    while_watching = termios.tcgetattr(watched.device)
    judges = children(watched.process.pid)
    if isinstance(end, str):
        os.write(watched.device, end.encode())
    else:
        watched.process.send_signal(end)

    assert watched.end() == code
    assert while_watching[3] != watched.before[3]
    assert watched.after == watched.before
    assert len(judges) == 1
    assert not os.path.exists(f"/proc/{judges[0]}")


@pytest.mark.parametrize(("end", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_end_while_it_grades(
    terminal: Callable[[], Terminal], end: signal.Signals, code: int
) -> None:
    """It ends at once in the middle of a grading, and leaves the terminal as it was."""
    watched = terminal()
    watched.read()
    watched.answer.write_text("def times(x):\n    while True: pass\n")
    watched.read("grading exercise-01")
    time.sleep(0.3)
    watched.process.send_signal(end)

    assert watched.end() == code
    assert watched.after == watched.before


def test_standard_input_that_is_no_terminal(tmp_path: Path) -> None:
    """Without a terminal each line is a key, which is said, and nothing cleans a screen."""
    write(tmp_path)
    done = subprocess.run(
        [*GRADE, "watch", "1"],
        cwd=tmp_path,
        input="n\n\nq\n",
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        timeout=SECONDS,
        check=False,
    )

    assert done.returncode == 0
    assert "Standard input is no terminal: type a letter and Enter.\n" in done.stderr
    assert [line[:20] for line in done.stdout.splitlines() if line.startswith("exercise-")] == [
        "exercise-01  Twice  ",
        "exercise-02  Thrice ",
        "exercise-02  Thrice ",
    ]
    assert "\x1b" not in done.stdout + done.stderr


def test_unknown_exercise(tmp_path: Path) -> None:
    """An exercise that is not there is told, with exit code 2."""
    write(tmp_path)
    done = subprocess.run(
        [*GRADE, "watch", "9"], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert 'there is no exercise "9" in this course' in done.stderr

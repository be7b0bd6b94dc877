"""`grade watch`: the report again at each save, from a judge that has torch imported.

Each time `grade EXERCISE` itself is run, words to exit code, so what is seen is what it says. Its
output is collected and shown at once, on a clean screen. What is watched and what a key means is
decided in `watching`.
"""

import io
import signal
import sys
import time
from collections.abc import Callable
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, TextIO

import click

from grader import watching
from grader.errors import CourseError
from grader.records import Course, Exercise
from grader.verbs import again, complete, screen
from grader.watching import Do

if TYPE_CHECKING:
    from grader.verbs.keyboard import Keyboard

_CLEAN = "\x1b[H\x1b[2J"
_TERMINATED = 128 + signal.SIGTERM


@click.command(name="watch")
@click.argument("exercise", required=False, shell_complete=complete.exercises)
def command(exercise: str | None) -> None:
    """Grade an exercise again at each save of its files.

    Keys: Enter again, h a hint, n and p the next and the previous exercise, r the stub again (asks
    first), l where you stand, q quit. Only a key leaves an exercise, also after full marks.

    Example: grade watch exercise-03
    """
    from grader import course  # noqa: PLC0415  Help answers without YAML.
    from grader.standby import Standby  # noqa: PLC0415  Help starts nothing.

    here = Path.cwd()
    with screen.ending("stopped watching"):
        keyboard = _keyboard()
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _end)
        with Standby() as standby:
            known = course.load(course.find_root(here))
            chosen = course.find_exercise(known, exercise, here)
            run = again.runner()
            with keyboard:
                _Watch(known, chosen, keyboard, lambda words: run(words, standby.judge)).go_on()


def _keyboard() -> "Keyboard":
    try:
        from grader.verbs.keyboard import Keyboard  # noqa: PLC0415  Windows lacks what it needs.
    except ImportError as error:
        raise CourseError(
            "grade watch needs a terminal of Linux or macOS; on Windows use it in WSL2"
        ) from error
    return Keyboard()


def _end(number: int, frame: FrameType | None) -> None:
    # As an exception, so that the terminal becomes what it was.
    sys.exit(128 + number)


class _Sheet(io.StringIO):
    """What a verb writes, kept to be shown at once; to the verb it is the terminal itself."""

    def __init__(self, terminal: TextIO) -> None:
        super().__init__()
        self._terminal = terminal

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._terminal.encoding

    def isatty(self) -> bool:
        return self._terminal.isatty()

    def fileno(self) -> int:
        return self._terminal.fileno()

    def write(self, text: str) -> int:
        # The one line that counts while something is being done is of use only now.
        if text.startswith("\r"):
            self._terminal.write(text)
            self._terminal.flush()
            return len(text)
        return super().write(text)


class _Watch:
    """The exercise that is watched, and what is on the screen."""

    def __init__(
        self,
        known: Course,
        exercise: Exercise,
        keyboard: "Keyboard",
        run: Callable[[list[str]], int],
    ) -> None:
        self._course = known
        self._exercise = exercise
        self._keyboard = keyboard
        self._run = run
        self._keys = watching.Keys()

    def go_on(self) -> None:
        """Grade, and again at each save, until a key quits."""
        if not self._keyboard.is_terminal:
            click.echo("Standard input is no terminal: type a letter and Enter.", err=True)
        self._grade()
        while True:
            for letter in self._keyboard.read(watching.LOOK_S):
                if self._is_last(self._keys.hear(letter)):
                    return
            if self._changes.note(self._look(), time.monotonic()):
                self._grade()

    def _is_last(self, wish: Do | None) -> bool:
        match wish:
            case Do.QUIT:
                return True
            case Do.GRADE:
                self._grade()
            case Do.HINT:
                self._show(["hint", self._exercise.id])
            case Do.LIST:
                # Inside the folder of an exercise the same words would grade it.
                with chdir(self._course.root):
                    self._show([])
            case Do.NEXT:
                self._turn(1, "the last")
            case Do.PREVIOUS:
                self._turn(-1, "the first")
            case Do.ASK:
                self._say(f"The stub of {self._exercise.id} again, in place of your files? y or n")
            case Do.KEEP:
                self._say("Your files stay as they are.")
            case Do.RESET:
                self._show(["reset", self._exercise.id])
        return False

    def _turn(self, step: int, end: str) -> None:
        found = watching.neighbour(self._course.exercises, self._exercise.id, step)
        if found is None:
            self._say(f"{self._exercise.id} is {end} exercise of the course.")
        else:
            self._exercise = found
            self._grade()

    def _grade(self) -> None:
        # Looked at before it is read: what is saved meanwhile is another state.
        self._changes = watching.Changes(self._look())
        screen.count(f"grading {self._exercise.id}")
        self._show([self._exercise.id], is_graded=True)

    def _look(self) -> watching.Seen:
        return watching.look(self._course.root, self._exercise)

    def _show(self, words: list[str], *, is_graded: bool = False) -> None:
        """Run a command, and show what it writes, and how to go on, on a clean screen."""
        out, err = _Sheet(sys.stdout), _Sheet(sys.stderr)
        with redirect_stdout(out), redirect_stderr(err):
            code = self._run(words)
        if code in (screen.STOPPED, _TERMINATED):
            sys.exit(code)
        following = watching.neighbour(self._course.exercises, self._exercise.id, 1)
        offer = watching.offer(following) if is_graded and code == 0 else ""
        legend = f"watching {self._exercise.id}: {watching.LEGEND}"
        parts = [err.getvalue(), out.getvalue(), offer, legend]
        screen.count("")
        click.echo(_CLEAN if sys.stdout.isatty() else "", nl=False)
        click.echo("\n".join(part.rstrip("\n") + "\n" for part in parts if part), nl=False)

    def _say(self, sentence: str) -> None:
        click.echo(sentence)

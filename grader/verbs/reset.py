"""`grade reset`: stub and notebook again; what was written stays beside them as a backup."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import click

from grader.errors import CourseError
from grader.records import Exercise
from grader.verbs import complete, screen


@click.command(name="reset")
@click.argument("exercise", required=False, shell_complete=complete.exercises)
def command(exercise: str | None) -> None:
    """Write the stub of an exercise, and its notebook, anew; what you wrote is kept beside them.

    Attempts, best score and hints stay remembered. Without EXERCISE it is the one of this folder.

    Example: grade reset exercise-03
    """
    from grader import course, forms, stubs  # noqa: PLC0415  Help answers without YAML.
    from grader.memory import Memory  # noqa: PLC0415  SQLite is for whoever remembers.

    here = Path.cwd()
    with screen.ending():
        root = course.find_root(here)
        chosen = course.find_exercise(course.load(root), exercise, here)
        kept: dict[str, str] = {}
        with screen.aside():
            kept = dict(Memory(root).stubs(chosen.id))
        found = stubs.find(chosen, root, kept)
        for name in chosen.files:
            if name not in found:
                raise CourseError(_unknown(name, chosen.id))
        for name, stub in found.items():
            path = chosen.stub_dir / name
            if stubs.is_stub(path, stub.text):
                shown = os.path.relpath(path, here)
                screen.say(f"{shown} is the stub already; nothing was changed.")
            else:
                _restore(path, stub.text, f"is the stub again, from {stub.source}", here)
        notebook = chosen.stub_dir / forms.own_name(chosen)
        if notebook.exists():
            text = _blank(chosen, {name: stub.text for name, stub in found.items()})
            if not stubs.is_stub(notebook, text):
                _restore(notebook, text, "is blank again, built from README.md and the stub", here)


def _restore(path: Path, text: str, done: str, here: Path) -> None:
    """Write a file as it was, and tell how to get back what was in it."""
    from grader import stubs  # noqa: PLC0415  As above.

    backup = stubs.restore(path, text)
    screen.say(f"{os.path.relpath(path, here)} {done}.")
    if backup is not None:
        screen.say(f"What you had written is in {os.path.relpath(backup, here)}. To get it back:")
        # A command is not broken: it is there to be copied.
        click.echo(f"  {screen.printable(_copy(backup, path, here))}")


def _blank(exercise: Exercise, stubs: dict[str, str]) -> str:
    """Build the notebook that an exercise begins with."""
    # It brings nbformat, for which who writes files has no use.
    from grader import handout  # noqa: PLC0415

    return handout.build(exercise, stubs)


def _unknown(name: str, exercise: str) -> str:
    return (
        f"the stub of {name} is not known here: this copy of the course is no git clone that holds "
        f"its first version, and something was written in it before {exercise} was first graded; "
        f"nothing was changed. Copy {name} from where you got the course."
    )


def _copy(source: Path, target: Path, here: Path) -> str:
    """Write the command that copies one file over another."""
    words = [os.path.relpath(source, here), os.path.relpath(target, here)]
    if sys.platform == "win32":
        return subprocess.list2cmdline(["copy", *words])
    return shlex.join(["cp", *words])

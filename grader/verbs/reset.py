"""`grade reset`: the stub again; what was written stays beside it as a backup."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import click

from grader.errors import CourseError
from grader.verbs import complete, screen


@click.command(name="reset")
@click.argument("exercise", required=False, shell_complete=complete.exercises)
def command(exercise: str | None) -> None:
    """Write the stub of an exercise anew; what you wrote is kept beside it.

    Attempts, best score and hints stay remembered. Without EXERCISE it is the one of this folder.

    Example: grade reset exercise-03
    """
    from grader import course, stubs  # noqa: PLC0415  Help answers without YAML.
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
            shown = os.path.relpath(path, here)
            if stubs.is_stub(path, stub.text):
                screen.say(f"{shown} is the stub already; nothing was changed.")
                continue
            backup = stubs.restore(path, stub.text)
            screen.say(f"{shown} is the stub again, from {stub.source}.")
            if backup is not None:
                screen.say(
                    f"What you had written is in {os.path.relpath(backup, here)}. To get it back:"
                )
                # A command is not broken: it is there to be copied.
                click.echo(f"  {screen.printable(_copy(backup, path, here))}")


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

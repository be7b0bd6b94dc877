"""`grade import`: another system's assignments as exercises of this course."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.reports import layout
from grader.verbs import choice, screen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.imports.exercise import Imported, Left
    from grader.imports.sources import Made

_SOURCES = ("nbgrader", "otter")


@click.command(name="import")
@click.argument("source", type=click.Choice(_SOURCES))
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--as", "first", metavar="ID",
              help="The id of the new exercise, or of the first of several.")  # fmt: skip
@click.option("--dry-run", "is_dry", is_flag=True, help="Say what would be made; write nothing.")
def command(source: str, folder: Path, first: str | None, is_dry: bool) -> None:
    """Turn the assignments in FOLDER into exercises of this course, and list what is left out.

    FOLDER holds the versions with the solutions: of nbgrader a notebook, an assignment's folder or
    the source folder; of otter the folder with the notebook that otter assign reads, or with tests.
    Nothing of it is executed. What is there already is never changed.

    Example: grade import nbgrader source/ps1
    """
    from grader.imports import sources  # noqa: PLC0415  Help answers without YAML and parsers.

    with screen.ending("stopped; each exercise is there whole or not at all"):
        course, _ = choice.exercises(None)
        found = sources.SOURCES[source](folder)
        planned = sources.plan(found, course, first)
        if not is_dry:
            sources.write(planned, course)
        for each in planned:
            _tell_made(each, is_dry=is_dry)
        if not planned:
            screen.complain(f"nothing of {folder} could be carried over")
        for one in found:
            _tell_left(one)
        if planned:
            _tell_next(planned[0].id, is_dry=is_dry)
    sys.exit(0 if planned else 2)


def _tell_made(made: "Made", *, is_dry: bool) -> None:
    """Say what an exercise consists of, and where it came from."""
    from grader.imports.exercise import in_words  # noqa: PLC0415  As above.

    own = made.imported
    counts = {kind: sum(check.is_hidden is is_hidden for check in own.checks)
              for kind, is_hidden in (("visible", False), ("hidden", True))}  # fmt: skip
    checks = " and ".join(f"{count} {kind}" for kind, count in counts.items() if count)
    plural = "" if len(own.checks) == 1 else "s"
    would = "would be made from" if is_dry else "made from"
    _row(f"{made.id}  ", f"{own.title} ({would} {own.origin})")
    _row("  ", f"{own.file}, {checks} check{plural}, {in_words(own.points)}")
    for name in made.files:
        _row("  ", name)


def _tell_left(found: "Imported") -> None:
    """List what is left out of an assignment, and then what is another thing than it was."""
    for title, is_lost in (("left out of", True), ("worth a look in", False)):
        rows = [each for each in found.left if each.is_lost is is_lost]
        if rows:
            click.echo()
            _row("", f"{title} {found.origin}")
        # What is lost is listed place by place.
        for line in map(str, rows) if is_lost else _together(rows):
            _row("  ", line)


def _together(rows: "Sequence[Left]") -> list[str]:
    """Say one reason once, with the first place that it holds for and how many more there are."""
    places: dict[str, list[str]] = {}
    for each in rows:
        places.setdefault(each.why, []).append(each.place)
    return [
        f"{first}{f' and {len(more)} more' if more else ''}: {why}"
        for why, (first, *more) in places.items()
    ]


def _tell_next(id_: str, *, is_dry: bool) -> None:
    click.echo()
    if is_dry:
        _row("", "nothing was written; without --dry-run it is")
        return
    _row("next  ", f"grade {id_} solutions/{id_}")
    _row("      ", f"grade rehearse {id_}")


def _row(label: str, text: str) -> None:
    """Write a line that hangs below its label where the terminal is narrower."""
    shown = screen.printable(text)
    is_narrow = sys.stdout.isatty()
    lines = layout.labelled(label, shown, screen.width()) if is_narrow else [label + shown]
    click.echo("\n".join(lines))

"""`grade` alone, the verb that nobody types: the course as its student sees it, and what is next.

Inside an exercise's folder it grades that exercise.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.verbs import screen

if TYPE_CHECKING:
    from grader.records import Course


@click.command(name="progress", hidden=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Show where you stand in the course of this folder, or grade the exercise of this folder."""
    from grader import course  # noqa: PLC0415  Help answers without YAML.

    here = Path.cwd()
    with screen.ending():
        known = course.load(course.find_root(here))
        is_inside = course.exercise_at(known, here) is not None
        if not is_inside:
            _show(known, here)
    if is_inside:
        # A table does not wait for what grading needs.
        from grader.verbs import exercise  # noqa: PLC0415

        ctx.invoke(exercise.command)


def _show(known: "Course", here: Path) -> None:
    from grader import desk  # noqa: PLC0415  It brings SQLite and the trees of check files.
    from grader.memory import Memory  # noqa: PLC0415
    from grader.reports import progress  # noqa: PLC0415

    kept, now = Memory(known.root), datetime.now(UTC).astimezone()
    found = None
    with screen.aside():
        found = desk.look(known, kept, now, here)
    lines, following = found or desk.look(known, None, now, here)
    text = progress.render(
        known.title,
        lines,
        following,
        now,
        width=screen.width(),
        is_ascii=not screen.can_encode("✓–█░·"),
        has_color=screen.has_color(),
    )
    click.echo(text, nl=False)
    with screen.aside():
        for each in known.exercises:
            desk.notice(kept, each)

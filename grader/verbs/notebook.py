"""`grade notebook`: the notebook form of an exercise, built from its README and its stub."""

import click

from grader.errors import CourseError
from grader.verbs import choice, complete, screen


@click.command(name="notebook")
@click.argument("exercise", required=False, shell_complete=complete.exercises)
def command(exercise: str | None) -> None:
    """Build the notebook of an exercise from its README and its stub: EXERCISE, or all there are.

    It is for whoever writes the course, after the README or the stub has changed: what stands in
    the notebook is replaced. So it asks for the reference, which a student's copy does not have.

    Example: grade notebook exercise-03
    """
    from grader import handout  # noqa: PLC0415  Help answers without YAML and nbformat.

    with screen.ending("stopped; each notebook is the new one or the old one"):
        _, chosen = choice.exercises(exercise)
        for each in chosen:
            path = handout.path(each)
            shown = f"exercises/{each.id}/{path.name}"
            if not each.reference_dir.is_dir():
                raise CourseError(
                    f"there is no solutions/{each.id}: this seems to be a student's copy of the "
                    f"course, and {shown} may be somebody's work; nothing was written."
                )
            if handout.is_fresh(each):
                click.echo(f"{shown} is fresh; nothing was changed.")
                continue
            screen.write(path, handout.build(each))
            click.echo(f"{shown} is built from README.md and {' and '.join(each.files)}.")

"""`grade override`: a score that stands whatever was earned, with a reason and an author."""

import click

from grader import errors
from grader.records import points_text
from grader.verbs import book


@click.command(name="override")
@click.argument("student")
@click.argument("exercise")
@click.argument("score", required=False)
@click.option("--lift", "is_lifted", is_flag=True, help="Let what was earned count again.")
@click.option("--reason", default="", help="Why; it is kept for ever.")
@book.author_option
@book.option
def command(  # noqa: PLR0917  click passes the words of the command line.
    student: str,
    exercise: str,
    score: str | None,
    is_lifted: bool,
    reason: str,
    author: str | None,
    where: str | None,
) -> None:
    """Let SCORE stand for STUDENT in EXERCISE, through every regrade.

    Example: grade override ada exercise-03 8 --reason "The check was wrong."
    """
    with book.deciding(exercise, where, author) as (opened, chosen):
        if (score is None) != is_lifted:
            raise errors.CourseError("write a score, or --lift to take the override back")
        points = book.points(score)
        opened.override(student, chosen.id, points, reason)
    told = "lifted" if points is None else f"{points_text(points)} stands"
    click.echo(f"{student}  {chosen.id}  override: {told}")

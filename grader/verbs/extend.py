"""`grade extend`: more time for one student."""

import click

from grader import errors, policy
from grader.verbs import book


@click.command(name="extend")
@click.argument("student")
@click.argument("exercise")
@click.argument("until", required=False)
@click.option("--lift", "is_lifted", is_flag=True, help="Take the extension back.")
@click.option("--reason", default="", help="Why; it is kept for ever.")
@book.author_option
@book.option
def command(  # noqa: PLR0917  click passes the words of the command line.
    student: str,
    exercise: str,
    until: str | None,
    is_lifted: bool,
    reason: str,
    author: str | None,
    where: str | None,
) -> None:
    """Give STUDENT until UNTIL for EXERCISE; the zone is the exercise's, if none is named.

    Example: grade extend ada exercise-03 "2026-10-19 23:59" --reason "Was ill."
    """
    with book.deciding(exercise, where, author) as (opened, chosen):
        if (until is None) != is_lifted:
            raise errors.CourseError("write until when, or --lift to take the extension back")
        if until is not None:
            until = policy.with_zone(until, policy.zone_of(chosen.due))
        opened.extend(student, chosen.id, until, reason)
    click.echo(f"{student}  {chosen.id}  extension: {until or 'lifted'}")

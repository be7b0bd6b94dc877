"""`grade mark`: points or a comment from a person, which no regrade touches."""

import click

from grader.verbs import book


@click.command(name="mark")
@click.argument("student")
@click.argument("exercise")
@click.option("--points", "text", metavar="N", help="Points to add; below 0 to take.")
@click.option("--comment", default="", help="What to tell the student.")
@click.option("--for", "label", default="manual", metavar="LABEL", show_default=True,
              help="What it is for; a new mark replaces the old one of that name.")  # fmt: skip
@book.author_option
@book.option
def command(  # noqa: PLR0917  click passes the words of the command line.
    student: str,
    exercise: str,
    text: str | None,
    comment: str,
    label: str,
    author: str | None,
    where: str | None,
) -> None:
    """Give STUDENT points, or a comment, for EXERCISE by hand.

    Example: grade mark ada exercise-03 --for style --points 1 --comment "Clear names."
    """
    with book.deciding(exercise, where, author) as (opened, chosen):
        opened.mark(student, chosen.id, book.points(text), comment, label)
    click.echo(f"{student}  {chosen.id}  {label}: {text or 'a comment'}")

"""`grade report`: what a class has, or one student, from the gradebook; nothing is run."""

import gc
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader import errors
from grader.verbs import book, choice, screen

if TYPE_CHECKING:
    from grader.reports.overview import Overview, StudentOverview


@click.command(name="report")
@click.argument("exercise", required=False)
@click.option("--student", metavar="NAME", help="One student, by the key in the gradebook.")
@click.option("--html", "html_path", metavar="FILE",
              help="Write one page for a browser, with charts; - for stdout.")  # fmt: skip
@click.option("--json", "json_path", metavar="FILE",
              help="Write the numbers for a program; - for stdout.")  # fmt: skip
@book.option
def command(
    exercise: str | None,
    student: str | None,
    html_path: str | None,
    json_path: str | None,
    where: str | None,
) -> None:
    """Tell what a class has: scores, how hard each check is, mistakes, what is not graded, time.

    Scores are worked out as gradebook.yml is now, with lateness, extensions, marks and overrides.
    Without EXERCISE, all of the course.

    Example: grade report exercise-03 --html exercise-03.html
    """
    # What is read is needed to the end: looking for garbage among it costs a fifth of the time.
    gc.disable()
    with screen.ending():
        known, chosen = choice.exercises(exercise)
        with book.open_book(where, known.root) as opened:
            # SQLAlchemy, which may not be installed, has been found by now.
            from grader.gradebook import overview  # noqa: PLC0415

            found: Overview | StudentOverview
            if student is None:
                found = overview.of_class(opened, known, chosen)
            else:
                found = overview.of_student(opened, known, chosen, student)
        _show(found, html_path, json_path)


def _show(
    found: "Overview | StudentOverview", html_path: str | None, json_path: str | None
) -> None:
    """Write what is asked for; text, where nothing else goes to stdout."""
    # Each form is loaded when it is wanted.
    from grader.reports.overview import fields, page, text  # noqa: PLC0415

    if html_path == "-" and json_path == "-":
        raise errors.CourseError("stdout takes one of --html and --json; name a file for the other")
    if json_path is not None:
        _write(json_path, fields.to_json(found))
    if html_path is not None:
        _write(html_path, page.render(found))
    if "-" not in (html_path, json_path):
        click.echo(
            text.render(found, width=screen.width(), is_ascii=not screen.can_encode("–…")),
            nl=False,
        )


def _write(path: str, text: str) -> None:
    if path == "-":
        # The same bytes whatever letters the terminal knows.
        click.echo(text.encode(), nl=False)
    else:
        screen.write(Path(path), text)

"""`grade diff`: how two attempts, or two runs of the gradebook, differ."""

import json
import sys
from pathlib import Path

import click

from grader import errors
from grader.records import Attempt
from grader.reports import attempt as attempt_report
from grader.verbs import book, screen

Key = tuple[str, str]


@click.command(name="diff")
@click.argument("before")
@click.argument("after")
@book.option
def command(before: str, after: str, where: str | None) -> None:
    """Tell whose score changed from BEFORE to AFTER, and which checks made it.

    Each is a file that --json wrote, of one attempt or of one a line, or the number of a run of
    the gradebook. Exit code 0: no difference, 1: some.

    Example: grade diff old.json new.json
    """
    from grader.gradebook import difference  # noqa: PLC0415  Help answers without it.

    with screen.ending():
        found = difference.compare(_read(before, where), _read(after, where))
    text = difference.render(found) or "no score changed, and no verdict\n"
    click.echo(text if screen.can_encode("→") else text.replace("→", "->"), nl=False)
    sys.exit(1 if found else 0)


def _read(word: str, where: str | None) -> dict[Key, Attempt]:
    """Read the attempts that a word means, by student and exercise."""
    if word.isdecimal() and not Path(word).exists():
        return _run(int(word), where)
    try:
        text = Path(word).read_bytes().decode()
    except OSError as error:
        raise errors.CourseError(
            f"{word} cannot be read: {error.strerror}; name a file, or the number of a run"
        ) from error
    except UnicodeDecodeError as error:
        raise errors.CourseError(
            f"{word} is no text in UTF-8; name a file that --json wrote"
        ) from error
    try:
        # One attempt has a line for each field; of many, each has one line.
        is_many = text.startswith('{"')
        return dict(map(_attempt, text.splitlines() if is_many else [text]))
    except errors.CourseError as error:
        raise errors.CourseError(f"{word}: {error}") from error


def _attempt(text: str) -> tuple[Key, Attempt]:
    """Read one attempt; of a batch's line, the student as well."""
    student = ""
    try:
        fields = json.loads(text)
        if isinstance(fields, dict) and isinstance(fields.get("student"), str):
            student = fields.pop("student")
            text = json.dumps(fields)
    except ValueError:
        pass  # What is wrong with it is said below.
    found = attempt_report.from_json(text)
    return (student, found.exercise), found


def _run(number: int, where: str | None) -> dict[Key, Attempt]:
    """Read a run of the gradebook; of several attempts of one student the last."""
    from grader import course  # noqa: PLC0415  Two files are compared without a course.

    root = Path.cwd() if where else course.find_root(Path.cwd())
    with book.open_book(where, root) as opened:
        # SQLAlchemy, which may not be installed, has been found by now.
        from grader.gradebook import queries  # noqa: PLC0415

        queries.verb_of(opened, number)
        found = queries.attempts(opened, run=number)
    return {(each.student, each.attempt.exercise): each.attempt for each in found}

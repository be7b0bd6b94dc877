"""What the verbs of the gradebook share: which one, opened, by whom, and for which exercise.

A gradebook is `gradebook.db` beside gradebook.yml, unless `--gradebook` or the variable
GRADE_GRADEBOOK names another file or the URL of a PostgreSQL database. SQLAlchemy is looked for
when a verb needs it, so that everything else works without.
"""

import getpass
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from grader import errors
from grader.records import Exercise
from grader.verbs import screen

if TYPE_CHECKING:
    from grader.gradebook.store import Gradebook

FILE = "gradebook.db"
VARIABLE = "GRADE_GRADEBOOK"

Command = TypeVar("Command", bound=Callable[..., object])


def option(command: Command) -> Command:
    """Add the option that names the gradebook."""
    return click.option(
        "--gradebook", "where", metavar="FILE|URL",
        help=f"The gradebook; {FILE} of the course, if not given.",
    )(command)  # fmt: skip


def author_option(command: Command) -> Command:
    """Add the option that names the author of a decision."""
    return click.option("--author", metavar="NAME", help="Who decides; your login name, "
                        "if not given.")(command)  # fmt: skip


def open_book(
    where: str | None, root: Path, author: str | None = None, *, is_new_allowed: bool = False
) -> "Gradebook":
    """Open the gradebook that is meant.

    Raises:
        CourseError: what it needs is not installed, or there is none.
        StoreError: the database refuses.
    """
    named = where or os.environ.get(VARIABLE) or str(root / FILE)
    try:
        # SQLAlchemy need not be installed, and is slow to load.
        from grader.gradebook.store import open_gradebook  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if str(error.name).split(".")[0] not in ("sqlalchemy", "alembic"):
            raise
        raise errors.CourseError(
            f"the gradebook needs {error.name}: pip install 'pytorch-grader[teach]'"
        ) from error
    return open_gradebook(named, author or login(), is_new_allowed=is_new_allowed)


@contextmanager
def deciding(
    exercise: str, where: str | None, author: str | None
) -> Iterator[tuple["Gradebook", Exercise]]:
    """Open the gradebook for a decision about an exercise, and end the command if it is refused."""
    from grader import course  # noqa: PLC0415  Help answers without YAML.

    with screen.ending():
        root = course.find_root(Path.cwd())
        chosen = course.find_exercise(course.load(root), exercise, Path.cwd())
        with open_book(where, root, author) as book:
            yield book, chosen


def login() -> str:
    """Name who is logged in; the number of a user who has no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def points(text: str | None) -> Fraction | None:
    """Read points of the command line, exactly; None stays.

    Raises:
        CourseError: it is no number with at most two decimals.
    """
    if text is None:
        return None
    try:
        number = Decimal(text)
        if number.is_finite() and abs(number) < 100_000 and number == round(number, 2):
            return Fraction(number)
    except InvalidOperation:
        pass
    raise errors.CourseError(f'"{text}" is no number of points; write one such as 2 or 2.5')

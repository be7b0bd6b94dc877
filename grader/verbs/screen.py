"""What verbs share: how they end, and what they need of the terminal and of the file system."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from grader import errors

STOPPED = 130  # what a shell reports after Control-C

WIDEST = 100  # columns: a longer line is hard to read


@contextmanager
def ending(stopped: str | Callable[[], str] = "stopped") -> Iterator[None]:
    """Turn what goes wrong inside into a sentence on stderr and the exit code that belongs to it.

    Args:
        stopped: said after Control-C: what that leaves; a function where it is known only then.
    """
    try:
        yield
    except errors.GraderError as error:
        count("")
        click.echo(f"grade: {error}", err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        count("")
        click.echo(f"grade: {stopped if isinstance(stopped, str) else stopped()}", err=True)
        sys.exit(STOPPED)


def count(text: str) -> None:
    """Say on a terminal how far it is, on the one line of stderr that the next words take over.

    Args:
        text: "" clears the line. Nothing is written where stderr is no terminal.
    """
    if sys.stderr.isatty():
        click.echo(f"\r\033[K{text}", err=True, nl=False)


def width() -> int:
    """Tell how many columns a line may have; 80 where there is no terminal."""
    if not sys.stdout.isatty():
        return 80
    return min(os.get_terminal_size(sys.stdout.fileno()).columns, WIDEST)


def has_color() -> bool:
    """Tell whether standard output is a terminal on which colours are welcome."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def can_encode(text: str) -> bool:
    """Tell whether standard output can show these letters."""
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def write(path: Path, data: str | bytes) -> None:
    """Write a file whole or not at all; text as UTF-8.

    Raises:
        CourseError: it cannot be written there.
    """
    whole = data.encode() if isinstance(data, str) else data
    try:
        with tempfile.NamedTemporaryFile("wb", dir=path.parent, delete=False) as file:
            file.write(whole)
        os.replace(file.name, path)
    except OSError as error:
        raise errors.CourseError(
            f"{path} cannot be written: {error.strerror}; name a file in a folder that exists "
            "and that you may write to."
        ) from error

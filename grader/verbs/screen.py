"""What verbs share: how they end, and what they need of the terminal and of the file system."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TextIO

import click

from grader import errors
from grader.reports import layout, terminal
from grader.verbs import LACKING

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
        complain(str(error))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        complain(stopped if isinstance(stopped, str) else stopped())
        sys.exit(STOPPED)


def complain(text: str) -> None:
    """Say on stderr what is wrong; on a terminal broken between words, elsewhere as it is."""
    remark(f"grade: {text}")


def remark(text: str) -> None:
    """Say on stderr what is no result, on a terminal broken between words."""
    count("")
    lines = text.split("\n")
    if sys.stderr.isatty():
        room = min(os.get_terminal_size(sys.stderr.fileno()).columns, WIDEST) or WIDEST
        shown = [printable(line, sys.stderr) for line in lines]
        lines = [part for line in shown for part in layout.wrapped(line, room)]
    click.echo("\n".join(lines), err=True)


def demand_processes() -> None:
    """End with a sentence where this is Windows, before anything that it lacks is imported."""
    if any(find_spec(name) is None for name in LACKING):
        with ending():
            raise errors.SandboxError(
                "this needs processes, limits and walls that Windows does not have; nothing was "
                "graded. Run it in WSL2, which is Linux. Here you can use grade, grade hint and "
                "grade reset, and try the visible checks with: python -m pytest "
                "exercises/exercise-01"
            )


@contextmanager
def aside() -> Iterator[None]:
    """Say what is wrong with a store that nothing depends on, and go on."""
    try:
        yield
    except errors.StoreError as error:
        complain(str(error))


def count(text: str) -> None:
    """Say on a terminal how far it is, on the one line of stderr that the next words take over.

    Args:
        text: "" clears the line. Nothing is written where stderr is no terminal.
    """
    if sys.stderr.isatty():
        # Of a line that the terminal breaks only half is cleared: the last column breaks it on
        # some, and before that Control-C writes ^C behind it.
        room = os.get_terminal_size(sys.stderr.fileno()).columns - 3
        shown = layout.cut(printable(text, sys.stderr), room) if room > 0 else text
        click.echo(f"\r\033[K{shown}", err=True, nl=False)


def width() -> int:
    """Tell how many columns a line may have; 80 where there is no terminal, or it does not say."""
    columns = os.get_terminal_size(sys.stdout.fileno()).columns if sys.stdout.isatty() else 0
    return min(columns, WIDEST) or 80


def has_color() -> bool:
    """Tell whether standard output is a terminal on which colours are welcome."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def can_encode(text: str, stream: TextIO | None = None) -> bool:
    """Tell whether a stream, by default standard output, can show these letters.

    Python writes UTF-8 also where the locale is C. A terminal of which the user says that shows
    ASCII, unless Python was told otherwise.
    """
    stream = stream or sys.stdout
    names = (os.environ.get(name) for name in ("LC_ALL", "LC_CTYPE", "LANG"))
    locale = next(filter(None, names), "")
    is_told = "PYTHONIOENCODING" in os.environ or "PYTHONUTF8" in os.environ
    if stream.isatty() and locale in ("C", "POSIX") and not is_told:
        return text.isascii()
    try:
        text.encode(stream.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def say(text: str) -> None:
    """Write a sentence to stdout, broken between words where the terminal is narrower."""
    lines = layout.wrapped(printable(text), width()) if sys.stdout.isatty() else [printable(text)]
    click.echo("\n".join(lines))


def printable(text: str, stream: TextIO | None = None) -> str:
    """Write a line that may hold anybody's words so that it can do nothing to a terminal."""
    return terminal.printable(text, is_ascii=not can_encode("–", stream))


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

"""What verbs need of the terminal and of the file system: width, letters, whole files."""

import os
import sys
import tempfile
from pathlib import Path

from grader import errors

WIDEST = 100  # columns: a longer line is hard to read


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

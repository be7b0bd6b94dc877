"""The cells of a notebook that is imported, read as hostile input and never executed.

Bounds are those of a notebook that is handed in. Cells are counted from 1, text and code together,
as they stand below each other. Lines for Jupyter alone (%magic, !shell) become comments and are
told; every other line keeps its number.
"""

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from grader import notebook
from grader.errors import CourseError, SubmissionError

# What Jupyter does around a cell whose code is run as ever.
_TIMED = re.compile(r"\A(?:[ \t]*\n)*[ \t]*(%%(?:time|capture)\b)")
_MAX_CODE = 1 << 20  # characters of all cells together


@dataclass(frozen=True)
class Cell:
    """One cell: its number, whether it is code, its text, what Jupyter keeps with it.

    `kind` is "code", "markdown" or "raw". `commands` says which lines were for Jupyter alone.
    `output` is the text stored below it: what was printed, and the value of its last line.
    """

    number: int
    kind: str
    text: str
    metadata: Mapping[str, object]
    commands: tuple[str, ...] = ()
    output: str = ""


@dataclass(frozen=True)
class Sheet:
    """A notebook: its file's name, its cells, the language of its code, all of its metadata."""

    name: str
    cells: tuple[Cell, ...]
    language: str
    metadata: Mapping[str, object]


def read(path: Path) -> Sheet:
    """Read a notebook.

    Raises:
        CourseError: it cannot be read, is no notebook of format 4, or exceeds a bound.
    """
    content = text(path)
    try:
        whole = notebook.parsed(content, path.name)
        listed = whole["cells"]
        assert isinstance(listed, list)  # `parsed` asks that.
        found, length = [], 0
        for number, cell in enumerate(listed, 1):
            source = notebook.source(cell, number, path.name)
            length += len(source)
            if length > _MAX_CODE:
                raise CourseError(f"{path.name}: its cells hold more than {_MAX_CODE:,} "
                                  "characters; take data out of it")  # fmt: skip
            found.append(_cell(cell, number, source, path.name))
    except SubmissionError as error:
        raise CourseError(str(error)) from error
    metadata = whole.get("metadata")
    known = metadata if isinstance(metadata, dict) else {}
    return Sheet(path.name, tuple(found), _language(known), known)


def _cell(cell: Mapping[str, object], number: int, source: str, label: str) -> Cell:
    text = source.replace("\r\n", "\n").replace("\r", "\n")
    commands: tuple[str, ...] = ()
    if cell["cell_type"] == "code":
        text = _TIMED.sub(r"# \1", text)
        code = notebook.gather([(number, text)], label, refuses=False)
        commands = code.notes
        if code.cells:
            text = _commented(text, code.text)
        elif commands:
            text = ""
    metadata = cell.get("metadata")
    kind = str(cell["cell_type"])
    known = metadata if isinstance(metadata, dict) else {}
    return Cell(number, kind, text, known, commands, _output(cell))


def _output(cell: Mapping[str, object]) -> str:
    outputs = cell.get("outputs")
    found = ""
    for output in outputs if isinstance(outputs, list) else ():
        if isinstance(output, dict):
            data = output.get("data")
            found += _joined(output.get("text"))
            found += _joined(data.get("text/plain")) if isinstance(data, dict) else ""
    return found


def _joined(value: object) -> str:
    """Read a text that may be stored as lines."""
    lines = value if isinstance(value, list) else [value]
    return "".join(line for line in lines if isinstance(line, str))


def _commented(before: str, after: str) -> str:
    """Take out what stands in place of a command where no block needs it."""
    pairs = zip(before.split("\n"), after.split("\n"), strict=False)
    return "\n".join(
        new.removeprefix("pass  ") if new != old and new.startswith("pass  # ") else new
        for old, new in pairs
    )


def _language(metadata: object) -> str:
    """Find the language of a notebook; Python where it does not say."""
    if isinstance(metadata, dict):
        for part, key in (("kernelspec", "language"), ("language_info", "name")):
            inner = metadata.get(part)
            if isinstance(inner, dict) and isinstance(inner.get(key), str):
                return str(inner[key]).lower()
    return "python"


def text(path: Path) -> str:
    """Read a text file that is none of ours.

    Raises:
        CourseError: it is no file, cannot be read, is larger than a notebook, or is not UTF-8.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise CourseError(f"{path} is not a file; a notebook is one")
            data = file.read(notebook.MAX_BYTES + 1)
    except OSError as error:
        raise CourseError(f"{path} cannot be read: {error.strerror}") from error
    if len(data) > notebook.MAX_BYTES:
        raise CourseError(f"{path} holds more than {notebook.MAX_BYTES:,} bytes; clear its outputs "
                          "in Jupyter and save it")  # fmt: skip
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CourseError(f"{path} is not UTF-8 text; open it in Jupyter and save it") from error

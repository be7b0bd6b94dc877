"""The stub of an exercise as it was before anybody wrote in it, for whoever wants to begin again.

No copy of a stub lies in the course. It is looked for in two places: in the history of the git
clone that the course is, and in the memory, which keeps a file at first sight if nothing is written
in it yet. A function is open while its body, docstring aside, does nothing but raise
NotImplementedError. `design/desk.md` tells why these places and no third.
"""

import ast
import itertools
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader import commits
from grader.errors import CourseError
from grader.records import Exercise

GIT = "the history of this clone"
MEMORY = "what was seen here first"

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Stub:
    """One file as it was, and which of the two places says so."""

    text: str
    source: str


def find(
    exercise: Exercise, root: Path, kept: Mapping[str, str], names: Sequence[str] = ()
) -> dict[str, Stub]:
    """Find the stubs of an exercise, by file; what neither place knows is left out.

    Args:
        exercise: which one.
        root: the folder of the course.
        kept: what the memory has, by file.
        names: those of its files to look for; all of them where none is named.
    """
    clone = next((each for each in (root, *root.parents) if (each / ".git").is_dir()), None)
    found = {}
    for name in names or exercise.files:
        path = exercise.stub_dir / name
        text = None
        if clone is not None and path.is_relative_to(clone):
            text = _began(commits.history(clone, path.relative_to(clone).as_posix()))
        if text is not None:
            found[name] = Stub(text, GIT)
        elif name in kept:
            found[name] = Stub(kept[name], MEMORY)
    return found


def _began(history: commits.History) -> str | None:
    """Choose the text that a student began with: the last one before something was filled in.

    A teacher may reword a stub, or rename what is in it. Whoever writes a body where none was has
    begun. A file in which nothing was ever open is given, as it was first. Where a shallow clone
    hides what was first, only a text in which nothing is written is believed.
    """
    if not history.texts:
        return None
    began = history.texts[0]
    if not history.is_whole and not is_untouched(began):
        return None
    if not _open(began):
        return began
    for text in history.texts[1:]:
        written = _names(text) - _open(text)
        if _open(began) & written or not _names(text):
            break
        began = text
    return began


def restore(path: Path, text: str) -> Path | None:
    """Write a stub in a file's place, once what was there lies beside it under a name of its own.

    Returns:
        Where that is, as `tensors.py.backup-1`; None where there was no file.

    Raises:
        CourseError: one of the two cannot be written; the file is then as it was.
    """
    try:
        old = path.read_bytes() if os.path.lexists(path) else None
        backup = _kept(path, old) if old is not None else None
        with tempfile.NamedTemporaryFile("wb", dir=path.parent, delete=False) as file:
            file.write(text.encode())
        if old is not None:
            shutil.copymode(path, file.name)
        else:
            os.chmod(file.name, 0o644)
        os.replace(file.name, path)
    except OSError as error:
        raise CourseError(
            f"{path} cannot be set back: {error.strerror}; it has to be a file that you may read, "
            "in a folder that you may write to."
        ) from error
    return backup


def is_stub(path: Path, text: str) -> bool:
    """Whether a file says what its stub says, whatever its line ends."""
    try:
        return path.read_bytes().replace(b"\r\n", b"\n") == text.encode()
    except OSError:
        return False


def _kept(path: Path, data: bytes) -> Path:
    """Write what a file held beside it, under the first name that is not taken."""
    for number in itertools.count(1):
        backup = path.with_name(f"{path.name}.backup-{number}")
        try:
            with backup.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        except FileExistsError:
            continue
        return backup
    raise AssertionError("numbers do not end")


def is_untouched(text: str) -> bool:
    """Whether a file has functions, and nothing is written in any of them."""
    return bool(_names(text)) and _open(text) == _names(text)


def _open(text: str) -> frozenset[str]:
    return frozenset(name for name, node in _functions(text).items() if _is_open(node))


def _names(text: str) -> frozenset[str]:
    return frozenset(_functions(text))


def _functions(text: str) -> dict[str, _Function]:
    """List functions and methods by their full names; none where it is not Python."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    found = {}
    waiting: list[tuple[str, ast.Module | ast.ClassDef]] = [("", tree)]
    while waiting:
        prefix, around = waiting.pop()
        for node in around.body:
            if isinstance(node, ast.ClassDef):
                waiting.append((f"{prefix}{node.name}.", node))
            elif isinstance(node, _Function):
                found[prefix + node.name] = node
    return found


def _is_open(function: _Function) -> bool:
    body = function.body
    is_told = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    match body[1:] if is_told else body:
        case [ast.Raise(exc=ast.Name(id=name) | ast.Call(func=ast.Name(id=name)))]:
            return name == "NotImplementedError"
    return False

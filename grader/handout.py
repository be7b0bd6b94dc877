"""The notebook form of an exercise, built from its README and its stub, and never edited by hand.

One markdown cell for each section of the README, then one code cell for each part of the stub: what
stands before the first function, then each function and class with its comments and decorators. A
last cell asks for the report. The same two files always give the same text: ids are fixed, and
there are no outputs, no times and no versions in it.

All cells of a notebook share one namespace, so where an exercise has several files, the imports of
one from another are left out.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import nbformat

from grader import forms
from grader.errors import CourseError
from grader.records import Exercise

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
README = "README.md"


def path(exercise: Exercise) -> Path:
    """Tell where the notebook of an exercise lies, whether or not it is there."""
    return exercise.stub_dir / forms.own_name(exercise)


def build(exercise: Exercise, stubs: Mapping[str, str] | None = None) -> str:
    """Build the notebook of an exercise.

    Args:
        exercise: which one.
        stubs: the texts of its stubs, by file; by default what its files hold.

    Returns:
        JSON of format 4.5, which ends in a newline.

    Raises:
        CourseError: the README or a stub cannot be read, or a stub is no Python.
    """
    stubs = stubs or {name: _read(exercise, name) for name in exercise.files}
    texts = sections(_read(exercise, README))
    codes = parts(stubs)
    plain = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": _METADATA,
        "cells": [
            *(_cell("markdown", f"text-{number}", text) for number, text in enumerate(texts, 1)),
            *(_cell("code", f"code-{number}", text) for number, text in enumerate(codes, 1)),
            _cell("code", "grade", f"%load_ext grader\n%grade {exercise.id}"),
        ],
    }
    notebook = nbformat.from_dict(plain)  # type: ignore[no-untyped-call]
    nbformat.validate(notebook)
    return str(nbformat.writes(notebook)).rstrip("\n") + "\n"  # type: ignore[no-untyped-call]


def _cell(kind: str, name: str, text: str) -> dict[str, object]:
    cell: dict[str, object] = {"cell_type": kind, "id": name, "metadata": {}, "source": text}
    return cell | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def is_fresh(exercise: Exercise) -> bool:
    """Whether the notebook of an exercise is there and is what would be built.

    Raises:
        CourseError: as `build`.
    """
    wanted = build(exercise).encode()
    place = path(exercise)
    return place.is_file() and place.read_bytes() == wanted


def sections(text: str) -> list[str]:
    """Split Markdown before each heading of the first two levels that stands outside of code."""
    found: list[list[str]] = [[]]
    fence = ""
    for line in text.splitlines():
        mark = _FENCE.match(line)
        if fence:
            is_end = mark is not None and mark[1].startswith(fence) and not line.strip("`~ ")
            fence = "" if is_end else fence
        elif mark is not None:
            fence = mark[1]
        elif re.match(r"#{1,2} ", line):
            found.append([])
        found[-1].append(line)
    texts = ("\n".join(lines).strip("\n") for lines in found)
    return [section for section in texts if section.strip()]


def parts(stubs: Mapping[str, str]) -> list[str]:
    """Split stubs, by name, into texts for code cells.

    Raises:
        CourseError: one is no Python.
    """
    stems = {name.removesuffix(".py") for name in stubs}
    return [part for name, text in stubs.items() for part in _parts(name, text, stems)]


def _parts(name: str, text: str, stems: set[str]) -> Iterator[str]:
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise CourseError(
            f"{name} line {error.lineno} is not Python: {error.msg}; correct it."
        ) from error
    lines = text.split("\n")
    starts = [0]
    for node, following in zip([None, *tree.body], [*tree.body, None], strict=True):
        # A definition begins a part, and what follows one does.
        if following is not None and any(isinstance(n, _Definition) for n in (node, following)):
            starts.append(_first(following, node.end_lineno if node else 0, lines))
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        own = [n for n in tree.body if start < n.lineno <= end and _is_own(n, stems)]
        dropped = {line for n in own for line in range(n.lineno - 1, n.end_lineno or n.lineno)}
        kept = [line for at, line in enumerate(lines[start:end], start) if at not in dropped]
        part = "\n".join(kept).strip("\n")
        if part.strip():
            yield part


def _first(node: ast.stmt, after: int | None, lines: list[str]) -> int:
    """Find the line, from 0, that a statement begins in, with its decorators and comments."""
    decorators = node.decorator_list if isinstance(node, _Definition) else []
    first = min([node.lineno, *(each.lineno for each in decorators)]) - 1
    while first > (after or 0) and lines[first - 1].lstrip().startswith("#"):
        first -= 1
    return first


def _is_own(node: ast.stmt, stems: set[str]) -> bool:
    """Tell whether a statement takes names from another file of the exercise."""
    return isinstance(node, ast.ImportFrom) and node.module in stems


def _read(exercise: Exercise, name: str) -> str:
    place = exercise.stub_dir / name
    shown = f"{place.parent.parent.name}/{place.parent.name}/{name}"
    try:
        return place.read_text(encoding="utf-8")
    except OSError as error:
        raise CourseError(
            f"{shown} cannot be read: {error.strerror}; the notebook is built from it."
        ) from error
    except UnicodeDecodeError as error:
        raise CourseError(f"{shown} is not UTF-8 text; save it as UTF-8.") from error

"""`grade import otter FOLDER`: what is in a folder of otter's becomes exercises of a course.

A folder holds master notebooks of `otter assign`; or a notebook or a script with a folder `tests`
beside it; or notebooks with their tests in their metadata; or what `otter assign` made of one of
these, of which the folder `autograder` is read. Everything is parsed as text and never run, so what
an expected output was, or whether a reference passes, is believed until `grade` asks it.
"""

import ast
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from grader.errors import CourseError
from grader.imports import cells as notebooks
from grader.imports import otter_beside as beside
from grader.imports import otter_cells, otter_checks, otter_master, otter_tests
from grader.imports import otter_lines as lines
from grader.imports import otter_python as python
from grader.imports.exercise import Imported, Left, file_name, in_words, nothing
from grader.imports.otter_cells import Cell, Kind
from grader.imports.otter_checks import Checks
from grader.imports.otter_lines import Line, Sorted
from grader.imports.otter_nouns import Assignment, Piece, Question, Role

_MAX_FILES = 200  # of one kind
_MAX_TITLE = 200  # letters, as in gradebook.yml
_BETWEEN = "\n\n\n"


def read(place: Path) -> list[Imported]:
    """Turn the assignments of a folder into exercises.

    Args:
        place: the folder, or one notebook in it.

    Returns:
        One for each assignment, in the order of their names; without checks where nothing of it
        could be carried over.

    Raises:
        CourseError: there is none, or the only one cannot be read.
    """
    if not place.exists():
        raise CourseError(f"{place} is not there; name the folder with the notebooks of otter's")
    folder = place.parent if place.is_file() else place
    made = folder / "autograder"
    folder = made if place.is_dir() and made.is_dir() else folder
    tests = _tests(folder / "tests")
    paths = [place] if place.is_file() else _files(folder, ".ipynb")
    found = [one for path in paths if (one := _tried(path, tests, is_only=len(paths) == 1))]
    if not found and place.is_dir():
        scripts = _files(folder, ".py") if tests else []
        found = [made_of(_script(path, tests)) for path in scripts]
    if not found:
        raise CourseError(
            f"{place} has no assignment of otter's: a notebook with `# BEGIN QUESTION` cells, or "
            "a notebook or script beside a folder `tests`"
        )
    return found


def made_of(assignment: Assignment) -> Imported:
    """Make an exercise of an assignment; without checks where nothing of it can be carried over.

    Raises:
        CourseError: a cell is no Python, or is nested too deeply.
    """
    try:
        return _made_of(assignment)
    except RecursionError as error:
        raise CourseError(f"{assignment.name}: its code is nested too deeply to be read") from error


def _made_of(assignment: Assignment) -> Imported:
    every = [line for piece in assignment.pieces for line in lines.lines_of(piece)]
    around = lines.sort_out(every, otter_checks.asked(assignment.questions))
    imports = [line for line in every if line.is_import]
    made = otter_checks.of(assignment.questions, around, imports)
    left = (*assignment.left, *around.told, *made.left, *_installed(_modules(around, made)))
    origin = _origin(assignment.name)
    if not made.checks:
        return nothing(origin, *left, "none of its questions can be carried over")
    title = _title(assignment)
    modules = {name for line in imports for name in line.binds}
    file = file_name(os.path.splitext(assignment.name)[0], modules)
    opening = f"{_docstring(title)}\n\n"
    return Imported(
        title=title,
        file=file,
        stub=opening + _file(assignment.pieces, around, is_stub=True),
        reference=opening + _file(assignment.pieces, around, is_stub=False),
        checks=made.checks,
        readme=_readme(assignment, title, file, made),
        origin=origin,
        visible_setup=made.visible_setup,
        hidden_setup=made.hidden_setup,
        left=left,
    )


def _title(assignment: Assignment) -> str:
    """Give the title on one line, with nothing in it that a terminal would obey."""
    for text in (assignment.title, os.path.splitext(assignment.name)[0]):
        line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
        if line:
            return line[:_MAX_TITLE]
    return "Imported from otter"


def _modules(around: Sorted, made: Checks) -> set[str]:
    """Name the modules that the file and its checks import."""
    texts = [line.text for line in around.kept if line.is_import]
    texts += [made.visible_setup, made.hidden_setup, *(check.body for check in made.checks)]
    found: set[str] = set()
    for node in ast.walk(ast.parse("\n".join(texts))):
        match node:
            case ast.Import(names=aliases):
                found |= {alias.name.partition(".")[0] for alias in aliases}
            case ast.ImportFrom(module=str(module), level=0):
                found.add(module.partition(".")[0])
    return found


def _installed(modules: Iterable[str]) -> list[Left]:
    """Tell which modules an assignment needs besides Python and torch."""
    others = sorted(set(modules) - sys.stdlib_module_names - {"torch", "grader", "pytest"})
    return [Left(name, "it is imported, and has to be installed where it is graded", False)
            for name in others]  # fmt: skip


# The folder


def _tried(path: Path, tests: Sequence[Question], *, is_only: bool) -> Imported | None:
    """Read a notebook; one of several that cannot be read does not keep the others back."""
    try:
        assignment = _notebook(path, tests)
        return made_of(assignment) if assignment else None
    except CourseError as error:
        if is_only:
            raise
        return nothing(_origin(path.name), str(error).removeprefix(f"{path.name}: "))


def _notebook(path: Path, tests: Sequence[Question]) -> Assignment | None:
    """Read a notebook in any of otter's formats; None where nothing in it is otter's."""
    notebook = otter_cells.of(notebooks.read(path))
    if otter_master.is_master(notebook.cells):
        found = otter_master.read(notebook.cells, path.name)
    else:
        questions = beside.in_metadata(notebook.otter, path.name) or list(tests)
        if not questions:
            return None
        found = beside.read(notebook.cells, questions, notebook.otter, path.name)
    return replace(found, left=(*notebook.left, *found.left))


def _script(path: Path, tests: Sequence[Question]) -> Assignment:
    text = notebooks.text(path).replace("\r\n", "\n").replace("\r", "\n")
    return beside.read([Cell(Kind.CODE, text, path.name)], tests, {}, path.name)


def _origin(name: str) -> str:
    return f"otter, {name}"


def _tests(folder: Path) -> list[Question]:
    if not folder.is_dir():
        return []
    return [
        otter_tests.read(notebooks.text(path), f"tests/{path.name}")
        for path in _files(folder, ".py")
        if path.name != "__init__.py"
    ]


def _files(folder: Path, ending: str) -> list[Path]:
    """List the files of a folder with an ending; none that a link leads out to."""
    try:
        found = sorted(path for path in folder.iterdir() if path.suffix.lower() == ending)
    except OSError as error:
        raise CourseError(f"{folder} cannot be read: {error.strerror}") from error
    if len(found) > _MAX_FILES:
        raise CourseError(f"{folder} has {len(found):,} files {ending}; at most {_MAX_FILES} are "
                          "read")  # fmt: skip
    return [path for path in found if path.is_file() and not path.is_symlink()]


# The texts


def _file(pieces: Sequence[Piece], around: Sorted, *, is_stub: bool) -> str:
    """Write one version of the file: its cells, without the statements that have no place in it."""
    kept = {id(line): line for line in around.kept}
    names = {name for line in kept.values() for name in line.binds}
    stays = {(line.place, ast.dump(line.node)) for line in around.kept}
    texts = []
    for piece in pieces:
        own = {dumped for place, dumped in stays if place == piece.place}
        goes = _goes_from_stub(piece, own, names, around) if is_stub else (
            lambda line, own=own: ast.dump(line.node) not in own)  # fmt: skip
        text = piece.split.stub if is_stub else piece.split.reference
        if own:
            texts.append(_without(text, piece, goes))
    return _BETWEEN.join(text for text in texts if text.strip())


def _goes_from_stub(
    piece: Piece, own: set[str], names: set[str], around: Sorted
) -> Callable[[Line], bool]:
    """Tell which statements of a stub go: those of the file that do, and prompts for these."""
    reference = {ast.dump(node) for node in python.parse(piece.split.reference, piece.place).body}

    def goes(line: Line) -> bool:
        dumped = ast.dump(line.node)
        if dumped in reference:
            return dumped not in own
        is_lost = bool(line.runs & around.lost.keys() - line.binds)
        return is_lost or bool(line.binds and not line.binds & names)

    return goes


def _without(text: str, piece: Piece, goes: Callable[[Line], bool]) -> str:
    """Take statements out of a text, with the comments right above them."""
    tree = python.parse(text, piece.place)
    rows = text.split("\n")
    gone: set[int] = set()
    stay: set[int] = set()
    for node in tree.body:
        above = [each.lineno for each in getattr(node, "decorator_list", ())]
        first, last = min([node.lineno, *above]), node.end_lineno or node.lineno
        if not goes(Line(node, Role.GIVEN, True, piece.place)):
            stay |= set(range(first, last + 1))
            continue
        while first > 1 and rows[first - 2].startswith("#"):
            first -= 1
        gone |= set(range(first, last + 1))
    # Two statements in one line: the line is written anew.
    if gone & stay:
        kept = [node for node in tree.body if not goes(Line(node, Role.GIVEN, True, piece.place))]
        return "\n".join(ast.unparse(node) for node in kept)
    return "\n".join(row for number, row in enumerate(rows, 1) if number not in gone).strip("\n")


def _readme(assignment: Assignment, title: str, file: str, made: Checks) -> str:
    """Write the task: the notebook's texts, what is handed in, what earns points."""
    texts = list(assignment.texts)
    if not texts or not texts[0].startswith("# "):
        texts.insert(0, f"# {title}")
    total = in_words(sum((check.points for check in made.checks), Fraction()))
    visible = sum(not check.is_hidden for check in made.checks)
    test = f"test_{file}"
    told = f" {visible} of {len(made.checks)} checks stand in `{test}`." if visible else ""
    texts.append(f"## What earns points\n\nWrite your answers in `{file}`: {total} together.{told}")
    return "\n\n".join(texts)


def _docstring(title: str) -> str:
    line = f"{title.rstrip('.')}."
    is_plain = line.isprintable() and "\\" not in line and '"' not in line
    return f'"""{line}"""' if is_plain else repr(line)

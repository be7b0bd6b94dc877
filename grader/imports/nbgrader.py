"""nbgrader's source assignments become exercises: one notebook, one exercise.

What students write becomes a file with stub and reference, the teacher's code that it needs beside
it; the autograded tests become checks; the texts become the README. Nothing is executed. What a
person grades, what belongs to the notebook alone and what could not be a check is listed.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

from grader.errors import CourseError
from grader.imports import blanks, cautions, cells, nbgrader_tests, statements
from grader.imports.check_bodies import Bodies
from grader.imports.exercise import Imported, Left, file_name, in_words, nothing
from grader.imports.nbgrader_cells import Part, Role, parts
from grader.imports.nbgrader_tests import Checks
from grader.imports.nbgrader_texts import readme, title_of
from grader.imports.solution_files import texts as file_texts
from grader.imports.statements import Origin, Program

_MAX_STATEMENTS = 5_000  # a notebook of a thousand lines has a fifth of that
_MAX_TITLE = 120
_SOLUTIONS = (Role.SOLUTION, Role.MANUAL)

Split = list[tuple[int, int, str, ast.stmt]]


def read(place: Path) -> list[Imported]:
    """Turn source assignments of nbgrader's into exercises.

    Args:
        place: a notebook with its solutions, the folder of an assignment, or the source folder of a
            course, which holds such folders.

    Returns:
        One for each notebook; without checks where nothing of it could be carried over.

    Raises:
        CourseError: no notebook is there.
    """
    if place.is_file():
        return [of_notebook(place)]
    if not place.is_dir():
        raise CourseError(f"{place} is not there; name a notebook, an assignment's folder or the "
                          "source folder of a course")  # fmt: skip
    own = _in(place)
    folders = [path for path in sorted(place.iterdir()) if _is_folder(path)]
    inner = [path for folder in folders for path in _in(folder)]
    if not inner and not own:
        raise CourseError(f"{place} holds no notebook, nor does a folder in it; name a notebook, "
                          "an assignment's folder or the source folder of a course")  # fmt: skip
    if inner:
        # What lies beside the assignments belongs to none, as the header that nbgrader puts before
        # each.
        why = "it lies beside the assignments' folders and belongs to none of them"
        return [*map(_tried, inner), *(nothing(path.name, why) for path in own)]
    return [_tried(path) for path in own]


def _tried(path: Path) -> Imported:
    """Read one of several notebooks: one that cannot be read does not keep the others back."""
    try:
        return of_notebook(path)
    except CourseError as error:
        return nothing(f"{path.parent.name}/{path.name}", str(error).removeprefix(f"{path.name}: "))


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.name.startswith((".", "_"))


def _in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.ipynb") if path.is_file())


def of_notebook(path: Path) -> Imported:
    """Turn a notebook of a source assignment into an exercise.

    Args:
        path: the notebook, in the version that holds the solutions.

    Returns:
        The exercise; without checks where none of the notebook's could be carried over.

    Raises:
        CourseError: it cannot be read, or is not in Python.
    """
    sheet = cells.read(path)
    if sheet.language not in ("python", "ipython", "python3"):
        raise CourseError(f"{sheet.name}: its language is {sheet.language[:40]!r}; an exercise's "
                          "file is Python")  # fmt: skip
    origin = f"{path.parent.name}/{sheet.name}" if path.parent.name else sheet.name
    if not any("nbgrader" in cell.metadata for cell in sheet.cells):
        raise CourseError(f"{sheet.name}: no cell says anything to nbgrader; name a notebook of "
                          "the source folder")  # fmt: skip
    try:
        return _made(sheet, origin, path.stem)
    except RecursionError as error:
        raise CourseError(f"{sheet.name}: its code is nested too deeply to be read") from error


def _made(sheet: cells.Sheet, origin: str, stem: str) -> Imported:
    found, left = parts(sheet)
    for part in found:
        left += [Left(part.place, _lower(note), is_lost=False) for note in part.cell.commands]
    solutions, listed = _statements(found, left)
    if len(listed) > _MAX_STATEMENTS:
        raise CourseError(f"{sheet.name}: it has more than {_MAX_STATEMENTS:,} statements; take "
                          "data out of the code")  # fmt: skip
    program = Program(listed)
    checks = _checks(found, program)
    left += [*checks.left, *(told for part in found for told in _by_hand(part))]
    if not checks.found:
        if not any(each.is_lost for each in left):
            left.append(Left(sheet.name, "it has no test that is graded by code"))
        return nothing(origin, *_sorted(left))
    heading = title_of("\n".join(p.cell.text for p in found if p.cell.kind == "markdown"), level=1)
    title = heading or _words(stem)
    places = {part.cell.number: part.place for part in found}
    made = file_texts(program, solutions, places, f"{title}, imported from {origin}.")
    used = [each for each in program.statements if each.index in made.used | checks.used]
    file = file_name(stem, cautions.modules(used))
    points = sum((check.points for check in checks.found), Fraction(0))
    has_visible = not all(check.is_hidden for check in checks.found)
    text, pictures = readme(found, title, file, in_words(points), has_visible)
    return Imported(
        title=title,
        file=file,
        stub=made.stub,
        reference=made.reference,
        checks=tuple(checks.found),
        readme=text,
        origin=origin,
        visible_setup="\n".join(_setup([*checks.visible_setup.values()], False)),
        hidden_setup="\n".join(_setup([*checks.hidden_setup.values()], checks.has_wanted)),
        left=_sorted([*left, *made.left, *cautions.of(used, places), *pictures]),
    )


def _checks(found: Sequence[Part], program: Program) -> Checks:
    """Make the checks of all cells of tests; one that says nothing of itself is told by its id."""
    checks = Checks()
    bodies = Bodies(program)
    heading = ""
    for part in found:
        if part.cell.kind == "markdown":
            heading = title_of(part.cell.text) or heading
        elif part.role is Role.TESTS:
            words = re.sub(r"[_-]+", " ", part.id.removeprefix("test")).strip()
            title = heading if not words or words.startswith("cell ") else words
            nbgrader_tests.add(checks, part, program, bodies, _sentence(title or "a test"))
    return checks


def _words(stem: str) -> str:
    """Write a notebook's name as words: "Problem 1" for problem1."""
    words = re.sub(r"[_\W]+|(?<=[^\W\d])(?=\d)", " ", stem).strip() or "imported"
    return words[0].upper() + words[1:_MAX_TITLE]


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."


def _lower(note: str) -> str:
    return re.sub(r"cell \d+, line", "line", note)


def _sorted(left: Sequence[Left]) -> tuple[Left, ...]:
    """Order what was left by its cell, what is lost first."""

    def place(each: Left) -> tuple[bool, int]:
        number = re.search(r"cell (\d+)", each.place)
        return not each.is_lost, int(number[1]) if number else 0

    return tuple(sorted(dict.fromkeys(left), key=place))


# Code


def _statements(
    found: Sequence[Part], left: list[Left]
) -> tuple[dict[int, str], list[statements.Statement]]:
    """Take all code apart; solutions' cells are also given whole, by their numbers."""
    solutions: dict[int, str] = {}
    listed: list[tuple[int, Origin, Split]] = []
    for part in found:
        if part.cell.kind != "code":
            continue
        number = part.cell.number
        for origin, text in _codes(part, left):
            try:
                split = list(statements.split(text))
            except (SyntaxError, ValueError, MemoryError) as error:
                line = f", line {error.lineno}" if isinstance(error, SyntaxError) else ""
                why = f"this is no Python, so its code is left out ({_said(error)})"
                left.append(Left(part.place + line, why))
                continue
            listed.append((number, origin, split))
            if origin is Origin.SOLUTION:
                solutions[number] = text
    return solutions, statements.numbered(listed)


def _said(error: Exception) -> str:
    return str(error.msg if isinstance(error, SyntaxError) else error)[:80]


def _codes(part: Part, left: list[Left]) -> Iterator[tuple[Origin, str]]:
    """Give the texts of a code cell by whom they are for."""
    text = part.cell.text
    try:
        if part.role is Role.TESTS:
            cut = nbgrader_tests.texts(part)
            yield Origin.VISIBLE, cut.visible
            yield Origin.HIDDEN, cut.hidden
            yield Origin.HIDDEN, cut.wanted
            return
        hidden = blanks.regions(text, "HIDDEN TESTS")
        has_solution = bool(blanks.regions(text, "SOLUTION"))
    except blanks.MarkerError as error:
        left.append(Left(f"{part.place}, line {error.line}", f"{error}; so the cell is left out"))
        return
    if hidden:
        left.append(Left(part.place, "it has hidden tests and is no cell of tests; they are left "
                         "out"))  # fmt: skip
    is_solution = part.role in _SOLUTIONS
    if has_solution and not is_solution:
        left.append(Left(part.place, "it has a solution and is no cell for one, which nbgrader "
                         "refuses; it is taken for one", is_lost=False))  # fmt: skip
    kept = blanks.emptied(text, hidden)
    yield (Origin.SOLUTION if is_solution or has_solution else Origin.GIVEN), kept


def _setup(chosen: Sequence[statements.Statement], has_expect: bool) -> Iterator[str]:
    """Write what stands at the top of a check file: imports first, then the rest in its order."""
    imports = {ast.unparse(each.node): None for each in chosen if each.is_import}
    future = [line for line in imports if line.startswith("from __future__")]
    yield from (line for line in imports if line not in future)
    if has_expect:
        yield "\nfrom grader import expect"
    rest = [each for each in chosen if not each.is_import]
    if rest:
        yield f"\n{statements.laid_out(sorted(rest, key=lambda each: each.index))}"


# What a person grades


def _by_hand(part: Part) -> Iterator[Left]:
    if part.role is Role.MANUAL:
        what = "code" if part.cell.kind == "code" else "text"
        yield Left(part.place, f"a person grades this {what} ({in_words(part.points)}); the "
                   "exercise is without it")  # fmt: skip
    elif part.role is Role.TASK:
        yield Left(part.place, f"a person grades this task ({in_words(part.points)}); only its "
                   "text is there, in the README")  # fmt: skip

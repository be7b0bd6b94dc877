"""One imported exercise: what it consists of, and how it is laid down in the trees of the course.

Whoever reads another system's files gives an `Imported`. `write` makes of it the files that a
teacher would have written: exercises/ID with README, stub and visible checks, solutions/ID with the
reference, tests/ID with the hidden checks, and an entry at the end of gradebook.yml. Nothing that
is there is ever overwritten, and a failure leaves the course as it was: the folders are made
complete in a place of their own and moved, and gradebook.yml comes last.
"""

import ast
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from grader.errors import CourseError
from grader.imports import entry
from grader.records import Course

_ID = re.compile(r"exercise-([0-9]{2})")
_LAST = 99
_MAX_NAME = 60  # letters of a file's stem, and of a check's name
_TREES = ("exercises", "solutions", "tests")


@dataclass(frozen=True)
class Left:
    """What could not be carried over, or not as it was: where it stands, and why in a sentence.

    `place` is as a teacher finds it again: "ps1.ipynb, cell 7, line 2". `is_lost` tells what is
    gone from what was carried over otherwise.
    """

    place: str
    why: str
    is_lost: bool = True

    def __str__(self) -> str:
        return f"{self.place}: {self.why}"


@dataclass(frozen=True)
class ImportedCheck:
    """One check function.

    `name` is the function's without `test_`, `title` its line in the report, `body` its statements
    as they stand at the left margin, `arguments` the names of its fixtures. `needs` is the name of
    an earlier check. `place` says where it came from.
    """

    name: str
    title: str
    points: Fraction
    is_hidden: bool
    body: str
    arguments: tuple[str, ...] = ("student",)
    needs: str | None = None
    place: str = ""


@dataclass(frozen=True)
class Imported:
    """One exercise. `file` is handed in; `stub` and `reference` are its two texts.

    `visible_setup` and `hidden_setup` are what stands in the two check files before the checks:
    imports, helpers and data. `origin` names what it was imported from.
    """

    title: str
    file: str
    stub: str
    reference: str
    checks: tuple[ImportedCheck, ...]
    readme: str
    origin: str
    visible_setup: str = ""
    hidden_setup: str = ""
    left: tuple[Left, ...] = ()

    @property
    def points(self) -> Fraction:
        """What all checks are worth together."""
        return sum((check.points for check in self.checks), Fraction(0))


def nothing(origin: str, *why: str | Left) -> Imported:
    """Tell that nothing of an assignment could be carried over, and why."""
    left = tuple(each if isinstance(each, Left) else Left(origin, each) for each in why)
    return Imported("", "", "", "", (), "", origin, left=left)


# Names


def free_ids(course: Course, count: int, first: str | None = None) -> list[str]:
    """Choose ids that neither gradebook.yml nor any folder of the course has.

    Args:
        course: where they are to stand.
        count: how many, one after the other.
        first: the first of them; by default the one after the last that is taken.

    Raises:
        CourseError: `first` is no id, one of them is taken, or numbers end.
    """
    taken = {exercise.id for exercise in course.exercises}
    for tree in _TREES:
        folder = course.root / tree
        taken |= {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    if first is None:
        numbers = [int(found[1]) for name in taken if (found := _ID.fullmatch(name))]
        start = max(numbers, default=0) + 1
    else:
        found = _ID.fullmatch(first)
        if found is None:
            raise CourseError(f'"{first[:60]}" is no id; write exercise- and two digits, such as '
                              "exercise-17")  # fmt: skip
        start = int(found[1])
    if start + count - 1 > _LAST:
        raise CourseError(f"{count} exercises from number {start} on go beyond exercise-{_LAST}; "
                          "import fewer, or name a lower number with --as")  # fmt: skip
    ids = [f"exercise-{number:02d}" for number in range(start, start + count)]
    for id_ in ids:
        if id_ in taken:
            raise CourseError(f"{id_} is there already, in gradebook.yml or as a folder; name "
                              "another one with --as")  # fmt: skip
    return ids


def file_name(stem: str, imports: Collection[str] = ()) -> str:
    """Make a file's name of a notebook's: letters, digits and _, and no module that it imports.

    Args:
        stem: the notebook's name without its ending.
        imports: names of modules that the file's own code imports.
    """
    name = re.sub(r"[^a-z0-9_]+", "_", stem.lower()).strip("_")[:_MAX_NAME]
    name = name if name and not name[0].isdigit() else f"part_{name}".rstrip("_")
    # A file that has a module's name would be imported in that module's place.
    is_module = name in sys.stdlib_module_names or name in imports or name in ("torch", "grader")
    # pytest takes test_*.py for checks, and conftest.py for its own.
    if is_module or name.startswith("test_") or name in ("test", "conftest"):
        name = f"answer_{name}"[:_MAX_NAME]
    return f"{name}.py"


def check_name(text: str, taken: Collection[str]) -> str:
    """Make a check's name of any text: letters, digits and _, and none that is taken."""
    base = re.sub(r"\W+", "_", text, flags=re.ASCII).strip("_").lower()
    base = base.removeprefix("test_")[: _MAX_NAME - 3] or "check"
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base}_{number}"
    return name


# Files


def write(imported: Imported, course: Course, id_: str) -> list[Path]:
    """Lay an exercise down in the course.

    Args:
        imported: what is laid down.
        course: as gradebook.yml has it now.
        id_: a free one, of `free_ids`.

    Returns:
        The files that were written, gradebook.yml last.

    Raises:
        CourseError: something of that name is there, the exercise would not be what was meant, or
            a file cannot be written; the course is then as it was.
    """
    texts = files(imported, id_)
    new = entry.Entry(id_, imported.title, imported.file, imported.points)
    gradebook = entry.with_exercise(course, new)
    try:
        return _write(texts, gradebook, course.root, id_)
    except OSError as error:
        raise CourseError(
            f"{id_} cannot be written: {error.strerror} ({error.filename}); the course is as it "
            "was. Its folder has to be one that you may write to."
        ) from error


def _write(texts: dict[str, str], gradebook: bytes, root: Path, id_: str) -> list[Path]:
    with ExitStack() as done, ExitStack() as undo:
        staged = Path(tempfile.mkdtemp(prefix=".importing-", dir=root))
        done.callback(shutil.rmtree, staged, ignore_errors=True)
        for name, text in texts.items():
            path = staged / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        for tree in _TREES:
            source, target = staged / tree / id_, root / tree / id_
            if os.path.lexists(target):
                raise CourseError(f"{tree}/{id_} is there already; nothing was written.")
            if source.is_dir():
                target.parent.mkdir(exist_ok=True)
                os.rename(source, target)
                undo.callback(shutil.rmtree, target, ignore_errors=True)
        entry.replace(root, gradebook)
        undo.pop_all()
    return [*(root / name for name in texts), entry.path(root)]


def files(imported: Imported, id_: str) -> dict[str, str]:
    """Write the files of an exercise, by their paths in the course.

    Raises:
        CourseError: a text is no Python, or a check would not say what was meant.
    """
    stem = imported.file.removesuffix(".py")
    given, own, hidden = (f"{tree}/{id_}" for tree in _TREES)
    found = {
        f"{given}/README.md": imported.readme.strip("\n") + "\n",
        f"{given}/{imported.file}": _python(imported.stub, f"the stub {imported.file}"),
        f"{own}/{imported.file}": _python(imported.reference, f"the reference {imported.file}"),
    }
    for is_hidden, folder in ((False, given), (True, hidden)):
        checks = [check for check in imported.checks if check.is_hidden is is_hidden]
        if checks:
            found[f"{folder}/test_{stem}.py"] = _check_file(imported, checks, id_)
    return found


def _python(text: str, what: str) -> str:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise CourseError(f"{what} would be no Python: {error}; nothing was written.") from error
    return text.strip("\n") + "\n"


def _check_file(imported: Imported, checks: Sequence[ImportedCheck], id_: str) -> str:
    is_hidden = checks[0].is_hidden
    setup = imported.hidden_setup if is_hidden else imported.visible_setup
    kind = "Hidden" if is_hidden else "Visible"
    title = f"{kind} checks of {id_.replace('-', ' ')}, imported from {imported.origin}."
    parts = [f"{_docstring(title)}\n\nimport pytest\n{setup.strip(chr(10))}".rstrip("\n")]
    parts += [_check(check) for check in checks]
    return _python("\n\n\n".join(parts), f"the {kind.lower()} checks")


def _check(check: ImportedCheck) -> str:
    lines = [f"@pytest.mark.points({points_text(check.points)})"]
    if check.needs is not None:
        lines.append(f'@pytest.mark.needs("{check.needs}")')
    lines.append(f"def test_{check.name}({', '.join(check.arguments)}):")
    body = f"{_docstring(check.title)}\n{check.body}"
    # Whatever the text is made of, it has to be one function that holds these statements.
    try:
        text = "\n".join(lines) + "\n" + indented(body)
        wanted = ast.parse(body).body
        match ast.parse(text).body:
            case [ast.FunctionDef(body=found)] if _dump(found) == _dump(wanted):
                return text.rstrip("\n")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise CourseError(_refusal(check)) from error
    raise CourseError(_refusal(check))


def _refusal(check: ImportedCheck) -> str:
    return (
        f"{check.place or check.name}: the check {check.name} cannot be written as a function of "
        "one piece; nothing was written."
    )


def _dump(nodes: Sequence[ast.stmt]) -> list[str]:
    return [ast.dump(node) for node in nodes]


def indented(text: str) -> str:
    """Indent statements by four blanks, but not the lines within a text that goes over several."""
    inside = {
        line
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant | ast.JoinedStr) and node.end_lineno is not None
        for line in range(node.lineno + 1, node.end_lineno + 1)
    }
    lines = text.split("\n")
    return "\n".join(
        line if number in inside or not line.strip() else f"    {line}"
        for number, line in enumerate(lines, 1)
    )


def points_text(points: Fraction) -> str:
    """Write points as Python and YAML read them: 2, 0.5, 0.25.

    Args:
        points: a multiple of a hundredth.
    """
    hundredths = points * 100
    assert hundredths.denominator == 1
    whole, rest = divmod(int(hundredths), 100)
    return f"{whole}.{rest:02d}".rstrip("0") if rest else str(whole)


def in_words(points: Fraction) -> str:
    """Write points with their word: 1 point, 2.5 points."""
    return f"{points_text(points)} point{'' if points == 1 else 's'}"


def _docstring(text: str) -> str:
    """Write one line of any text as a docstring."""
    line = " ".join(text.split())
    if not line.isprintable() or "\\" in line or '"""' in line or line.endswith('"'):
        return repr(line)
    return f'"""{line}"""'

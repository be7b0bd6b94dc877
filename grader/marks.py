"""What the text of a check file says of its checks: names, sentences and points.

Nothing is imported or run: `@pytest.mark.points(2)` above `def test_NAME` is looked for in the
syntax tree. So a course can be looked over, and points changed, without torch.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from grader.errors import CourseError

_PREFIX = "test_"


@dataclass(frozen=True)
class Marked:
    """One check function: its name without `test_`, its line, and its line in a report.

    `points` is what each of its cases is worth, `cases` how many `parametrize` makes of it; None
    where that is not written down as a number and as a list.
    """

    name: str
    line: int
    title: str
    points: Fraction | None
    cases: int | None = 1

    @property
    def total(self) -> Fraction | None:
        """What all its cases are worth together."""
        return None if self.points is None or self.cases is None else self.points * self.cases


def read(path: Path) -> list[Marked]:
    """List the checks of a file, in order.

    Raises:
        CourseError: the file cannot be read, or is not Python.
    """
    try:
        tree = ast.parse(path.read_text("utf-8"))
    except (OSError, ValueError, SyntaxError) as error:
        raise CourseError(f"{path} cannot be read as Python: {error}") from error
    return [
        _marked(node)
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith(_PREFIX)
    ]


def of_folder(folder: Path) -> list[Marked]:
    """List the checks of all check files in a folder; none where there is no such folder.

    Raises:
        CourseError: a file cannot be read, or is not Python.
    """
    return [marked for path in sorted(folder.glob("test_*.py")) for marked in read(path)]


def _marked(function: ast.FunctionDef) -> Marked:
    name = function.name.removeprefix(_PREFIX)
    text = (ast.get_docstring(function) or "").split("\n\n")[0]
    title = " ".join(text.split()) or name.replace("_", " ")
    points = next(_points(function), None)
    return Marked(name, function.lineno, title, points, _cases(function))


def _cases(function: ast.FunctionDef) -> int | None:
    """Count the cases of a check; a list that is computed has a length that no text tells."""
    count = 1
    for mark in function.decorator_list:
        match mark:
            case ast.Call(func=ast.Attribute(attr="parametrize"), args=[_, values, *_]):
                if not isinstance(values, ast.List | ast.Tuple) or any(
                    isinstance(each, ast.Starred) for each in values.elts
                ):
                    return None
                count *= len(values.elts)
    return count


def _points(function: ast.FunctionDef) -> Iterator[Fraction]:
    for mark in function.decorator_list:
        match mark:
            case ast.Call(
                func=ast.Attribute(value=ast.Attribute(attr="mark"), attr="points"),
                args=[ast.Constant(value=int() | float() as value)],
            ) if not isinstance(value, bool):
                points = Fraction(str(value))
                if points > 0 and (points * 100).denominator == 1:
                    yield points


def worth(folder: Path) -> Fraction | None:
    """Add up what the checks in a folder are worth; None where one does not say it as a number."""
    try:
        totals = [each.total for each in of_folder(folder)]
    except CourseError:
        return None  # Grading it tells what is wrong with the file.
    known = [total for total in totals if total is not None]
    return sum(known, Fraction(0)) if len(known) == len(totals) else None


def counted(folder: Path) -> int | None:
    """Count the checks that pytest finds in the check files of a folder, by their text.

    Returns:
        None where the text does not tell it beyond doubt: a check stands in a class or under an
        `if`, is imported or assigned, or its cases are computed.

    Raises:
        CourseError: a file cannot be read, or is not Python.
    """
    total = 0
    for path in sorted(folder.glob("test_*.py")):
        marked = read(path)
        tree = ast.parse(path.read_text("utf-8"))
        names = [one.name for one in marked]
        if len(names) != len(set(names)) or not all(map(_is_plain, tree.body)):
            return None
        if any(one.cases is None for one in marked):
            return None
        total += sum(one.cases or 0 for one in marked)
    return total


def _is_plain(node: ast.stmt) -> bool:
    """Whether a statement at the top of a check file is one check, by its text, or surely none."""
    match node:
        case ast.FunctionDef(name=name) if name.startswith(_PREFIX):
            return all(map(_is_plain_mark, node.decorator_list))
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return not _is_found(name) and not any(map(_has_params, node.decorator_list))
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return not any(_is_found(alias.asname or alias.name) for alias in names)
        case ast.Assign(targets=[ast.Name(id="pytestmark")], value=value):
            marks = value.elts if isinstance(value, ast.List) else [value]
            return all(_is_plain_mark(mark) and not _is_parametrized(mark) for mark in marks)
        case ast.Assign() | ast.AnnAssign():
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            stored = (each for target in targets for each in ast.walk(target))
            return not any(isinstance(each, ast.Name) and _is_found(each.id) for each in stored)
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_found(name: str) -> bool:
    """Whether pytest may take what has this name for a check or for what makes cases of one."""
    return name == "*" or name.startswith(("test", "Test", "__test", "pytestmark", "pytest_"))


def _is_plain_mark(mark: ast.expr) -> bool:
    """Whether a decorator is a mark of pytest whose cases, if it makes any, can be counted."""
    named = mark.func if isinstance(mark, ast.Call) else mark
    if not isinstance(named, ast.Attribute) or ast.unparse(named.value) != "pytest.mark":
        return False
    match mark:
        case ast.Call(args=[_, ast.List(elts=[_, *_]) | ast.Tuple(elts=[_, *_])]):
            return True
    return named.attr != "parametrize"


def _is_parametrized(mark: ast.expr) -> bool:
    return isinstance(mark, ast.Call) and "parametrize" in ast.unparse(mark.func)


def _has_params(mark: ast.expr) -> bool:
    """Whether a decorator may be a fixture's that multiplies the checks which use it."""
    harmless = ("scope", "name", "autouse")
    return isinstance(mark, ast.Call) and any(each.arg not in harmless for each in mark.keywords)

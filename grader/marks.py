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
                if not isinstance(values, ast.List | ast.Tuple):
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

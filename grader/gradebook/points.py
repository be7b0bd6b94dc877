"""What each check of an exercise is worth, read from the text of its check files.

Nothing is imported or run: `@pytest.mark.points(2)` above `def test_NAME` is looked for in the
syntax tree. So points can be changed and scores worked out again on a machine without torch.
"""

import ast
from fractions import Fraction
from pathlib import Path

from grader.errors import CourseError
from grader.records import Exercise, points_text

_PREFIX = "test_"


def read(exercise: Exercise) -> dict[str, Fraction]:
    """Read the points of all checks of an exercise, by id.

    Raises:
        CourseError: a file cannot be read, a check does not say as a number what it is worth, two
            have one name, or the points do not add up to those of gradebook.yml.
    """
    folders = (exercise.stub_dir, exercise.hidden_dir)
    found: dict[str, Fraction] = {}
    for path in (path for folder in folders for path in sorted(folder.glob("test_*.py"))):
        for function in _checks(path):
            name = function.name.removeprefix(_PREFIX)
            if name in found:
                raise CourseError(f"{path.name}:{function.lineno}: {name} is here twice; keep one")
            found[name] = _points(function, path)
    total = sum(found.values(), Fraction(0))
    if total != exercise.points:
        raise CourseError(
            f"{exercise.id}: its checks are worth {points_text(total)} points, gradebook.yml says "
            f"{points_text(exercise.points)}; change a mark or the points"
        )
    return found


def _checks(path: Path) -> list[ast.FunctionDef]:
    try:
        tree = ast.parse(path.read_text("utf-8"))
    except (OSError, ValueError, SyntaxError) as error:
        raise CourseError(f"{path} cannot be read as Python: {error}") from error
    return [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith(_PREFIX)
    ]


def _points(function: ast.FunctionDef, path: Path) -> Fraction:
    for mark in function.decorator_list:
        match mark:
            case ast.Call(
                func=ast.Attribute(value=ast.Attribute(attr="mark"), attr="points"),
                args=[ast.Constant(value=int() | float() as value)],
            ) if not isinstance(value, bool):
                points = Fraction(str(value))
                if points > 0 and (points * 100).denominator == 1:
                    return points
    raise CourseError(
        f"{path.name}:{function.lineno}: {function.name} does not say as a number what it is "
        "worth; put @pytest.mark.points(2) above it, with at most two decimals"
    )

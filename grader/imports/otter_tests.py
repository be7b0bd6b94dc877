"""Test files of otter's, of both formats, and tests in the metadata of a notebook; never executed.

The OK format is one map named `test`, whose cases are dialogues with Python. The exception-based
one is a module of functions under `@test_case`. Both are Python, which otter runs to read it. Here
the text is parsed, and only values that are written out are believed.
"""

import ast
import doctest
import textwrap
from collections.abc import Mapping, Sequence
from decimal import Decimal

from grader.errors import CourseError
from grader.imports import otter_points
from grader.imports import otter_python as python
from grader.imports.otter_nouns import Case, Example, Question
from grader.imports.otter_points import Given

MAX_CASES = 200  # of one question
_MAX_DIALOGUE = 100_000  # characters of one case

# Names by which otter's decorator is called, and what it takes in order.
_DECORATOR = "test_case"
_TAKES = ("name", "points", "hidden", "success_message", "failure_message")
_SETTINGS = frozenset({"OK_FORMAT", "name", "points", "all_or_nothing"})


def read(text: str, label: str) -> Question:
    """Read a test file.

    Args:
        text: all of it.
        label: the file's name, for messages.

    Raises:
        CourseError: it is no test file, or computes what has to be written out.
    """
    tree = python.parse(text, label)
    found = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    if "test" in found:
        spec = python.literal(found["test"], label)
        if not isinstance(spec, dict):
            raise CourseError(f"{label}: `test` is no map; a test file of otter's has one")
        return of_map(spec, label)
    return _of_functions(tree, found, label)


def of_map(spec: Mapping[str, object], label: str) -> Question:
    """Read the map of the OK format.

    Raises:
        CourseError: it is not what otter reads either.
    """
    name = spec.get("name")
    suites = spec.get("suites")
    if not isinstance(name, str) or not name:
        raise CourseError(f"{label}: the test has no name; otter asks for one")
    if not isinstance(suites, list) or len(suites) != 1 or not isinstance(suites[0], dict):
        raise CourseError(f"{label}: the test has not exactly one suite; otter reads no other")
    suite: dict[str, object] = suites[0]
    if suite.get("type", "doctest") != "doctest":
        raise CourseError(f"{label}: the suite is not of the type doctest; otter reads no other")
    for key in ("setup", "teardown"):
        if suite.get(key):
            raise CourseError(f"{label}: the suite has a {key}, which otter refuses; put it into "
                              "the cases")  # fmt: skip
    cases = suite.get("cases")
    if not isinstance(cases, list):
        raise CourseError(f"{label}: the suite has no list of cases")
    _bound(cases, label)
    return Question(
        name=name,
        place=label,
        points=_total(spec.get("points"), label),
        is_whole=spec.get("all_or_nothing") is True,
        cases=tuple(_case(case, f"{label}, case {n}") for n, case in enumerate(cases, 1)),
    )


def _case(spec: object, place: str) -> Case:
    if not isinstance(spec, dict) or not isinstance(spec.get("code"), str):
        raise CourseError(f"{place}: it has no code; write the text of a dialogue under `code`")
    return Case(
        name=_text(spec, "name"),
        place=place,
        examples=_dialogue(spec["code"], place),
        # Where the file is silent, otter hides the case.
        is_hidden=spec.get("hidden", True) is not False,
        points=_points(spec.get("points"), place),
        on_success=_text(spec, "success_message"),
        on_failure=_text(spec, "failure_message"),
    )


def _dialogue(text: str, place: str) -> tuple[Example, ...]:
    """Read a dialogue as Python's own doctest does."""
    if len(text) > _MAX_DIALOGUE:
        raise CourseError(f"{place} holds more than {_MAX_DIALOGUE:,} characters; take data out")
    try:
        parts = doctest.DocTestParser().parse(textwrap.dedent(text), place)
    except ValueError as error:
        raise CourseError(f"{place}: this is no dialogue with Python: {error}") from error
    found = []
    for part in parts:
        if isinstance(part, doctest.Example):
            others = {flag for flag, is_on in part.options.items() if is_on}
            is_loose = others <= {doctest.NORMALIZE_WHITESPACE}
            if not is_loose:
                raise CourseError(f"{place}: it has a directive for doctest other than "
                                  "NORMALIZE_WHITESPACE; write the case without")  # fmt: skip
            found.append(Example(part.source.rstrip("\n"), part.want, bool(others)))
    return tuple(found)


def _of_functions(tree: ast.Module, found: Mapping[str, ast.expr], label: str) -> Question:
    """Read an exception-based test file."""
    cases: dict[str, Case] = {}
    helpers: list[ast.stmt] = []
    for node in tree.body:
        told = _decoration(node)
        if isinstance(node, ast.FunctionDef) and told is not None:
            place = f"{label}, line {node.lineno}"
            # A second function of a name takes the first one's place, as when Python reads it.
            cases[node.name] = _decorated(node, told, place)
        elif not _is_setting(node):
            helpers.append(node)
    if not cases:
        raise CourseError(f"{label} is no test file: it has neither a map `test` nor a function "
                          "under `@test_case(...)`")  # fmt: skip
    _bound(list(cases), label)
    settings = {key: python.literal(found[key], label) for key in _SETTINGS & found.keys()}
    name = settings.get("name")
    if not isinstance(name, str) or not name:
        raise CourseError(f'{label} has no name; otter asks for one, such as `name = "q1"`')
    return Question(
        name=name,
        place=label,
        points=_total(settings.get("points"), label),
        is_whole=settings.get("all_or_nothing") is True,
        cases=tuple(cases.values()),
        helpers="\n".join(ast.unparse(node) for node in helpers),
    )


def _decoration(node: ast.stmt) -> ast.Call | None:
    """Find the call of otter's decorator above a function."""
    if isinstance(node, ast.FunctionDef):
        for each in node.decorator_list:
            match each:
                case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if (
                    name == _DECORATOR
                ):
                    return each
    return None


def _decorated(node: ast.FunctionDef, told: ast.Call, place: str) -> Case:
    spec: dict[str, object] = {
        key: python.literal(value, place) for key, value in zip(_TAKES, told.args, strict=False)
    }
    for keyword in told.keywords:
        if keyword.arg in _TAKES:
            spec[keyword.arg] = python.literal(keyword.value, place)
    bare = ast.FunctionDef(node.name, node.args, node.body, [], None)
    return Case(
        name=_text(spec, "name"),
        place=place,
        function=ast.unparse(ast.fix_missing_locations(bare)),
        is_hidden=spec.get("hidden", False) is not False,
        points=_points(spec.get("points"), place),
        on_success=_text(spec, "success_message"),
        on_failure=_text(spec, "failure_message"),
    )


def _is_setting(node: ast.stmt) -> bool:
    """Whether a statement is otter's own: a setting, or the import of the decorator."""
    match node:
        case ast.ImportFrom(module=module) if module is not None:
            return module.split(".")[0] == "otter"
        case ast.Import(names=names):
            return all(alias.name.split(".")[0] == "otter" for alias in names)
        case ast.Assign(targets=targets):
            return all(isinstance(t, ast.Name) and t.id in _SETTINGS for t in targets)
        case ast.Expr(value=ast.Constant()):
            return True
    return False


def _text(spec: Mapping[str, object], key: str) -> str:
    value = spec.get(key)
    return value if isinstance(value, str) else ""


def _total(value: object, label: str) -> Given | Sequence[Given]:
    if isinstance(value, list):
        return tuple(_points(each, label) for each in value)
    return _points(value, label)


def _points(value: object, label: str) -> Given:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise CourseError(f"{label}: points is {str(value)[:40]!r}; write a number")
    # A whole number may have more digits than Python writes.
    if abs(value) > otter_points.MOST:
        raise CourseError(f"{label}: points is above {otter_points.MOST:,}; write a smaller number")
    # As it is written: the shortest decimal that is this float, without an exponent.
    return otter_points.number(f"{Decimal(repr(value)):f}", f"{label}: points")


def _bound(cases: Sequence[object], label: str) -> None:
    if len(cases) > MAX_CASES:
        raise CourseError(f"{label} has {len(cases):,} cases; at most {MAX_CASES:,} are read")

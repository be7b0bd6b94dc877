"""What code does that is another thing in an exercise than in a notebook, told with its place.

It is carried over all the same: whether it matters, the rehearsal shows.
"""

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from importlib.util import find_spec

from grader.imports import scopes
from grader.imports.exercise import Left
from grader.imports.statements import Origin, Statement

_READING = frozenset({"fromfile", "genfromtxt", "imread", "loadtxt", "open", "read_bytes",
                      "read_csv", "read_excel", "read_text", "urlopen", "urlretrieve"})  # fmt: skip
_LOADING = frozenset({"np", "numpy", "pickle", "torch", "json"})  # with .load
_ARRAYS = ("numpy", "pandas")
_SETTING = frozenset({"set_default_device", "set_default_dtype", "set_default_tensor_type",
                      "set_num_threads", "use_deterministic_algorithms"})  # fmt: skip


def of(carried: Sequence[Statement], places: Mapping[int, str]) -> list[Left]:
    """List what may matter, each cause once for each cell.

    Args:
        carried: the statements that were carried over, in order.
        places: what a cell is called, by its number.
    """
    found: dict[tuple[int, str], Left] = {}
    arrays = _named_after(carried, _ARRAYS)
    for each in carried:
        whys = [*_whys(each)]
        if each.origin in (Origin.VISIBLE, Origin.HIDDEN) and each.uses.reads & arrays:
            whys.append("it has values of numpy or pandas, which do not cross over to the "
                        "student's code; hand over tensors, numbers and lists")  # fmt: skip
        for why in whys:
            place = f"{places[each.cell]}, line {each.line}"
            found.setdefault((each.cell, why), Left(place, why, is_lost=False))
    told = [
        Left("the notebook", f"{module[:60]} is imported and not installed here; without it no "
             "check can run", is_lost=False)
        for module in sorted(modules(carried))
        if _is_missing(module)
    ]  # fmt: skip
    return [*found.values(), *told]


def _whys(statement: Statement) -> Iterator[str]:
    is_test = statement.origin in (Origin.VISIBLE, Origin.HIDDEN)
    if statement.calls & {"manual_seed", "manual_seed_all", "seed", "seed_everything"}:
        if is_test:
            yield ("the seed that a test sets is that of the check's own process; the student's "
                   "code draws from the seed of the attempt")  # fmt: skip
        else:
            yield "a seed: each check begins with the seed of the attempt, and then comes this one"
    if "input" in statement.calls:
        yield "it asks for input, and there is nobody to type while it is graded"
    if statement.calls & _READING or _loads(statement.node):
        yield "it reads a file, and a submission sees no files but its own"
    if statement.calls & _SETTING:
        yield "it sets what holds for all of torch, and each check begins with torch's defaults"
    if statement.origin is not Origin.GIVEN and _draws(statement.node):
        yield "it draws, and nobody sees a drawing while it is graded"


def _loads(node: ast.AST) -> bool:
    for each in ast.walk(node):
        match each:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="load")):
                return name in _LOADING
            case ast.Call(keywords=words) if any(word.arg == "download" for word in words):
                return True
    return False


def _draws(node: ast.AST) -> bool:
    drawing = {"plt", "pylab", "sns"} & scopes.SHOWING
    return any(isinstance(each, ast.Name) and each.id in drawing for each in ast.walk(node))


def _named_after(statements: Collection[Statement], packages: Collection[str]) -> frozenset[str]:
    """Name what imports from some packages have bound."""
    imports = (each for each in statements if modules([each]) & set(packages))
    return frozenset().union(*(each.uses.binds for each in imports))


def modules(statements: Collection[Statement]) -> set[str]:
    """Name the modules that are imported, by the first part of their names."""
    found = set()
    for each in statements:
        match each.node:
            case ast.Import(names=aliases):
                found |= {alias.name.partition(".")[0] for alias in aliases}
            case ast.ImportFrom(module=str(module), level=0):
                found.add(module.partition(".")[0])
    return found


def _is_missing(module: str) -> bool:
    # A name without a dot is looked for and not imported.
    try:
        return find_spec(module) is None
    except (ImportError, ValueError):
        return True

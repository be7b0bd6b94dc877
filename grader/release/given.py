"""What a stub gives away: which of the reference's statements stand in it on purpose, which not.

A stub may give more than a signature: a helper, the constructor of a class, the lines around the
one that is to be written. So stub and reference are held against each other, function by function
and class by class (methods count as parts of their class):

    something in it raises NotImplementedError, and something of the answer is missing: what both
    have is given
    nothing raises it, or nothing of the answer is missing: the answer was left in, if students are
    asked for it, and given otherwise

Students are asked for what a check calls as `student.NAME` or a known answer is `of`. A right
answer of variants.py counts as the reference does.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from grader.records import Exercise
from grader.release import code

_VARIANTS = "variants.py"
_ASKED = re.compile(r"""\bstudent\s*\.\s*(\w+)|\bof\s*=\s*["'](\w+)""")


@dataclass
class Given:
    """What is found out about the stubs of an exercise.

    `keys` are statements that are given on purpose. `left_in` are answers that are not: the stub's
    file, the line there, the function, and where its answer is from.
    """

    keys: set[str] = field(default_factory=set)
    left_in: list[tuple[str, int, str, str]] = field(default_factory=list)


def look(exercise: Exercise, stubs: dict[str, bytes]) -> Given:
    """Hold the stubs of an exercise against its right answers.

    Args:
        exercise: which one.
        stubs: the stubs that leave, by file.
    """
    found = Given()
    asked = _asked(exercise)
    variants = _variants(exercise)
    for name, data in stubs.items():
        stub = code.parsed(data.decode("utf-8", errors="replace"))
        right = _tree(exercise.reference_dir / name)
        if stub is None or right is None:
            continue
        source = f"{exercise.reference_dir.parent.name}/{exercise.id}/{name}"
        answers = code.units(right)
        for unit, node in code.units(stub).items():
            known = [(source, answers[unit])] if unit in answers else []
            _compare(name, node, [*known, *variants.get(unit, [])], unit in asked, found)
        found.keys |= code.keys(_outside(stub)) & code.keys(_outside(right))
    return found


def _outside(tree: ast.Module) -> list[ast.stmt]:
    return [node for node in tree.body if not isinstance(node, code.Definition)]


def _compare(
    name: str,
    node: code.Definition,
    answers: list[tuple[str, code.Definition]],
    is_asked: bool,
    found: Given,
) -> None:
    own = code.keys(node.body)
    for source, answer in answers:
        wanted = code.keys(answer.body)
        is_whole = bool(wanted) and wanted <= own
        if is_whole and (is_asked or code.is_open(node)):
            where = f"{source}:{answer.lineno}"
            found.left_in.append((name, node.lineno, node.name, where))
            return
    for source, answer in answers:
        if not source.endswith(_VARIANTS):
            found.keys |= own & code.keys(answer.body)


def _asked(exercise: Exercise) -> frozenset[str]:
    """Name what students are asked for."""
    paths = [*exercise.stub_dir.glob("test_*.py"), *exercise.hidden_dir.glob("*.py")]
    return frozenset(
        name
        for path in paths
        for pair in _ASKED.findall(path.read_text("utf-8", errors="replace"))
        for name in pair
        if name
    )


def _variants(exercise: Exercise) -> dict[str, list[tuple[str, code.Definition]]]:
    """List the right answers of variants.py, by what they answer."""
    found: dict[str, list[tuple[str, code.Definition]]] = {}
    path = exercise.hidden_dir / _VARIANTS
    tree = _tree(path)
    for node in code.units(tree).values() if tree else ():
        for of in _of(node):
            source = f"{path.parent.parent.name}/{path.parent.name}/{path.name}"
            found.setdefault(of, []).append((source, node))
    return found


def _of(node: code.Definition) -> Iterator[str]:
    for mark in node.decorator_list:
        for word in mark.keywords if isinstance(mark, ast.Call) else ():
            if word.arg == "of" and isinstance(word.value, ast.Constant):
                yield str(word.value.value)


def _tree(path: Path) -> ast.Module | None:
    try:
        return code.parsed(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None

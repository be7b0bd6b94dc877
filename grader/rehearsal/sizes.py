"""What the survey says: whether inputs could hide a mistake, and whether limits leave room.

With a square matrix a swapped axis does not show, with an axis of one a forgotten sum does not, and
a hidden input that is a visible one can be written into the answer.
"""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict, cast

from grader.rehearsal.cast import Script
from grader.rehearsal.proof import Finding
from grader.rehearsal.written import definitions

TIMES = 3  # a right answer on a slow machine, written with less care than the reference
_MIB = 1 << 20

# In a docstring, (n, 1) fixes the second axis.
_SHAPE = re.compile(r"\(([^()]*)\)")


@dataclass(frozen=True)
class Call:
    """One call of a student's function in a check: what crossed the wall."""

    function: str
    check: str
    is_visible: bool
    digest: str
    inputs: tuple[tuple[int, ...], ...]
    outputs: tuple[tuple[int, ...], ...]


class _Noted(TypedDict):
    """A call as the survey writes it."""

    function: str
    check: str
    is_visible: bool
    digest: str
    inputs: list[list[int]]
    outputs: list[list[int]]


def calls(survey: Mapping[str, object]) -> list[Call]:
    """Read the calls of a survey."""
    return [
        Call(
            function=noted["function"],
            check=noted["check"],
            is_visible=noted["is_visible"],
            digest=noted["digest"],
            inputs=tuple(map(tuple, noted["inputs"])),
            outputs=tuple(map(tuple, noted["outputs"])),
        )
        for noted in cast(list[_Noted], survey["calls"])
    ]


def distinct(script: Script, made: Sequence[Call]) -> Finding:
    """Demand a call with pairwise distinct sizes, none of them 1, of every function of matrices."""
    todo = []
    functions = [name for text in script.stub.values() for name in definitions(text)]
    functions = [name for name in functions if "." not in name]
    for name in functions:
        mine = [call for call in made if call.function == name]
        wide = [call for call in mine if any(len(shape) > 1 for shape in call.inputs)]
        fixed = _fixed(script, name)
        if not mine:
            todo.append(f"no check calls {name}; write one that does.")
        elif wide and not any(_tells(call, fixed) for call in wide):
            shapes = ", ".join(map(str, dict.fromkeys(wide[0].inputs)))
            todo.append(
                f"{name} is called with sizes that repeat or are 1 ({shapes}), so a swapped axis "
                "can hide; take distinct ones above 1, as N, M = 5, 3."
            )
    held = len(functions) - len(todo)
    figures = f"{held} of {len(functions)} functions are called with sizes that tell axes apart"
    return Finding("sizes", figures, not todo, tuple(todo))


def _tells(call: Call, fixed: frozenset[int]) -> bool:
    """Whether each matrix of a call has distinct sizes above 1, save those that are fixed."""
    for shape in (*call.inputs, *call.outputs):
        free = [size for size in shape if size not in fixed]
        if len(shape) > 1 and (len(set(free)) < len(free) or 1 in free):
            return False
    return True


def _fixed(script: Script, name: str) -> frozenset[int]:
    """Read which sizes a function's docstring fixes: 1 in (n, 1)."""
    for text in script.reference.values():
        if node := definitions(text).get(name):
            shapes = _SHAPE.findall(ast.get_docstring(node) or "")
            words = [word.strip() for shape in shapes for word in shape.split(",")]
            return frozenset(int(word) for word in words if word.isdecimal())
    return frozenset()


def hidden(script: Script, made: Sequence[Call]) -> Finding:
    """Demand of every hidden check that it asks for something that no visible check asks for."""
    bare = set(_without_arguments(script))
    seen = {(call.function, call.digest) for call in made if call.is_visible}
    checks: dict[str, list[Call]] = {}
    for call in made:
        if not call.is_visible and call.function not in bare:
            checks.setdefault(call.check, []).append(call)
    todo = [
        f"the hidden check {check} hands over only what visible checks show, so an answer can be "
        "written down; draw its inputs, as with `normal(N, M)`."
        for check, mine in checks.items()
        if all((call.function, call.digest) in seen for call in mine)
    ]
    held = len(checks) - len(todo)
    figures = f"{held} of {len(checks)} hidden checks hand over what no visible one does"
    return Finding("inputs", figures, not todo, tuple(todo))


def _without_arguments(script: Script) -> Iterator[str]:
    for text in script.reference.values():
        for name, node in definitions(text).items():
            if isinstance(node, ast.FunctionDef):
                a = node.args
                if not (a.posonlyargs or a.args or a.vararg or a.kwonlyargs or a.kwarg):
                    yield name


def limits(script: Script, needs: Mapping[str, Mapping[str, float]]) -> Finding:
    """Demand that no limit is below three times what the reference needs for a check."""
    bounds = script.exercise.limits
    asked = {
        "time": (_most(needs, "cpu_s"), bounds.time_s),
        "load": (_most(needs, "load_s"), bounds.load_s),
        "memory": (_most(needs, "peak_bytes"), float(bounds.memory_bytes)),
    }
    todo = []
    for name, ((check, need), limit) in asked.items():
        if TIMES * need > limit:
            shown = _amount(name, need), _amount(name, limit), _amount(name, TIMES * need)
            todo.append(
                f"{name}: the reference needs {shown[0]} in {check}, and the limit is {shown[1]}; "
                f"let it be {shown[2]} or more, or make the check smaller."
            )
    figures = ", ".join(
        f"{_amount(name, need)} of {_amount(name, limit)}"
        for name, ((_, need), limit) in asked.items()
        if name != "load"
    )
    return Finding("limits", f"the reference needs {figures}", not todo, tuple(todo))


def _most(needs: Mapping[str, Mapping[str, float]], key: str) -> tuple[str, float]:
    check = max(needs, key=lambda name: needs[name][key])
    return check, needs[check][key]


def _amount(name: str, value: float) -> str:
    return f"{value / _MIB:.0f} MiB" if name == "memory" else f"{value:.2g} s"

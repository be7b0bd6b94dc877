"""What the checks of an exercise ask of an answer: recorded by one process, read by another.

`record` runs the hidden checks with an answer in the student's place and writes down every call
with its arguments, described before the call may change them, and every gradient that is pulled
back. `read` gives them again as what a process can do without pytest and without the grader.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO

import torch
from torch import nn

from grader.errors import WireError
from grader.sandbox import wire

COURSE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Call:
    """One call: of which function, with what, and whether it raised when it was recorded."""

    name: str
    is_grad_enabled: bool
    is_raising: bool
    positional: tuple[object, ...]
    named: dict[str, object]
    leaves: list[torch.Tensor]


@dataclass(frozen=True)
class Pull:
    """One gradient: back from which tensor of which call's result, and what comes in there."""

    call: int
    place: int
    upstream: torch.Tensor


def read(file: BinaryIO) -> list[Call | Pull]:
    """Read what one answer is asked."""
    asked: list[Call | Pull] = []
    while True:
        decoder = wire.receive(wire.Caps(payload_bytes=1 << 33))
        wanted = next(decoder)
        try:
            while True:
                wanted = decoder.send(memoryview(bytearray(file.read(wanted))))
        except StopIteration as done:
            frame = done.value
        head, things, node = frame.body
        table = wire.Table(Plain())
        table.extend(things, frame.blocks)
        # What was written a moment ago; it is not looked over again.
        value: Any = table.value(node)
        match head:
            case ["call", str(name), bool(mode), bool(is_raising)]:
                tensors = [t for t in table.values if isinstance(t, torch.Tensor)]
                leaves = [tensor for tensor in tensors if tensor.requires_grad]
                asked.append(Call(name, mode, is_raising, *value, leaves))
            case ["pull", int(call), int(place)]:
                asked.append(Pull(call, place, value))
            case _:
                return asked


class Plain:
    """Both ends of a pipe on which only plain values and torch's own things travel."""

    def handle(self, thing: object) -> int:
        """Number nothing: no thing outlives its frame."""
        return 0

    def resolve(self, handle: int) -> object | None:
        """Find nothing."""
        return None

    def adopt(self, handle: int, thing: object) -> None:
        """Remember nothing."""

    def join(self, graph: dict[int, torch.Tensor]) -> dict[int, torch.Tensor]:
        """Make leaves of what hung in a graph."""
        return {number: tensor.requires_grad_() for number, tensor in graph.items()}

    def mirror(self, class_name: str) -> nn.Module:
        """Refuse a module that is not torch's own."""
        raise WireError(f"an argument is a {class_name}")

    def function(self, handle: int, name: str) -> object:
        """Refuse a function."""
        raise WireError(f"an argument is the function {name}")

    def refuse(self, value: object, why: str) -> wire.Node:
        """Refuse what cannot travel."""
        raise WireError(f"an argument is a {type(value).__name__}, {why}")

    def refused(self, type_name: str) -> object:
        """Refuse what could not travel."""
        raise WireError(f"an argument is a {type_name}")


class Recorder:
    """Stands for the student: calls the answer's functions, and writes down what was asked."""

    def __init__(self, answer: ModuleType, references: ModuleType, file: BinaryIO) -> None:
        self._answer = answer
        self._references = references
        self._file = file
        self._calls = 0

    def __getattr__(self, name: str) -> object:
        value = getattr(self._answer, name)
        if not callable(value):
            return value
        from grader.fixtures import LocalFunction  # noqa: PLC0415  It brings pytest.

        def called(*positional: object, **named: object) -> object:
            return self._called(name, value, positional, named)

        return LocalFunction(called, getattr(self._references, name, None))

    def _called(
        self,
        name: str,
        function: Callable[..., object],
        positional: tuple[object, ...],
        named: dict[str, object],
    ) -> object:
        number, self._calls = self._calls, self._calls + 1
        # Described before the call, which may change them.
        described = _described((positional, named))
        mode = torch.is_grad_enabled()
        try:
            result = function(*positional, **named)
        except Exception:
            _write(self._file, ["call", name, mode, True], described)
            raise
        _write(self._file, ["call", name, mode, False], described)
        for place, tensor in _tensors(result):
            if tensor.requires_grad:
                tensor.register_hook(self._pulling(number, place))  # type: ignore[no-untyped-call]
        return result

    def _pulling(self, number: int, place: int) -> Callable[[torch.Tensor], None]:
        def pulled(upstream: torch.Tensor) -> None:
            _write(self._file, ["pull", number, place], _described(upstream))

        return pulled


def _tensors(result: object) -> Iterator[tuple[int, torch.Tensor]]:
    """List the tensors of a result, each with its place; -1 where it is the result itself."""
    if isinstance(result, torch.Tensor):
        yield -1, result
    elif isinstance(result, tuple | list):
        yield from ((n, t) for n, t in enumerate(result) if isinstance(t, torch.Tensor))


def _described(value: object) -> tuple[wire.Node, wire.Node, list[wire.Block]]:
    table = wire.Table(Plain())
    node = table.node(value)
    things, blocks = table.sent()
    return things, node, [wire.Block(b.dtype, b.shape, _copied(b.data)) for b in blocks]


def _copied(data: memoryview | None) -> memoryview | None:
    return None if data is None else memoryview(bytes(data))


def _write(
    file: BinaryIO, head: list[wire.Node], said: tuple[wire.Node, wire.Node, list[wire.Block]]
) -> None:
    things, node, blocks = said
    for part in wire.pack([head, things, node], blocks):
        file.write(part)


def record(exercise_id: str, answers: list[dict[str, str]], file: BinaryIO) -> None:
    """Run the checks for each answer as a grading would, and write down what they ask."""
    from grader import course, fixtures, sitting  # noqa: PLC0415  They bring pytest.

    exercise = course.find_exercise(course.load(COURSE), exercise_id, COURSE)
    here = sitting.Sitting(exercise, torch.device("cpu"))
    references = fixtures.load_module(exercise.reference_dir, exercise)
    for texts in answers:
        answer = executed(texts)
        passed = set()
        student = Recorder(answer, references, file)
        for item in here.items:
            needs = item.get_closest_marker("needs")
            is_tried = needs is None or needs.args[0] in passed
            if is_tried and here.run(item, student, int(here.digest[:7], 16)) is None:
                passed.add(fixtures.check_id(item))
        _write(file, ["end"], _described(None))


def executed(texts: Mapping[str, str]) -> ModuleType:
    """Execute an answer's files as one module."""
    module = ModuleType("answer")
    for name, text in texts.items():
        exec(compile(text, name, "exec", dont_inherit=True), vars(module))
    return module

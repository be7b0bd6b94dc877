"""Answering the host: load the sources, begin a check, call a function, pull a gradient back.

A request is a list [operation, sequence number, ...]; the answer begins with "ok" or with what went
wrong, and repeats the number. The student's code runs in the main thread, between a request and its
answer, and anything it raises, up to SystemExit, becomes an answer: this loop ends only with the
stream. The host believes none of the answers more than it would believe the student.
"""

import linecache
import os
import socket
import sys
import traceback
import types
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

import torch
from torch import nn

from grader.errors import WireError
from grader.sandbox import wire
from grader.sandbox.child import witness
from grader.sandbox.child.loader import Sources
from grader.sandbox.child.state import Ground, State
from grader.sandbox.wire import seen

Answer = tuple[list[wire.Node], list[wire.Block]]

MAX_MESSAGE = 4000  # characters of an exception's text
MAX_FRAMES = 6  # of the student's own, innermost last
_TORCH = os.path.dirname(torch.__file__) + os.sep
# How an import statement gets to the file that it names.
_IMPORTING = "<frozen importlib"
_HOUSE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))) + os.sep
MAX_LOST = 100  # names that a notebook lost, or errors that its cells raised
# The host is trusted; its frames are as large as its tensors.
CAPS = wire.Caps(header_bytes=256 << 20, payload_bytes=64 << 30, nodes=10_000_000)


class Service:
    """One submission, from its sources to its answers. Implements `wire.Foreign` for the child."""

    def __init__(self, state: Ground, modules: Sequence[types.ModuleType] = ()) -> None:
        self._state = state
        self._sources = Sources()
        self._modules = list(modules)
        self._things: dict[int, object] = {}
        self._handles: dict[int, int] = {}
        self._graphs: dict[int, tuple[list[object], dict[int, torch.Tensor]]] = {}
        self._leaves: dict[int, torch.Tensor] = {}
        self._is_used = False

    def answer(self, body: list[wire.Node], blocks: Sequence[wire.Block]) -> Answer:
        """Do what one request asks."""
        operations: dict[str, Callable[..., Answer]] = {
            "load": self._load,
            "begin": self._begin,
            "call": self._call,
            "pull": self._pull,
            "get": self._get,
            "set": self._set,
        }
        operation, sequence, *fields = body
        try:
            return operations[str(operation)](sequence, blocks, *fields)
        except WireError as error:
            return ["broken", sequence, str(error)], []
        except BaseException as error:  # The one place where student code may raise anything.
            return ["raised", sequence, *self._explain(error)], []

    # Operations

    def _load(
        self, sequence: int, _: object, sources: list[list[object]], cells_s: float = 1.0
    ) -> Answer:
        self._sources = Sources(sources, cells_s)
        return ["ok", sequence], []

    def _begin(self, sequence: int, _: object, seed: int) -> Answer:
        """Start a check: nothing of the one before may be left, every file is executed anew."""
        if self._is_used and (remains := self._state.remains()):
            return ["spoiled", sequence, remains], []
        self._is_used = True
        for registry in (self._things, self._handles, self._graphs, self._leaves):
            registry.clear()
        self._state.reset(seed)
        self._modules = self._sources.fresh()
        self._state.reset(seed)
        names = {
            name: callable(value)
            for module in self._modules
            for name, value in vars(module).items()
            if not name.startswith("__")
        }
        self._print_failed()
        lost: list[wire.Node] = [
            [name, *self._explain(error)]
            for name, error in islice(self._sources.lost.items(), MAX_LOST)
        ]
        shown: list[wire.Node] = [[str(name), is_callable] for name, is_callable in names.items()]
        return ["ok", sequence, shown, self._late(), lost], []

    def _print_failed(self) -> None:
        """Write what cells of a notebook raised to where they print."""
        for error in islice(self._sources.failed, MAX_LOST):
            match self._explain(error):
                case [[name, *_], text, _, [[cell, line, *_], *_]]:
                    said = f"{cell}, line {line}: {name}: {text}\n"
                    # Past sys.stdout, which student code may have replaced.
                    os.write(1, said.encode(errors="replace"))

    def _late(self) -> list[wire.Node]:
        """List what was imported here; it stands behind all that the zygote had."""
        late: list[wire.Node] = []
        for name in reversed(sys.modules):
            if name in self._state.module_names:
                break
            if name not in self._sources.module_names:
                late.append(str(name))
        return late[::-1]

    def _call(  # noqa: PLR0917  The fields of a request, in order.
        self,
        sequence: int,
        blocks: Sequence[wire.Block],
        released: list[int],
        mode: list[object],
        target: list[object],
        things: wire.Node,
        arguments: wire.Node,
        is_watched: bool = False,
    ) -> Answer:
        for number in released:
            self._graphs.pop(number, None)
        table = wire.Table(self)
        self._leaves = {}
        table.extend(things, blocks)
        positional, named = _arguments(table.value(arguments))
        function = self._find(target)
        is_grad_enabled, dtype = mode
        torch.set_default_dtype(getattr(torch, str(dtype)))
        report: list[wire.Node] = []
        with torch.set_grad_enabled(bool(is_grad_enabled)):
            if is_watched:
                result, what = witness.watched(function, positional, named)
                report = [seen.write(what)]
            else:
                result = function(*positional, **named)
        try:
            node, changes = table.node(result), table.changes()
        except Exception:  # An object that lies about what it is may raise anything when read.
            refused = self.refuse(result, "it cannot be read")
            return ["ok", sequence, [], refused, [], *report], []
        new, new_blocks = table.sent()
        if any(isinstance(t, torch.Tensor) and t.grad_fn is not None for t in table.values):
            # The values alone: the table knows this service, and a circle would keep its tensors.
            self._graphs[sequence] = (table.values, self._leaves)
        return ["ok", sequence, new, node, changes, *report], new_blocks

    def _pull(  # noqa: PLR0917  The fields of a request, in order.
        self,
        sequence: int,
        blocks: Sequence[wire.Block],
        call: int,
        outputs: list[int],
        inputs: list[int],
        things: wire.Node,
        upstream: wire.Node,
    ) -> Answer:
        """Compute the vector-Jacobian product of an earlier call.

        The sum of output times upstream has the upstream as its gradient, exactly; it stands in
        for `grad_outputs`, whose first use imports sympy.
        """
        values, leaves = self._graphs[call]
        received = wire.Table(self)
        received.extend(things, blocks)
        grads = received.value(upstream)
        wanted = [leaves.get(number, values[number]) for number in inputs]
        live = [t for t in wanted if isinstance(t, torch.Tensor) and t.requires_grad]
        with torch.enable_grad():
            products = [
                (output * grad.conj()).sum().real if output.is_complex() else (output * grad).sum()
                for number, grad in zip(outputs, grads, strict=True)  # type: ignore[call-overload]
                if grad is not None and isinstance(output := values[number], torch.Tensor)
            ]
            total = sum(products[1:], products[0])
            # Torch wants one input at least; a result may hang on the student's own tensors alone.
            wished = live or [total]
            found = torch.autograd.grad(total, wished, retain_graph=True, allow_unused=True)
        by_id = {id(t): grad for t, grad in zip(wished, found, strict=True)}
        node = received.node(tuple(by_id.get(id(t)) for t in wanted))
        new, new_blocks = received.sent()
        return ["ok", sequence, new, node, []], new_blocks

    def _get(
        self, sequence: int, _: object, target: list[object], name: str | None = None
    ) -> Answer:
        value = self._find(target)
        table = wire.Table(self)
        node = table.node(value if name is None else getattr(value, name))
        new, blocks = table.sent()
        return ["ok", sequence, new, node, []], blocks

    def _set(  # noqa: PLR0917  The fields of a request, in order.
        self,
        sequence: int,
        blocks: Sequence[wire.Block],
        target: list[object],
        name: str,
        things: wire.Node,
        value: wire.Node,
    ) -> Answer:
        table = wire.Table(self)
        table.extend(things, blocks)
        setattr(self._find(target), name, table.value(value))
        return ["ok", sequence, [], None, []], []

    def _find(self, target: list[object]) -> Any:
        match target:
            case ["name", str(name)]:
                for module in self._modules:
                    if name in vars(module):
                        return vars(module)[name]
            case ["thing", int(handle)]:
                return self._things[handle]
        raise WireError(f"the submission has no {target!r}")

    # wire.Foreign

    def handle(self, thing: object) -> int:
        """Keep a thing for the rest of the check, under a number of its own."""
        handle = self._handles.get(id(thing))
        if handle is None:
            handle = len(self._things) + 1
            self._things[handle] = thing
            self._handles[id(thing)] = handle
        return handle

    def resolve(self, handle: int) -> object | None:
        """Find a thing that the host sends back."""
        return self._things[handle]

    def adopt(self, handle: int, thing: object) -> None:
        """Never needed: the host names only what this side has handed out."""

    def join(self, graph: dict[int, torch.Tensor]) -> dict[int, torch.Tensor]:
        """Give an argument that is no leaf on the host's side a leaf of its own to hang on."""
        with torch.enable_grad():
            self._leaves = {number: t.requires_grad_() for number, t in graph.items()}
            return {number: leaf.clone() for number, leaf in self._leaves.items()}

    def mirror(self, class_name: str) -> nn.Module:
        """Refuse: a module of the host's own classes stays on the host's side."""
        raise WireError(f"the host sent a module of its own class {class_name}")

    def function(self, handle: int, name: str) -> object:
        """Refuse: a function of the host stays on the host's side."""
        raise WireError(f"the host sent a function {name}")

    def refuse(self, value: object, why: str) -> wire.Node:
        """Say that a value cannot cross, by the name of its type and the reason."""
        return ["x", f"{type(value).__name__}{f' ({why})' if why else ''}"]

    def refused(self, type_name: str) -> object:
        """Never needed: the host raises an error instead of sending what cannot cross."""
        raise WireError(f"the host refused to send a {type_name}")

    # Exceptions

    def _explain(self, error: BaseException) -> list[wire.Node]:
        """Write an exception: [type and its bases], text, kind, the student's own frames.

        Of a name that is lost with a cell of a notebook, it is the cell's exception that is told.
        """
        frames = self._frames(error)
        if type(error) is NameError and type(error.name) is str:
            cause = self._sources.lost.get(error.name, error)
            if cause is not error:
                error, frames = cause, [*frames, *self._frames(cause)][-MAX_FRAMES:]
        bases = [kind.__name__ for kind in type(error).__mro__ if kind is not object]
        try:
            text = str(error.msg if isinstance(error, SyntaxError) else error)[:MAX_MESSAGE]
        except Exception:  # A hostile __str__ may raise anything; the type alone must do.
            text = ""
        kind = ""
        if isinstance(error, MemoryError) or "can't allocate memory" in text:
            kind = "memory"
        elif isinstance(error, PermissionError):
            kind = "forbidden"
        return [bases, str.__str__(text), kind, frames]  # type: ignore[list-item]

    def _frames(self, error: BaseException) -> list[wire.Node]:
        """List [file, line, function, source, first and last column] of the student's frames.

        What was called of somebody else's stands between and after them as [package, calls].
        """
        frames: list[wire.Node] = []
        for frame in traceback.extract_tb(error.__traceback__):
            if frame.filename in self._sources.file_names:
                line = frame.lineno or 0
                source = linecache.getline(frame.filename, line).rstrip("\n")
                is_one_line = frame.end_lineno == frame.lineno
                start = _column(source, frame.colno)
                end = _column(source, frame.end_colno) if is_one_line else len(source)
                frames.append([frame.filename, line, frame.name, source, start, end])
            elif frames and not frame.filename.startswith((_HOUSE, _IMPORTING)):
                package = "torch" if frame.filename.startswith(_TORCH) else "Python"
                match frames[-1]:
                    case [str(same), int(calls)] if same == package:
                        frames[-1] = [package, calls + 1]
                    case _:
                        frames.append([package, 1])
        if isinstance(error, SyntaxError) and error.filename in self._sources.file_names:
            source = (error.text or "").rstrip("\n")
            start = max((error.offset or 1) - 1, 0)
            is_one_line = error.end_lineno == error.lineno and (error.end_offset or 0) > start + 1
            end = (error.end_offset or 0) - 1 if is_one_line else start + 1
            frames.append([error.filename, error.lineno or 0, "", source, start, end])
        return frames[-MAX_FRAMES:]


def _arguments(value: object) -> tuple[tuple[object, ...], dict[str, object]]:
    match value:
        case (tuple() as positional, dict() as named):
            return positional, named
    raise WireError("a call comes without its arguments")


def _column(source: str, offset: int | None) -> int:
    """Turn a traceback's byte offset into a column of characters."""
    return len(source.encode()[: offset or 0].decode(errors="ignore"))


def serve(channel: socket.socket, state: State) -> None:
    """Answer requests until the host closes the stream."""
    service = Service(state)
    while True:
        frame = receive(channel)
        if frame is None:
            return
        body, blocks = service.answer(frame.body, frame.blocks)
        for part in wire.pack(body, blocks):
            channel.sendall(part)


def receive(channel: socket.socket) -> wire.Frame | None:
    """Read one frame; None where the stream has ended."""
    decoder = wire.receive(CAPS)
    wanted = next(decoder)
    while True:
        buffer = memoryview(bytearray(wanted))
        filled = 0
        while filled < wanted:
            count = channel.recv_into(buffer[filled:])
            if count == 0:
                return None
            filled += count
        try:
            wanted = decoder.send(buffer)
        except StopIteration as done:
            return done.value  # type: ignore[no-any-return]

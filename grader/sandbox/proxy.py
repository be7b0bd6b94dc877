"""The student as the trusted side sees it: plain functions and modules whose code runs elsewhere.

A check calls `student.matvec(A, v)` and gets a tensor. The arguments crossed as data; what the call
changed in them has been written back into the check's own objects; and if an argument requires a
gradient, the result hangs in the check's autograd graph on a node whose backward pass asks the
child for the vector-Jacobian product. So `backward()`, `torch.autograd.grad` and `gradcheck` work
as if the function were local. Differentiating twice is refused by torch with a sentence.

A module of one of torch's own classes arrives as that class; any other as a `RemoteModule`, which
registers local parameters and buffers and sends them along whenever its code is called.
"""

import weakref
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import torch
from torch import nn

from grader.errors import CourseError, Mismatch, WireError
from grader.records import Outcome
from grader.sandbox import graph as graphs
from grader.sandbox import wire
from grader.sandbox.child.witness import Witness
from grader.sandbox.raised import StudentError, as_error
from grader.sandbox.wire import seen
from grader.sandbox.wire.modules import Mirror, is_exact
from grader.sandbox.wire.seen import Seen

# Sends a request's body and blocks, and returns the answer's frame.
Exchange = Callable[[list[wire.Node], Sequence[wire.Block]], wire.Frame]


class Ear(Protocol):
    """What hears of each call of the submission: what goes in, and then what has come out."""

    def begin(self, name: str, positional: tuple[object, ...], named: dict[str, object]) -> None:
        """Hear of a call before it is made."""

    def end(self, result: object) -> None:
        """Hear what it gave; nothing is heard where it raised."""


class Student:
    """The submission's names. Attributes are its functions; anything else is read as a value.

    It has no public names of its own, which would hide a student's function of that name.
    """

    def __init__(
        self,
        exchange: Exchange,
        names: Mapping[str, bool],
        files: Sequence[str],
        references: Mapping[str, object],
        *,
        lost: Sequence[wire.Node] = (),
        ear: Ear | None = None,
    ) -> None:
        self._connection = _Connection(exchange, ear)
        # What a notebook should have defined in a cell that failed, and how that failed.
        self._lost = dict(map(_lost, lost))
        self._names = names
        self._files = files
        self._references = references

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        if name not in self._names and name in self._lost:
            raise as_error(self._lost[name])
        if name not in self._names:
            where = " and ".join(self._files)
            raise StudentError(
                Outcome.RAISED,
                f"{where} has no function `{name}`. Keep the name that the exercise gives.",
            )
        if not self._names[name]:
            return self._connection.get(["name", name])
        known = self._references.get(name)
        return RemoteFunction(self._connection, ["name", name], name, known)


def _lost(node: wire.Node) -> tuple[str, list[wire.Node]]:
    """Read a name that a notebook lost, and the fields of what the cell raised."""
    match node:
        case [str(name), *fields]:
            return name, list(fields)
    return "", []


class _Connection:
    """What carries a submission's calls: one exchange after another, and what outlives them."""

    def __init__(self, exchange: Exchange, ear: Ear | None) -> None:
        self._exchange = exchange
        self._ear = ear
        self._sequence = 0
        self._released: list[int] = []
        self._lasting: weakref.WeakValueDictionary[int, object] = weakref.WeakValueDictionary()
        self._handles: dict[int, tuple[weakref.ref[object], int]] = {}

    def __deepcopy__(self, memo: dict[int, object]) -> "_Connection":
        """Stay one: a copied mirror has parameters of its own and the same code behind it."""
        return self

    def call(
        self,
        target: list[wire.Node],
        name: str,
        positional: tuple[object, ...],
        named: dict[str, object],
        owner: nn.Module | None = None,
    ) -> object:
        """Call a function of the submission; `owner`'s state goes along if it is a mirror."""
        watching = Witness.current
        if watching is None:
            return self._call(target, name, positional, named, owner, [])[0]
        # A check watches a function of its own, which calls the student's.
        with watching.elsewhere():
            result, what = self.watched(target, name, positional, named, owner)
        watching.add(what)
        return result

    def watched(
        self,
        target: list[wire.Node],
        name: str,
        positional: tuple[object, ...],
        named: dict[str, object],
        owner: nn.Module | None = None,
    ) -> tuple[object, Seen]:
        """Call likewise, and let a witness over there tell what it saw."""
        result, report = self._call(target, name, positional, named, owner, [True])
        try:
            return result, seen.read(report)
        except WireError as error:
            raise _broken(error) from error

    def _call(  # noqa: PLR0917  What a request says, in order.
        self,
        target: list[wire.Node],
        name: str,
        positional: tuple[object, ...],
        named: dict[str, object],
        owner: nn.Module | None,
        extra: list[wire.Node],
    ) -> tuple[object, wire.Node]:
        """Call with these fields added to the request; the answer has as many added to it."""
        if self._ear is not None:
            self._ear.begin(name, positional, named)
        call = _Call(self, name)
        if owner is not None:
            call.table.node(owner)
        arguments = call.table.node((positional, named))
        things, blocks = call.table.sent()
        mode: list[wire.Node] = [torch.is_grad_enabled(), _default_dtype()]
        released, self._released = self._released, []
        body: list[wire.Node] = ["call", 0, list(released), mode, target, things, arguments, *extra]
        frame = self._ask(body, blocks, 5 + len(extra))
        call.number = self._sequence
        result = call.read(frame)
        if self._ear is not None:
            self._ear.end(result)
        return result, frame.body[-1]

    def pull(self, call: int, outputs: list[int], inputs: list[int], grads: object) -> object:
        """Ask for the vector-Jacobian product of an earlier call."""
        plain = _Call(self, "backward")
        node = plain.table.node(grads)
        things, blocks = plain.table.sent()
        body: list[wire.Node] = ["pull", 0, call, list(outputs), list(inputs), things, node]
        return plain.read(self._ask(body, blocks))

    def get(self, target: list[wire.Node], name: str | None = None) -> object:
        """Read a name of the submission, or an attribute of one of its objects."""
        plain = _Call(self, name or str(target[-1]))
        return plain.read(self._ask(["get", 0, target, name], []))

    def set(self, target: list[wire.Node], name: str, value: object) -> None:
        """Set an attribute of one of the submission's objects."""
        plain = _Call(self, name)
        node = plain.table.node(value)
        things, blocks = plain.table.sent()
        plain.read(self._ask(["set", 0, target, name, things, node], blocks))

    def release(self, call: int) -> None:
        """Let the child forget the graph of a call, with the next request."""
        self._released.append(call)

    def _ask(
        self, body: list[wire.Node], blocks: Sequence[wire.Block], length: int = 5
    ) -> wire.Frame:
        self._sequence += 1
        body[1] = self._sequence
        frame = self._exchange(body, blocks)
        if frame.body[0] == "raised":
            raise as_error(frame.body[2:])
        if frame.body[0] != "ok" or len(frame.body) != length:
            raise _broken("no answer")
        return frame

    # What outlives a call

    def handle_of(self, thing: object) -> int:
        """Find the child's number for a thing that it keeps; 0 for one of this side's own."""
        if isinstance(thing, RemoteModule | RemoteFunction):
            return thing.handle
        found = self._handles.get(id(thing))
        return found[1] if found is not None and found[0]() is thing else 0

    def remember(self, handle: int, thing: object) -> None:
        """Keep the handle of a thing for as long as the thing lives."""
        self._handles[id(thing)] = (weakref.ref(thing), handle)
        self._lasting[handle] = thing

    def remembered(self, handle: int) -> object | None:
        """Find the thing that stands for one of the child's."""
        return self._lasting.get(handle)


class RemoteFunction:
    """A function of the submission. `reference` is the reference's function of the same name."""

    def __init__(
        self, connection: _Connection, target: list[wire.Node], name: str, reference: object = None
    ) -> None:
        self._connection = connection
        self._target = target
        self.__name__ = name
        self.reference = reference
        # A method's mirror, whose state goes along with each call.
        self.owner: nn.Module | None = None
        self.handle = target[1] if isinstance(target[1], int) else 0

    def __call__(self, *positional: object, **named: object) -> object:
        """Call the student's function with copies of the arguments."""
        return self._connection.call(self._target, self.__name__, positional, named, self.owner)

    def watched(self, *positional: object, **named: object) -> tuple[object, Seen]:
        """Call the student's function and tell what was seen of the call, besides its result."""
        return self._connection.watched(self._target, self.__name__, positional, named, self.owner)

    def __repr__(self) -> str:
        return f"<the student's {self.__name__}>"


class RemoteModule(Mirror):
    """Mirrors a module of a student's own class: local parameters, remote code.

    An attribute that is set here and is no part of a module is set over there.
    """

    _connection: _Connection
    _class_name: str
    handle: int

    def __init__(self, connection: _Connection, class_name: str) -> None:
        super().__init__()
        # Past nn.Module's own __setattr__ and __getattr__, which ask the child for what they miss.
        vars(self).update(_connection=connection, _class_name=class_name, handle=0)

    def forward(self, *positional: object, **named: object) -> object:
        """Call the student's module with this mirror's parameters, buffers and modes."""
        target: list[wire.Node] = ["thing", self.handle]
        return self._connection.call(target, self._class_name, positional, named, owner=self)

    def watched(self, *positional: object, **named: object) -> tuple[object, Seen]:
        """Call the student's module and tell what was seen of the call, besides its result."""
        target: list[wire.Node] = ["thing", self.handle]
        return self._connection.watched(target, self._class_name, positional, named, owner=self)

    def __setattr__(self, name: str, value: Any) -> None:
        state = vars(self)
        parts = (
            state,
            *(state.get(f"_{kind}", ()) for kind in ("parameters", "buffers", "modules")),
        )
        is_part = isinstance(value, nn.Parameter | nn.Module)
        if is_part or not state.get("handle") or any(name in part for part in parts):
            super().__setattr__(name, value)
        else:
            self._connection.set(["thing", self.handle], name, value)

    def __getattr__(self, name: str) -> Any:
        try:
            return super().__getattr__(name)
        except AttributeError:
            if name.startswith("__"):
                raise
            value = self._connection.get(["thing", self.handle], name)
            if isinstance(value, RemoteFunction):
                value.owner = self
            return value

    def _get_name(self) -> str:
        return str(self._class_name)


class _Call:
    """One exchange: its table of things, and its place in the autograd graph."""

    def __init__(self, connection: _Connection, name: str) -> None:
        self.table = wire.Table(self)
        self.number = 0
        self._connection = connection
        self._name = name
        self._changes: list[wire.Node] = []

    def read(self, frame: wire.Frame) -> object:
        """Read the answer: new things, changes to the arguments, the result.

        Raises:
            StudentError: the answer breaks the protocol. The child speaks it correctly, so the
                student's code has meddled with the channel.
        """
        _, _, things, node, changes, *_ = frame.body
        try:
            self._changes = list(wire.expect(changes, list))
            self.table.extend(things, frame.blocks)
            self.table.write(self._changes)
            return self.table.value(node)
        except WireError as error:
            raise _broken(error) from error
        finally:
            # The table names this call: a circle, which would keep every tensor of the exchange
            # until a garbage collection, and with it the graph in the child.
            del self.table.foreign

    # wire.Foreign

    def handle(self, thing: object) -> int:
        handle = self._connection.handle_of(thing)
        if not handle and isinstance(thing, nn.Module) and not is_exact(thing):
            self.refuse(thing, "it is not exactly a class of torch.nn, or it carries a hook")
        if not handle and not isinstance(thing, nn.Module | torch.Tensor):
            self.refuse(thing, "it can only be called on this side")
        return handle

    def resolve(self, handle: int) -> object | None:
        return self._connection.remembered(handle)

    def adopt(self, handle: int, thing: object) -> None:
        if isinstance(thing, RemoteModule):
            thing.__dict__["handle"] = handle
        self._connection.remember(handle, thing)

    def join(self, graph: dict[int, torch.Tensor]) -> dict[int, torch.Tensor]:
        """Hang the results, and arguments inside a graph that were changed, on one node."""
        if not self.number:
            return {}
        inputs = [
            (number, tensor)
            for number, tensor in enumerate(self.table.values)
            if isinstance(tensor, torch.Tensor) and tensor.requires_grad and number not in graph
        ]
        numbers = {number for number, tensor in inputs if not tensor.is_leaf}
        dirty: dict[int, torch.Tensor] = {}
        others: list[wire.Node] = []
        for change in self._changes:
            match change:
                case [int(number), ["t", block, *_]] if number in numbers:
                    dirty[number] = self.table.take(block)
                case _:
                    others.append(change)
        self._changes = others
        if not graph and not dirty:
            self._connection.release(self.number)
            return {}
        link = graphs.Link(self._connection.pull, self.number, [*graph, *dirty], dict(inputs))
        weakref.finalize(link, self._connection.release, self.number)
        return graphs.hang(link, graph, dirty, dict(inputs))

    def mirror(self, class_name: str) -> nn.Module:
        return RemoteModule(self._connection, class_name)

    def function(self, handle: int, name: str) -> object:
        return RemoteFunction(self._connection, ["thing", handle], name)

    def refuse(self, value: object, why: str) -> wire.Node:
        raise CourseError(
            f"the check hands {self._name} a {type(value).__name__}, which cannot cross to the "
            f"submission{f': {why}' if why else ''}; tensors, numbers, text, lists, dicts, modules "
            "of torch.nn and optimizers of torch.optim can."
        )

    def refused(self, type_name: str) -> object:
        raise Mismatch(
            f"`{self._name}` answers with a {type_name}; expected a tensor, a number, text, "
            "a list, a tuple, a dict or a module."
        )


def _broken(why: object) -> StudentError:
    """Say that what came does not follow the protocol: the student's code has meddled with it."""
    return StudentError(Outcome.FORBIDDEN, f"the submission's process broke the protocol: {why}")


def _default_dtype() -> str:
    return str(torch.get_default_dtype()).removeprefix("torch.")

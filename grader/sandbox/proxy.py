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
from typing import Any

import torch
from torch import nn
from torch.autograd.function import once_differentiable

from grader.errors import CourseError, Mismatch, WireError
from grader.records import Outcome
from grader.sandbox import wire
from grader.sandbox.raised import StudentError, as_error
from grader.sandbox.wire.modules import is_exact

# Sends a request's body and blocks, and returns the answer's frame.
Exchange = Callable[[list[wire.Node], Sequence[wire.Block]], wire.Frame]


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
    ) -> None:
        self._connection = _Connection(exchange)
        self._names = names
        self._files = files
        self._references = references

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
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


class _Connection:
    """What carries a submission's calls: one exchange after another, and what outlives them."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
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
        call = _Call(self, name)
        if owner is not None:
            call.table.node(owner)
        arguments = call.table.node((positional, named))
        things, blocks = call.table.sent()
        mode: list[wire.Node] = [torch.is_grad_enabled(), _default_dtype()]
        released, self._released = self._released, []
        frame = self._ask(["call", 0, list(released), mode, target, things, arguments], blocks)
        call.number = self._sequence
        return call.read(frame)

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

    def release(self, call: int) -> None:
        """Let the child forget the graph of a call, with the next request."""
        self._released.append(call)

    def _ask(self, body: list[wire.Node], blocks: Sequence[wire.Block]) -> wire.Frame:
        self._sequence += 1
        body[1] = self._sequence
        frame = self._exchange(body, blocks)
        if frame.body[0] == "raised":
            raise as_error(frame.body[2:])
        if frame.body[0] != "ok" or len(frame.body) != 5:
            raise StudentError(
                Outcome.FORBIDDEN, "the submission's process broke the protocol: no answer"
            )
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

    def __repr__(self) -> str:
        return f"<the student's {self.__name__}>"


class RemoteModule(nn.Module):
    """Mirrors a module of a student's own class: local parameters, remote code."""

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
        _, _, things, node, changes = frame.body
        try:
            self._changes = list(wire.expect(changes, list))
            self.table.extend(things, frame.blocks)
            self.table.write(self._changes)
            return self.table.value(node)
        except WireError as error:
            raise StudentError(
                Outcome.FORBIDDEN, f"the submission's process broke the protocol: {error}"
            ) from error
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
        link = _Link(self._connection, self.number, [*graph, *dirty], dict(inputs))
        weakref.finalize(link, self._connection.release, self.number)
        anchor = torch.zeros((), requires_grad=True)
        fresh = list(graph.values())
        positions = {n: place for place, (n, _) in enumerate(inputs)}
        edits = [(positions[n], value) for n, value in dirty.items()]
        for place, value in edits:
            old = inputs[place][1]
            if (value.shape, value.dtype) != (old.shape, old.dtype):
                raise WireError("a tensor within a graph gets another shape or dtype")
        with wire.refusing("the answer does not fit into the graph"):
            joined = _Joined.apply(  # type: ignore[no-untyped-call]
                link, fresh, edits, anchor, *(t for _, t in inputs)
            )
        return dict(zip([*graph, *dirty], joined, strict=True))

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


class _Link:
    """What a node of the graph knows of the call that it stands for."""

    def __init__(
        self,
        connection: _Connection,
        call: int,
        outputs: list[int],
        inputs: dict[int, torch.Tensor],
    ) -> None:
        self._connection = connection
        self._call = call
        self._outputs = outputs
        self._inputs = list(inputs)
        self._forms = list(map(_form, inputs.values()))

    def pull(self, grads: tuple[torch.Tensor | None, ...]) -> list[torch.Tensor | None]:
        if all(grad is None for grad in grads):
            return [None] * len(self._inputs)
        answer = self._connection.pull(self._call, self._outputs, self._inputs, grads)
        found = list(answer) if isinstance(answer, tuple) else []
        if len(found) != len(self._forms) or not all(map(_fits, found, self._forms)):
            raise StudentError(
                Outcome.FORBIDDEN, "the submission's process broke the protocol: other gradients"
            )
        return found


def _form(tensor: torch.Tensor) -> tuple[torch.Size, torch.dtype, torch.device]:
    return tensor.shape, tensor.dtype, tensor.device


def _fits(grad: object, form: tuple[torch.Size, torch.dtype, torch.device]) -> bool:
    return grad is None or (isinstance(grad, torch.Tensor) and _form(grad) == form)


class _Joined(torch.autograd.Function):
    """The remote call as a node of the local graph."""

    @staticmethod
    def forward(
        ctx: torch.autograd.function.FunctionCtx,
        link: _Link,
        fresh: list[torch.Tensor],
        edits: list[tuple[int, torch.Tensor]],
        anchor: torch.Tensor,
        *inputs: torch.Tensor,
    ) -> tuple[torch.Tensor, ...]:
        ctx.link = link  # type: ignore[attr-defined]
        ctx.set_materialize_grads(False)
        # Something saved, so that a second backward pass through a freed graph is refused as
        # torch refuses it for a local function.
        ctx.save_for_backward(anchor)
        edited = []
        for place, value in edits:
            inputs[place].copy_(value)
            edited.append(inputs[place])
        ctx.mark_dirty(*edited)
        return (*fresh, *edited)

    @staticmethod
    @once_differentiable
    def backward(
        ctx: torch.autograd.function.FunctionCtx, *grads: torch.Tensor | None
    ) -> tuple[torch.Tensor | None, ...]:
        _ = ctx.saved_tensors  # type: ignore[attr-defined]
        return (None, None, None, None, *ctx.link.pull(grads))  # type: ignore[attr-defined]


def _default_dtype() -> str:
    return str(torch.get_default_dtype()).removeprefix("torch.")

"""Values and things as nodes: the codec that both sides share.

A *value* (number, text, tuple, dtype, ...) is written where it stands. A *thing* has an identity
(tensor, list, dict, set, module, optimizer, generator, function): it is described once, gets the
next number of its `Table`, and is referred to as `["@", number]`. A description refers to smaller
numbers only, so a table is read from front to back, without recursion and without cycles.

A thing that outlives the call has a *handle*, a number that its side's `Owner` keeps: a mirrored
parameter that comes back to the child is written into the very parameter it mirrors.
"""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

import torch
from torch import nn

from grader.errors import WireError
from grader.sandbox.wire import modules, tensors
from grader.sandbox.wire.frames import Block, Node

MAX_DEPTH = 60  # levels of nested lists, dicts and modules
MAX_INTEGER_BITS = 8192

Kind = TypeVar("Kind")

# Things that are over with the call, unless a module holds them.
_PASSING = (torch.Tensor, list, dict, set, torch.Generator, torch.optim.Optimizer)
_UNREAD = object()


class Foreign(Protocol):
    """What one side does with the things that only it, or only the other side, understands."""

    def handle(self, thing: object) -> int:
        """Number a thing that outlives the call; 0 for one that need not be found again."""

    def resolve(self, handle: int) -> object | None:
        """Find the thing that a handle stands for, or None where it has to be built."""

    def adopt(self, handle: int, thing: object) -> None:
        """Remember what was built for a handle."""

    def join(self, graph: dict[int, torch.Tensor]) -> dict[int, torch.Tensor]:
        """Tie arrived tensors, by number, into this side's autograd graph; answer what they became."""

    def mirror(self, class_name: str) -> nn.Module:
        """Build a module, still empty, for a class that is not torch's own."""

    def function(self, handle: int, name: str) -> object:
        """Build what stands for a function of the other side."""

    def refuse(self, value: object, why: str) -> Node:
        """Answer for a value that cannot cross: a node that says so, or an error."""

    def refused(self, type_name: str) -> object:
        """Stand in for a value that the other side could not send, or raise."""


class Table:
    """The things of one exchange, numbered; a call and its answer share one numbering.

    `values` are the things by number. `blocks` collects the tensors of the frame being written and
    is emptied by `sent()`.
    """

    def __init__(self, foreign: Foreign) -> None:
        self.foreign = foreign
        self.values: list[object] = []
        self.blocks: list[Block] = []
        self._descriptions: list[list[Node]] = []
        self._handles: list[int] = []
        self._snapshots: dict[int, torch.Tensor] = {}
        self._numbers: dict[int, int] = {}
        self._depth = 0
        self._announced = 0
        self._arrived: Sequence[Block] = ()

    # Writing

    def node(self, value: object) -> Node:
        """Write a value, describing the things in it that have no number yet."""
        if value is None or type(value) in (bool, float, str):
            return value  # type: ignore[return-value]
        writer = _WRITERS.get(type(value))
        if writer is None:
            writer = next((w for kind, w in _WRITERS.items() if isinstance(value, kind)), None)
        if writer is None:
            if not callable(value):
                return self.foreign.refuse(value, "")
            writer = _thing
        if self._depth >= MAX_DEPTH:
            return self.foreign.refuse(value, f"it is nested deeper than {MAX_DEPTH} levels")
        self._depth += 1
        try:
            return writer(self, value)
        finally:
            self._depth -= 1

    def sent(self) -> tuple[list[Node], list[Block]]:
        """Take the descriptions and blocks that the other side has not seen yet."""
        new = self._descriptions[self._announced :]
        blocks, self.blocks = self.blocks, []
        self._announced = len(self._descriptions)
        return list(new), blocks

    def block(self, tensor: torch.Tensor) -> int:
        """Add a tensor's bytes to the frame being written."""
        self.blocks.append(tensors.to_block(tensor))
        return len(self.blocks) - 1

    def number(self, thing: object) -> int | None:
        """Find the number of a thing of this exchange."""
        return self._numbers.get(id(thing))

    def changes(self) -> list[Node]:
        """Describe anew the things that arrived and are no longer as they were.

        Returns:
            [[number, description], ...]; new things that they hold get numbers of their own.
        """
        found: list[Node] = []
        for number in range(self._announced):
            thing, before = self.values[number], self._descriptions[number]
            mark = len(self.blocks)
            after = self._describe(thing, self._handles[number])
            if self._is_changed(number, thing, before, after):
                found.append([number, after])
            else:
                del self.blocks[mark:]
        return found

    def _is_changed(
        self, number: int, thing: object, before: list[Node], after: list[Node]
    ) -> bool:
        if before[0] == after[0] and before[0] in ("t", "g"):
            # The slot of the block differs from frame to frame; the bytes are compared instead.
            if before[3:] != after[3:]:
                return True
            state = thing.get_state() if isinstance(thing, torch.Generator) else thing
            assert isinstance(state, torch.Tensor)
            return not tensors.has_same_bytes(self._snapshots[number], state)
        return before != after

    def _thing(self, thing: object, is_lasting: bool = False) -> Node:
        number = self._numbers.get(id(thing))
        if number is not None and self.values[number] is thing:
            return ["@", number]
        if number == -1:
            return self.foreign.refuse(thing, "it holds itself")
        refused = _why_not(thing)
        if refused is not None:
            return self.foreign.refuse(thing, refused)
        self._numbers[id(thing)] = -1
        try:
            lasts = is_lasting or not isinstance(thing, _PASSING)
            handle = self.foreign.handle(thing) if lasts else 0
            description = self._describe(thing, handle)
        finally:
            del self._numbers[id(thing)]
        return ["@", self._append(thing, description, handle)]

    def lasting(self, thing: object) -> Node:
        """Refer to a part of a module, which keeps its identity from call to call."""
        return None if thing is None else self._thing(thing, is_lasting=True)

    def _append(self, thing: object, description: list[Node], handle: int) -> int:
        self.values.append(thing)
        self._descriptions.append(description)
        self._handles.append(handle)
        self._numbers[id(thing)] = len(self.values) - 1
        return len(self.values) - 1

    def _describe(self, thing: object, handle: int) -> list[Node]:
        match thing:
            case torch.Tensor():
                return self._describe_tensor(thing, handle)
            case list():
                return ["l", *map(self.node, list.__iter__(thing))]
            case dict():
                return ["d", *([self.node(k), self.node(v)] for k, v in dict.items(thing))]
            case set():
                return ["s", *sorted(map(self.node, set.__iter__(thing)), key=repr)]
            case nn.Module():
                return modules.describe(thing, handle, self)
            case torch.optim.Optimizer():
                return modules.describe_optimizer(thing, self)
            case torch.Generator():
                return ["g", self.block(thing.get_state()), str(thing.device)]
        return ["f", handle, str(getattr(thing, "__name__", type(thing).__name__))]

    def _describe_tensor(self, tensor: torch.Tensor, handle: int) -> list[Node]:
        with torch._C.DisableTorchFunctionSubclass():
            grad = tensor.grad if tensor.is_leaf else None
            return [
                "t",
                self.block(tensor),
                handle,
                tensor.requires_grad,
                tensor.is_leaf,
                isinstance(tensor, nn.Parameter),
                None if grad is None else self._thing(grad),
                str(tensor.device),
            ]

    # Reading

    def extend(self, descriptions: Node, blocks: Sequence[Block]) -> None:
        """Read the other side's new things; each refers only to those before it.

        Tensors come first, so that those within a graph are joined to it before a list or a
        module takes hold of them.
        """
        self._arrived = blocks
        new = [expect(description, list) for description in expect(descriptions, list)]
        start = len(self.values)
        for fields in new:
            self._append(_UNREAD, fields, _handle_of(fields))
        graph: dict[int, torch.Tensor] = {}
        for number, fields in enumerate(new, start):
            if fields[:1] == ["t"]:
                tensor = self._read(number, fields)
                if isinstance(tensor, torch.Tensor) and fields[3] and not fields[4]:
                    graph[number] = tensor
        for number, tensor in self.foreign.join(graph).items():
            self._place(number, tensor)
        for number, fields in enumerate(new, start):
            if self.values[number] is _UNREAD:
                self._read(number, fields)
        self._announced = len(self._descriptions)

    def _read(self, number: int, fields: list[Node]) -> object:
        handle = self._handles[number]
        thing = self.foreign.resolve(handle) if handle else None
        if thing is None:
            thing = self._build(fields)
            if handle:
                self.foreign.adopt(handle, thing)
        else:
            self._write(thing, fields)
        if fields[0] in ("t", "g"):
            self._snapshots[number] = self.arrived(fields[1])
        return self._place(number, thing)

    def _place(self, number: int, thing: object) -> object:
        self.values[number] = thing
        self._numbers[id(thing)] = number
        return thing

    def arrived(self, index: Node) -> torch.Tensor:
        """Show one block of the frame being read."""
        if type(index) is not int or not 0 <= index < len(self._arrived):
            raise WireError(f"a thing names block {index!r} of {len(self._arrived)}")
        return tensors.from_block(self._arrived[index])

    def write(self, changes: Node, blocks: Sequence[Block]) -> None:
        """Bring the things that the other side changed up to date, in place."""
        self._arrived = blocks
        for change in expect(changes, list):
            number, description = expect(change, list, 2)
            self._write(self.at(number), expect(description, list))

    def at(self, number: Node) -> object:
        """Find a thing by its number."""
        if type(number) is not int or not 0 <= number < len(self.values):
            raise WireError(f"a frame names thing {number!r} of {len(self.values)}")
        if self.values[number] is _UNREAD:
            raise WireError(f"a frame refers to thing {number} before it is described")
        return self.values[number]

    def tensor(self, reference: Node) -> torch.Tensor | None:
        """Read a reference to a tensor, or None."""
        value = self.value(reference)
        if value is not None and not isinstance(value, torch.Tensor):
            raise WireError(f"a frame refers to a {type(value).__name__} as a tensor")
        return value

    def value(self, node: Node) -> object:
        """Read a value."""
        if type(node) is not list:
            return node
        tag, *fields = node or [None]
        if tag == "@" and len(fields) == 1:
            return self.at(fields[0])
        reader = _READERS.get(tag) if type(tag) is str else None
        if reader is None:
            raise WireError(f"a frame holds a value of unknown kind {tag!r}")
        try:
            return reader(self, fields)
        except (TypeError, ValueError, KeyError, OverflowError) as error:
            raise WireError(f"a frame holds a value of kind {tag!r} that cannot be read") from error

    def _build(self, fields: list[Node]) -> object:
        match fields:
            case ["t", int(block), int(), *_]:
                return self._build_tensor(self.arrived(block), fields)
            case ["l" | "d" | "s" as tag, *items]:
                empty: object = {"l": list, "d": dict, "s": set}[tag]()
                self._write(empty, [tag, *items])
                return empty
            case ["m", *_]:
                return modules.build(fields, self)
            case ["O", *_]:
                return modules.build_optimizer(fields, self)
            case ["g", int(block), str(device)]:
                return self._build_generator(block, device)
            case ["f", int(handle), str(name)]:
                return self.foreign.function(handle, name)
        raise WireError(f"a frame describes a thing of unknown kind {fields[:1]!r}")

    def _build_generator(self, block: int, device: str) -> torch.Generator:
        try:
            generator = torch.Generator(device)
            generator.set_state(self.arrived(block))
        except (RuntimeError, TypeError) as error:
            raise WireError(f"a generator's state cannot be read: {error}") from error
        return generator

    def _build_tensor(self, shown: torch.Tensor, fields: list[Node]) -> torch.Tensor:
        _, _, _, requires_grad, is_leaf, is_parameter, grad, device = _sized(fields, 8)
        try:
            fresh = shown.clone() if device == "cpu" else shown.to(str(device))
            if is_parameter:
                fresh = nn.Parameter(fresh, requires_grad=False)
            if is_leaf:
                fresh.requires_grad_(bool(requires_grad))
                fresh.grad = self.tensor(grad)
        except (RuntimeError, TypeError) as error:
            raise WireError(f"a tensor cannot be rebuilt: {error}") from error
        return fresh

    def _write(self, thing: object, fields: list[Node]) -> None:
        match thing, fields:
            case torch.Tensor(), ["t", *_]:
                self._write_tensor(thing, _sized(fields, 8))
            case list(), ["l", *items]:
                thing[:] = map(self.value, items)
            case dict(), ["d", *items]:
                pairs = [expect(item, list, 2) for item in items]
                thing.clear()
                thing.update(self._hashed([(self.value(k), self.value(v)) for k, v in pairs], dict))
            case set(), ["s", *items]:
                thing.clear()
                thing.update(self._hashed([self.value(item) for item in items], set))
            case nn.Module(), ["m", *_]:
                modules.write(thing, fields, self)
            case torch.optim.Optimizer(), ["O", *_]:
                modules.write_optimizer(thing, fields, self)
            case torch.Generator(), ["g", int(block), str()]:
                thing.set_state(self.arrived(block))
            case _, ["f", *_]:
                pass
            case _:
                raise WireError(f"a {type(thing).__name__} is described as {fields[:1]!r}")

    @staticmethod
    def _hashed(items: list[object], kind: Callable[[list[object]], Kind]) -> Kind:
        try:
            return kind(items)
        except TypeError as error:
            raise WireError("a frame uses an unhashable value as a key") from error

    def _write_tensor(self, tensor: torch.Tensor, fields: list[Node]) -> None:
        _, block, _, requires_grad, _, _, grad, _ = fields
        tensors.overwrite(tensor, self.arrived(block))
        if tensor.is_leaf:
            try:
                tensor.requires_grad_(bool(requires_grad))
                tensor.grad = self.tensor(grad)
            except (RuntimeError, TypeError) as error:
                raise WireError(f"a tensor's gradient cannot be read: {error}") from error


def expect(node: Node, kind: type[Kind], length: int | None = None) -> Kind:
    """Check that a node of a frame is of a kind, and as long as it must be."""
    if type(node) is not kind or (length is not None and len(node) != length):  # type: ignore[arg-type]
        raise WireError(f"a frame holds a {type(node).__name__} where a {kind.__name__} belongs")
    return node


def _sized(fields: list[Node], length: int) -> list[Node]:
    return expect(fields, list, length)


def _handle_of(fields: list[Node]) -> int:
    slot = {"t": 2, "m": 1, "f": 1}.get(str(fields[0]) if fields else "")
    handle = fields[slot] if slot is not None and slot < len(fields) else 0
    return expect(handle, int)


def _why_not(thing: object) -> str | None:
    if isinstance(thing, torch.Tensor):
        with torch._C.DisableTorchFunctionSubclass():
            try:
                is_plain = tensors.is_sendable(thing)
            except RuntimeError:
                is_plain = False
            return None if is_plain else f"it is a {thing.layout} tensor of {thing.dtype}"
    if isinstance(thing, torch.optim.Optimizer):
        return modules.why_not_optimizer(thing)
    return None


def _int(table: Table, value: int) -> Node:
    plain = int.__pos__(value)
    if plain.bit_length() > MAX_INTEGER_BITS:
        return table.foreign.refuse(value, f"it has more than {MAX_INTEGER_BITS} bits")
    return plain


def _thing(table: Table, value: object) -> Node:
    return table._thing(value)


# What an object of a type, or of a subclass of it, is written as: the plain base, never a method
# that a subclass could have replaced.
_WRITERS: dict[type, Callable[[Table, object], Node]] = {
    bool: lambda table, value: value,  # type: ignore[dict-item, return-value]
    int: _int,  # type: ignore[dict-item]
    float: lambda table, value: float.__pos__(value),  # type: ignore[arg-type]
    str: lambda table, value: str.__str__(value),
    torch.Tensor: _thing,
    list: _thing,
    dict: _thing,
    torch.Size: lambda table, value: ["z", *map(table.node, tuple.__iter__(value))],  # type: ignore[arg-type]
    tuple: lambda table, value: ["u", *map(table.node, tuple.__iter__(value))],  # type: ignore[arg-type]
    torch.dtype: lambda table, value: ["dt", str(value).removeprefix("torch.")],
    torch.device: lambda table, value: ["dv", str(value)],
    torch.Generator: _thing,
    set: _thing,
    nn.Module: _thing,
    torch.optim.Optimizer: _thing,
    frozenset: lambda table, value: [
        "fs",
        *sorted(map(table.node, frozenset.__iter__(value)), key=repr),
    ],  # type: ignore[arg-type] # noqa: E501
    complex: lambda table, value: ["c", complex.__pos__(value).real, complex.__pos__(value).imag],  # type: ignore[arg-type] # noqa: E501
    bytes: lambda table, value: ["b", bytes.hex(value)],  # type: ignore[arg-type]
}


def _dtype(name: Node) -> torch.dtype:
    dtype = getattr(torch, name, None) if type(name) is str and name.isidentifier() else None
    if not isinstance(dtype, torch.dtype):
        raise WireError(f"a frame names the dtype {name!r}")
    return dtype


def _device(name: Node) -> torch.device:
    try:
        return torch.device(expect(name, str))
    except RuntimeError as error:
        raise WireError(f"a frame names the device {name!r}") from error


_READERS: dict[str, Callable[[Table, list[Node]], object]] = {
    "u": lambda table, fields: tuple(map(table.value, fields)),
    "z": lambda table, fields: torch.Size(expect(size, int) for size in fields),
    "dt": lambda table, fields: _dtype(*fields),
    "dv": lambda table, fields: _device(*fields),
    "fs": lambda table, fields: frozenset(map(table.value, fields)),
    "c": lambda table, fields: complex(*(expect(part, float) for part in fields)),
    "b": lambda table, fields: bytes.fromhex(*(expect(part, str) for part in fields)),
    "x": lambda table, fields: table.foreign.refused(*(expect(p, str)[:200] for p in fields)),
}

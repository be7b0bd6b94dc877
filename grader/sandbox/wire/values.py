"""Values and things as nodes: the codec that both sides share.

A *value* (number, text, tuple, dtype, ...) is written where it stands. A *thing* has an identity
(tensor, list, dict, set, module, optimizer, generator, function): it is described once, gets the
next number of its `Table`, and is referred to as `["@", number]`. A description refers to smaller
numbers only, so a table is read from front to back, without recursion and without cycles.

A thing that outlives the call has a *handle*, a number that its side's `Foreign` keeps: a mirrored
parameter that comes back to the child is written into the very parameter it mirrors.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

import torch
from torch import nn

from grader.errors import WireError
from grader.sandbox.wire import generators, modules, optimizers, plain, tensors
from grader.sandbox.wire.frames import Block, Node
from grader.sandbox.wire.plain import expect, quote

MAX_DEPTH = 60  # levels of nested lists, dicts and modules

# Things that are over with the call, unless a module holds them.
_PASSING = (torch.Tensor, list, dict, set, torch.Generator, torch.optim.Optimizer)
_THINGS = (*_PASSING, nn.Module)
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
        """Tie arrived tensors, by number, into this side's graph; answer what they became."""

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
        self._snapshots: dict[int, Block] = {}
        self._numbers: dict[int, int] = {}
        self._depth = 0
        self._announced = 0
        self._arrived: Sequence[Block] = ()
        self._taken: set[Node] = set()

    # Writing

    def node(self, value: object) -> Node:
        """Write a value, describing the things in it that have no number yet."""
        if value is None or type(value) in (bool, float, str):
            return value  # type: ignore[return-value]
        if self._depth >= MAX_DEPTH:
            return self.foreign.refuse(value, f"it is nested deeper than {MAX_DEPTH} levels")
        self._depth += 1
        try:
            # By its true type: an object may call itself what it likes.
            if issubclass(type(value), _THINGS):
                return self._thing(value)
            return plain.write(value, self)
        finally:
            self._depth -= 1

    def function(self, value: object) -> Node:
        """Refer to something that can only be called."""
        return self._thing(value)

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

    def changes(self) -> list[Node]:
        """Describe anew the things that arrived and are no longer as they were.

        Returns:
            [[number, description], ...]; new things that they hold get numbers of their own.
        """
        found: list[Node] = []
        for number in range(self._announced):
            thing, before = self.values[number], self._descriptions[number]
            mark = len(self.blocks)
            after = self._described(thing, self._handles[number])
            if self._is_changed(number, before, after):
                found.append([number, after])
            else:
                del self.blocks[mark:]
        return found

    def _is_changed(self, number: int, before: list[Node], after: list[Node]) -> bool:
        if before[0] == after[0] and before[0] in ("t", "g"):
            # The slot of the block differs from frame to frame; the bytes are compared instead.
            if before[3:] != after[3:]:
                return True
            return not tensors.are_same(self._snapshots[number], self.blocks[after[1]])  # type: ignore[index]
        # As text, in which 1, 1.0 and True differ and a NaN is itself.
        return repr(before) != repr(after)

    def _thing(self, thing: object, is_lasting: bool = False) -> Node:
        number = self._numbers.get(id(thing))
        if number == -1:
            return self.foreign.refuse(thing, "it holds itself")
        lasts = is_lasting or not issubclass(type(thing), _PASSING)
        if number is None:
            refused = _why_not(thing)
            if refused is not None:
                return self.foreign.refuse(thing, refused)
            handle = self.foreign.handle(thing) if lasts else 0
            number = self._append(thing, self._described(thing, handle), handle)
        elif is_lasting and not self._handles[number] and number >= self._announced:
            # A tensor that was written by itself, and now turns out to be part of a module.
            handle = self.foreign.handle(thing)
            self._descriptions[number] = tensors.keep(self._descriptions[number], handle)
            self._handles[number] = handle
        return ["@", number]

    def lasting(self, thing: object) -> Node:
        """Refer to a part of a module, which keeps its identity from call to call."""
        return None if thing is None else self._thing(thing, is_lasting=True)

    def _append(self, thing: object, description: list[Node], handle: int) -> int:
        self.values.append(thing)
        self._descriptions.append(description)
        self._handles.append(handle)
        self._numbers[id(thing)] = len(self.values) - 1
        return len(self.values) - 1

    def _described(self, thing: object, handle: int) -> list[Node]:
        """Describe a thing, refusing it within itself."""
        known = self._numbers.get(id(thing))
        self._numbers[id(thing)] = -1
        try:
            return self._describe(thing, handle)
        finally:
            if known is None:
                del self._numbers[id(thing)]
            else:
                self._numbers[id(thing)] = known

    def _describe(self, thing: object, handle: int) -> list[Node]:
        for base in type(thing).__mro__:
            if describe := _DESCRIBE.get(base):
                return describe(thing, handle, self)
        return ["f", handle, str(getattr(thing, "__name__", type(thing).__name__))]

    # Reading

    def extend(self, descriptions: Node, blocks: Sequence[Block]) -> None:
        """Read the other side's new things; each refers only to those before it.

        Tensors come first, so that those within a graph are joined to it before a list or a
        module takes hold of them.
        """
        self._arrived, self._taken = blocks, set()
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
            self._snapshots[number] = self._arrived[expect(fields[1], int)]
        return self._place(number, thing)

    def _place(self, number: int, thing: object) -> object:
        self.values[number] = thing
        self._numbers[id(thing)] = number
        return thing

    def take(self, index: Node) -> torch.Tensor:
        """Show a block of the frame being read to the one thing that it belongs to.

        A small block that a million things named would be copied a million times.
        """
        if type(index) is not int or not 0 <= index < len(self._arrived):
            raise WireError(f"a thing names block {quote(index)} of {len(self._arrived)}")
        if index in self._taken:
            raise WireError(f"a second thing names block {index}")
        self._taken.add(index)
        return tensors.from_block(self._arrived[index])

    def write(self, changes: Node) -> None:
        """Bring the things that the frame being read changes up to date, in place."""
        for change in expect(changes, list):
            number, description = expect(change, list, 2)
            self._write(self.at(number), expect(description, list))

    def at(self, number: Node) -> object:
        """Find a thing by its number."""
        if type(number) is not int or not 0 <= number < len(self.values):
            raise WireError(f"a frame names thing {quote(number)} of {len(self.values)}")
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
        if len(node) == 2 and node[0] == "@":
            return self.at(node[1])
        return plain.read(node, self)

    def _build(self, fields: list[Node]) -> object:
        match fields:
            case ["t", *_]:
                return tensors.build(fields, self)
            case ["l" | "d" | "s" as tag, *items]:
                empty: object = {"l": list, "d": dict, "s": set}[tag]()
                self._write(empty, [tag, *items])
                return empty
            case ["m", *_]:
                return modules.build(fields, self)
            case ["O", *_]:
                return optimizers.build(fields, self)
            case ["g", *_]:
                return generators.build(fields, self)
            case ["f", int(handle), str(name)] if handle > 0:
                return self.foreign.function(handle, name[: plain.MAX_NAME])
        raise WireError(f"a frame describes a thing of unknown kind {quote(fields[:1])}")

    def _write(self, thing: object, fields: list[Node]) -> None:
        match thing, fields:
            case torch.Tensor(), ["t", *_]:
                tensors.write(thing, fields, self)
            case list(), ["l", *items]:
                thing[:] = map(self.value, items)
            case dict(), ["d", *items]:
                pairs = [expect(item, list, 2) for item in items]
                keys = plain.spread([self.value(key) for key, _ in pairs])
                held = [self.value(value) for _, value in pairs]
                thing.clear()
                thing.update(zip(keys, held, strict=True))
            case set(), ["s", *items]:
                members = plain.spread([self.value(item) for item in items])
                thing.clear()
                thing.update(members)
            case nn.Module(), ["m", *_]:
                modules.write(thing, fields, self)
            case torch.optim.Optimizer(), ["O", *_]:
                optimizers.write(thing, fields, self)
            case torch.Generator(), ["g", *_]:
                generators.write(thing, fields, self)
            case _, ["f", *_]:
                pass
            case _:
                raise WireError(f"a {type(thing).__name__} is described as {quote(fields[:1])}")


def _write_pairs(pairs: Iterable[tuple[object, object]], table: Table) -> list[Node]:
    return ["d", *([table.node(key), table.node(value)] for key, value in pairs)]


# By the true type of a thing and the methods of its base: what a subclass replaced is not called.
_DESCRIBE: dict[type, Callable[[Any, int, Table], list[Node]]] = {
    torch.Tensor: tensors.describe,
    nn.Module: modules.describe,
    torch.optim.Optimizer: lambda thing, _, table: optimizers.describe(thing, table),
    torch.Generator: lambda thing, _, table: generators.describe(thing, table),
    list: lambda thing, _, table: ["l", *map(table.node, list.__iter__(thing))],
    set: lambda thing, _, table: ["s", *sorted(map(table.node, set.__iter__(thing)), key=repr)],
    # One that was rearranged is in order for its own methods only.
    OrderedDict: lambda thing, _, table: _write_pairs(OrderedDict.items(thing), table),
    dict: lambda thing, _, table: _write_pairs(dict.items(thing), table),
}


def _handle_of(fields: list[Node]) -> int:
    slot = {"t": 2, "m": 1, "f": 1}.get(str(fields[0]) if fields else "")
    handle = fields[slot] if slot is not None and slot < len(fields) else 0
    return expect(handle, int)


def _why_not(thing: object) -> str | None:
    kind = type(thing)
    if issubclass(kind, torch.Tensor):
        return tensors.why_not(thing)  # type: ignore[arg-type]
    if issubclass(kind, torch.optim.Optimizer):
        return optimizers.why_not(thing)  # type: ignore[arg-type]
    if issubclass(kind, nn.Module):
        return modules.why_not(thing)  # type: ignore[arg-type]
    return None

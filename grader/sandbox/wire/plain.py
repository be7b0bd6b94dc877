"""Plain values as nodes: numbers, text, tuples, dtypes, devices. What they are is all they are.

A value of a subclass is written as its base, by the base's own methods, so that nothing a subclass
replaced is called or crosses.
"""

from typing import TYPE_CHECKING, TypeVar

import torch

from grader.errors import WireError
from grader.sandbox.wire.frames import Node

if TYPE_CHECKING:  # The table calls this room; only the type's name goes the other way.
    from grader.sandbox.wire.values import Table

MAX_INTEGER_BITS = 8192
MAX_NAME = 200  # characters of a type's name

Kind = TypeVar("Kind")


def write(value: object, table: "Table") -> Node:  # noqa: PLR0911  One line a kind.
    """Write a value that is not a thing; what is none of these kinds is refused."""
    match value:
        case int():
            number = int.__pos__(value)
            if number.bit_length() > MAX_INTEGER_BITS:
                return table.foreign.refuse(value, f"it has more than {MAX_INTEGER_BITS} bits")
            return number
        case float():
            return float.__pos__(value)
        case str():
            return str.__str__(value)
        case torch.Size():
            return ["z", *map(table.node, tuple.__iter__(value))]
        case tuple():
            return ["u", *map(table.node, tuple.__iter__(value))]
        case frozenset():
            return ["fs", *sorted(map(table.node, frozenset.__iter__(value)), key=repr)]
        case complex():
            pair = complex.__pos__(value)
            return ["c", pair.real, pair.imag]
        case bytes():
            return ["b", bytes.hex(value)]
        case torch.dtype():
            return ["dt", str(value).removeprefix("torch.")]
        case torch.device():
            return ["dv", str(value)]
    return table.function(value) if callable(value) else table.foreign.refuse(value, "")


def read(node: list[Node], table: "Table") -> object:  # noqa: PLR0911  One line a kind.
    """Read a value.

    Raises:
        WireError: it is of no known kind, or not of the form of its kind.
    """
    match node:
        case ["u", *items]:
            return tuple(map(table.value, items))
        case ["z", *sizes]:
            return torch.Size([_size(size) for size in sizes])
        case ["fs", *items]:
            try:
                return frozenset(map(table.value, items))
            except TypeError as error:
                raise WireError("a frame holds a set of what cannot be in one") from error
        case ["c", real, imaginary]:
            return complex(expect(real, float), expect(imaginary, float))
        case ["b", str(digits)]:
            try:
                return bytes.fromhex(digits)
            except ValueError as error:
                raise WireError("a frame holds bytes that are not hexadecimal") from error
        case ["dt", str(name)]:
            dtype = getattr(torch, name, None) if name.isidentifier() else None
            if isinstance(dtype, torch.dtype):
                return dtype
        case ["dv", str(name)]:
            try:
                return torch.device(name)
            except RuntimeError as error:
                raise WireError("a frame names a device that torch does not know") from error
        case ["x", str(name)]:
            return table.foreign.refused(name[:MAX_NAME])
    raise WireError(f"a frame holds a value of an unknown kind: {str(node[:1])[:80]}")


def _size(node: Node) -> int:
    size = expect(node, int)
    if not 0 <= size < 1 << 62:
        raise WireError(f"a frame holds a shape with the size {size}")
    return size


def expect(node: Node, kind: type[Kind], length: int | None = None) -> Kind:
    """Check that a node of a frame is of a kind, and as long as it must be."""
    if type(node) is not kind or (length is not None and len(node) != length):  # type: ignore[arg-type]
        raise WireError(f"a frame holds a {type(node).__name__} where a {kind.__name__} belongs")
    return node

"""Plain values as nodes: numbers, text, tuples, dtypes, devices. What they are is all they are.

A value of a subclass is written as its base, by the base's own methods, so that nothing a subclass
replaced is called or crosses. A name that arrives is looked up in tables made here, not in torch.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import torch

from grader.errors import WireError
from grader.sandbox.wire.frames import Node

if TYPE_CHECKING:  # The table calls this room; only the type's name goes the other way.
    from grader.sandbox.wire.values import Table

MAX_INTEGER_BITS = 8192
MAX_NAME = 200  # characters of a type's or a function's name
# Of the keys of one dict or the members of one set.
MAX_SAME_HASH = 256

_DTYPES = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in vars(torch).values()
    if isinstance(dtype, torch.dtype)
}
_DEVICE = re.compile(r"(cpu|meta|cuda|mps|xpu)(:(0|[1-9][0-9]?))?")

Kind = TypeVar("Kind")


def write(value: object, table: "Table") -> Node:
    """Write a value that is not a thing; what is none of these kinds is refused."""
    for base in type(value).__mro__:
        if writer := _WRITERS.get(base):
            return writer(value, table)
    return table.function(value) if callable(value) else table.foreign.refuse(value, "")


def _write_integer(value: int, table: "Table") -> Node:
    number = int.__pos__(value)
    if number.bit_length() > MAX_INTEGER_BITS:
        return table.foreign.refuse(value, f"it has more than {MAX_INTEGER_BITS} bits")
    return number


def _write_complex(value: complex, _: "Table") -> Node:
    pair = complex.__pos__(value)
    return ["c", pair.real, pair.imag]


def _write_device(value: torch.device, table: "Table") -> Node:
    name = str(value)
    return ["dv", name] if _DEVICE.fullmatch(name) else table.foreign.refuse(value, name)


_WRITERS: dict[type, Callable[[Any, "Table"], Node]] = {
    int: _write_integer,
    float: lambda value, _: float.__pos__(value),
    str: lambda value, _: str.__str__(value),
    torch.Size: lambda value, table: ["z", *map(table.node, tuple.__iter__(value))],
    tuple: lambda value, table: ["u", *map(table.node, tuple.__iter__(value))],
    frozenset: lambda value, table: [
        "fs",
        *sorted(map(table.node, frozenset.__iter__(value)), key=repr),
    ],
    complex: _write_complex,
    bytes: lambda value, _: ["b", bytes.hex(value)],
    torch.dtype: lambda value, _: ["dt", str(value).removeprefix("torch.")],
    torch.device: _write_device,
}


def read(node: list[Node], table: "Table") -> object:  # noqa: PLR0911  One line a kind.
    """Read a value.

    Raises:
        WireError: it is of no known kind, or not of the form of its kind.
    """
    match node:
        case ["u", *items]:
            return tuple(map(table.value, items))
        case ["z", *sizes]:
            return torch.Size(map(_size, sizes))
        case ["fs", *items]:
            return frozenset(spread(list(map(table.value, items))))
        case ["c", real, imaginary]:
            return complex(expect(real, float), expect(imaginary, float))
        case ["b", str(digits)]:
            with refusing("a frame holds bytes that are not hexadecimal"):
                return bytes.fromhex(digits)
        case ["dt", str(name)] if name in _DTYPES:
            return _DTYPES[name]
        case ["dv", name]:
            return device(name)
        case ["x", str(name)]:
            return table.foreign.refused(name[:MAX_NAME])
    raise WireError(f"a frame holds a value of an unknown kind: {quote(node[:1])}")


def device(name: Node) -> torch.device:
    """Read a device's name: of a kind that the wire knows, whether it is there or not."""
    if type(name) is not str or not _DEVICE.fullmatch(name):
        raise WireError(f"a frame names the device {quote(name)}")
    return torch.device(name)


def spread(members: list[Kind]) -> list[Kind]:
    """Check that values can be keys, and that their hashes are spread: what a set or a dict needs.

    Keys of one hash are compared with one another, and forged ones would take hours.

    Raises:
        WireError: one cannot be hashed, or too many have one hash in common.
    """
    with refusing("a frame uses a value as a key that cannot be one"):
        hashes = Counter(map(hash, members))
    if max(hashes.values(), default=0) > MAX_SAME_HASH:
        raise WireError(f"a frame holds more than {MAX_SAME_HASH} keys with the same hash")
    return members


def _size(node: Node) -> int:
    size = expect(node, int)
    if not 0 <= size < 1 << 62:
        raise WireError(f"a frame holds a shape with the size {size}")
    return size


def quote(node: object) -> str:
    """Show a node in a message, however long it is."""
    return repr(node)[:MAX_NAME]


def expect(node: Node, kind: type[Kind], length: int | None = None) -> Kind:
    """Check that a node of a frame is of a kind, and as long as it must be."""
    if type(node) is not kind:
        raise WireError(f"a frame holds a {type(node).__name__} where a {kind.__name__} belongs")
    if length is not None and len(node) != length:  # type: ignore[arg-type]
        raise WireError(f"a frame holds a list of {len(node)} where one of {length} belongs")  # type: ignore[arg-type]
    return node


def named(items: list[Node], length: int = 2) -> list[tuple[str, list[Node]]]:
    """Check entries of the form [name, node, ...] of a length."""
    found = []
    for item in items:
        match item:
            case [str(name), *nodes] if len(item) == length:
                found.append((name, nodes))
            case _:
                raise WireError("a description has an entry that does not begin with a name")
    return found


@contextmanager
def refusing(what: str) -> Iterator[None]:
    """Turn what Python or torch raises about a forged description into a `WireError`.

    Stands around calls of torch alone. A missing backend is an AssertionError or an ImportError.
    """
    try:
        yield
    except (AssertionError, ImportError, RuntimeError, TypeError, ValueError) as error:
        raise WireError(f"{what}: {str(error)[:MAX_NAME]}") from error

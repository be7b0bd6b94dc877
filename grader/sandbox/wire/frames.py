"""Frames as bytes: packing, and receiving under caps. No sockets here, and no torch.

`receive` is a generator that yields how many bytes it needs next and is sent a buffer of just that
size, so that the same decoder serves a blocking child, a polling host and a fuzz test.

    prefix    "GRW1", header length (u32), payload length (u64), little endian
    header    JSON: [body, [[dtype, shape, has_data], ...]]
    payload   for each block with data its bytes, padded to a multiple of 64
"""

import json
import math
import struct
from collections.abc import Generator, Sequence
from dataclasses import dataclass

from grader.errors import WireError

MAGIC = b"GRW1"
PREFIX = struct.Struct("<4sIQ")
ALIGNMENT = 64
SMALL_BYTES = 1 << 16  # a payload that is copied to be written in one go
MAX_DIMENSIONS = 64  # torch's own limit

ITEM_BYTES = {
    "bool": 1,
    "uint8": 1,
    "int8": 1,
    "uint16": 2,
    "int16": 2,
    "uint32": 4,
    "int32": 4,
    "uint64": 8,
    "int64": 8,
    "float8_e4m3fn": 1,
    "float8_e5m2": 1,
    "float16": 2,
    "bfloat16": 2,
    "float32": 4,
    "float64": 8,
    "complex64": 8,
    "complex128": 16,
}

# JSON without objects: nothing else may stand in a header.
Node = None | bool | int | float | str | list["Node"]


@dataclass(frozen=True)
class Caps:
    """The largest frame a receiver accepts. Bytes, counts and nesting levels."""

    header_bytes: int = 16 << 20
    payload_bytes: int = 1 << 30
    blocks: int = 100_000
    nodes: int = 1_000_000
    depth: int = 100


@dataclass(frozen=True)
class Block:
    """One tensor's bytes in C order, little endian; None where it has a shape but no data."""

    dtype: str
    shape: tuple[int, ...]
    data: memoryview | None


@dataclass(frozen=True)
class Frame:
    """One checked message."""

    body: list[Node]
    blocks: tuple[Block, ...]


def size_of(dtype: str, shape: Sequence[int]) -> int:
    """Count the bytes of a dense tensor."""
    return ITEM_BYTES[dtype] * math.prod(shape)


def pack(body: list[Node], blocks: Sequence[Block] = ()) -> list[bytes | memoryview]:
    """Lay out a message as buffers, to be written one after another without copying tensors."""
    table = [[block.dtype, list(block.shape), block.data is not None] for block in blocks]
    header = _ENCODER.encode([body, table]).encode()
    payload: list[bytes | memoryview] = []
    for block in blocks:
        if block.data is not None:
            payload.append(block.data)
            if padding := -block.data.nbytes % ALIGNMENT:
                payload.append(bytes(padding))
    length = sum(len(part) for part in payload)
    parts = [PREFIX.pack(MAGIC, len(header), length) + header, *payload]
    # Each write wakes the reader, and a copy of little costs less than that.
    return [b"".join(parts)] if length <= SMALL_BYTES else parts


def receive(caps: Caps) -> Generator[int, memoryview, Frame]:
    """Decode one frame; yields the number of bytes wanted next, is sent exactly those.

    Raises:
        WireError: the bytes break the protocol or a cap; said before anything is allocated.
    """
    magic, header_length, payload_length = PREFIX.unpack((yield PREFIX.size))
    if magic != MAGIC:
        raise WireError(f"a frame starts with {magic!r}; expected {MAGIC!r}")
    _cap("header bytes", header_length, caps.header_bytes)
    _cap("payload bytes", payload_length, caps.payload_bytes)
    body, table = _header((yield header_length), caps)
    shapes = [_entry(entry) for entry in table]
    wanted = sum(_padded(size_of(dtype, shape)) for dtype, shape, has_data in shapes if has_data)
    if wanted != payload_length:
        raise WireError(f"the tensors need {wanted} bytes, the frame announces {payload_length}")
    payload = (yield payload_length) if payload_length else memoryview(b"")
    return Frame(body, tuple(_cut(shapes, payload)))


def _cap(what: str, value: int, cap: int) -> None:
    if value > cap:
        raise WireError(f"a frame announces {value} {what}; the cap is {cap}")


def _padded(size: int) -> int:
    return size + -size % ALIGNMENT


def _header(data: memoryview, caps: Caps) -> tuple[list[Node], list[Node]]:
    try:
        text = str(data, "ascii")
        # Before anything is built: three bytes of JSON can be 64 bytes of Python. Those within a
        # text are counted too, which only makes the bound a little lower.
        _cap("nodes", 1 + text.count("[") + text.count(","), caps.nodes)
        header = _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        raise WireError(f"a header is not JSON: {type(error).__name__}") from error
    _cap_depth(header, caps.depth)
    match header:
        case [list() as body, list() as table]:
            _cap("tensors", len(table), caps.blocks)
            return body, table
    raise WireError("a header is not a pair of lists")


def _refuse_object(_: object) -> None:
    raise WireError("a header holds a JSON object; only lists may stand there")


# Made once: a new one for every frame costs more than a small frame itself.
_ENCODER = json.JSONEncoder(separators=(",", ":"))
_DECODER = json.JSONDecoder(object_pairs_hook=_refuse_object)


def _cap_depth(header: object, cap: int) -> None:
    """Refuse deep nesting, without recursion of our own."""
    depth, level = 0, [header]
    while level:
        depth += 1
        _cap("levels", depth, cap)
        level = [child for node in level if type(node) is list for child in node]


def _entry(entry: object) -> tuple[str, tuple[int, ...], bool]:
    match entry:
        case [str() as dtype, list() as shape, bool() as has_data] if (
            dtype in ITEM_BYTES
            and len(shape) <= MAX_DIMENSIONS
            and all(type(size) is int and 0 <= size < 1 << 62 for size in shape)
            and size_of(dtype, [size for size in shape if size]) < 1 << 62
        ):
            return dtype, tuple(shape), has_data
    raise WireError("a tensor's entry is not [known dtype, shape, has_data]")


def _cut(
    shapes: Sequence[tuple[str, tuple[int, ...], bool]], payload: memoryview
) -> Generator[Block]:
    start = 0
    for dtype, shape, has_data in shapes:
        size = size_of(dtype, shape) if has_data else 0
        yield Block(dtype, shape, payload[start : start + size] if has_data else None)
        start += _padded(size)

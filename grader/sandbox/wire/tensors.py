"""Tensors as blocks of bytes and as descriptions: plain data, whatever class they had.

Subclasses, views, conjugations and strides are shed here: what arrives is a dense tensor of the
same dtype, shape and values. The functions stay off everything that torch imports lazily, because
a module that is imported inside a child is paid for by every submission.
"""

import ctypes
from typing import TYPE_CHECKING

import torch
from torch import nn

from grader.sandbox.wire.frames import ITEM_BYTES, Block, Node
from grader.sandbox.wire.plain import device, expect, refusing

if TYPE_CHECKING:  # The table calls this room; only the type's name goes the other way.
    from grader.sandbox.wire.values import Table

DTYPES: dict[str, torch.dtype] = {name: getattr(torch, name) for name in ITEM_BYTES}
NAMES = {dtype: name for name, dtype in DTYPES.items()}

_FEW_BYTES = 1 << 14  # so many are copied and compared sooner than shown or made into tensors


def why_not(tensor: torch.Tensor) -> str | None:
    """Say why a tensor cannot cross: it is not dense, or of a dtype that the wire does not know."""
    with torch._C.DisableTorchFunctionSubclass():
        if torch._C._functorch.is_functorch_wrapped_tensor(tensor):
            return "torch.func has wrapped it, and cannot follow it to the other side"
        if tensor.is_quantized:
            return "it is quantized; call .dequantize() on it"
        if tensor.is_nested:
            return "it is nested; call .to_padded_tensor() on it"
        if tensor.layout != torch.strided:
            return f"its layout is {tensor.layout}; call .to_dense() on it"
        return None if tensor.dtype in NAMES else f"its dtype is {tensor.dtype}"


def describe(tensor: torch.Tensor, handle: int, table: "Table") -> list[Node]:
    """Describe a tensor and its gradient.

    Returns:
        ["t", block, handle, requires_grad, is_leaf, is_parameter, reference to grad, device].
    """
    with torch._C.DisableTorchFunctionSubclass():
        grad = tensor.grad if tensor.is_leaf else None
        return [
            "t",
            table.block(tensor),
            handle,
            tensor.requires_grad,
            tensor.is_leaf,
            type(tensor) is not torch.Tensor and isinstance(tensor, nn.Parameter),
            None if grad is None else table.node(grad),
            str(tensor.device),
        ]


def keep(fields: list[Node], handle: int) -> list[Node]:
    """Add to a tensor's description that the tensor outlives the call."""
    return [*fields[:2], handle, *fields[3:]]


def build(fields: list[Node], table: "Table") -> torch.Tensor:
    """Build the tensor that a description tells of; one within a graph is left for `join`."""
    _, block, _, requires_grad, is_leaf, is_parameter, grad, name = expect(fields, list, 8)
    shown, place, gradient = table.take(block), device(name), table.tensor(grad)
    with refusing("a tensor cannot be rebuilt"):
        fresh = shown.clone() if shown.device == place else shown.to(place, copy=True)
        if is_parameter:
            fresh = nn.Parameter(fresh, requires_grad=False)
        if is_leaf:
            fresh.requires_grad_(bool(requires_grad))
            fresh.grad = gradient
    return fresh


def write(tensor: torch.Tensor, fields: list[Node], table: "Table") -> None:
    """Bring a tensor's values, its gradient and its `requires_grad` up to date, in place."""
    _, block, _, requires_grad, _, _, grad, _ = expect(fields, list, 8)
    shown, gradient = table.take(block), table.tensor(grad)
    with refusing("a tensor cannot be brought up to date"):
        overwrite(tensor, shown)
        if tensor.is_leaf:
            tensor.requires_grad_(bool(requires_grad))
            tensor.grad = gradient


def to_block(tensor: torch.Tensor) -> Block:
    """Copy nothing large whose bytes lie in order; a meta tensor has a shape and no data."""
    name, shape = NAMES[tensor.dtype], tuple(tensor.shape)
    if tensor.is_meta:
        return Block(name, shape, None)
    plain = _plain(tensor)
    size = plain.numel() * ITEM_BYTES[name]
    if size <= _FEW_BYTES:
        data = ctypes.string_at(plain.data_ptr(), size) if size else b""
        # Of bytes that cannot be written to torch would warn, who makes a tensor of them.
        return Block(name, shape, memoryview(bytearray(data)))
    raw = (ctypes.c_ubyte * size).from_address(plain.data_ptr())
    # The view keeps `raw` alive, and `raw` keeps the tensor whose memory it shows.
    raw.keeper = plain  # type: ignore[attr-defined]
    return Block(name, shape, memoryview(raw).cast("B"))


def from_block(block: Block) -> torch.Tensor:
    """Show a block's bytes as a CPU tensor that shares the frame's memory."""
    dtype = DTYPES[block.dtype]
    if block.data is None:
        return torch.empty(block.shape, dtype=dtype, device="meta")
    if not block.data.nbytes:
        return torch.empty(block.shape, dtype=dtype)
    if dtype is torch.bool:
        # A forged byte other than 0 and 1 would be a truth value that torch does not define.
        return torch.frombuffer(block.data, dtype=torch.uint8).ne(0).reshape(block.shape)
    shown = torch.frombuffer(block.data, dtype=dtype)
    if shown.data_ptr() % dtype.itemsize:
        # torch crashes where it copies a complex number from elsewhere.
        shown = shown.view(torch.uint8).clone().view(dtype)
    return shown.reshape(block.shape)


def has_same_bytes(left: torch.Tensor, right: torch.Tensor) -> bool:
    """Compare two tensors bit for bit, so that a NaN equals itself and -0.0 differs from 0.0."""
    if left.dtype != right.dtype or left.shape != right.shape or left.is_meta != right.is_meta:
        return False
    return left.is_meta or torch.equal(_bytes(left), _bytes(right))


def are_same(left: Block, right: Block) -> bool:
    """Compare two blocks as `has_same_bytes` does tensors."""
    if (left.dtype, left.shape) != (right.dtype, right.shape):
        return False
    if left.data is None or right.data is None:
        return left.data is right.data
    if left.data.nbytes <= _FEW_BYTES:
        return left.data.tobytes() == right.data.tobytes()
    # Views compare one byte after another.
    return torch.equal(*(torch.frombuffer(b.data, dtype=torch.uint8) for b in (left, right)))


def _bytes(tensor: torch.Tensor) -> torch.Tensor:
    return _plain(tensor).reshape(-1).view(torch.uint8)


def _plain(tensor: torch.Tensor) -> torch.Tensor:
    """Give a dense tensor in the memory of the CPU without a graph; the same memory, if it can."""
    plain = tensor.detach()
    # Each of these answers with the tensor itself where there is nothing to do, but not for free.
    if plain.is_cpu and plain.is_contiguous() and not plain.is_conj() and not plain.is_neg():
        return plain
    return plain.cpu().resolve_conj().resolve_neg().contiguous()


def overwrite(target: torch.Tensor, shown: torch.Tensor) -> None:
    """Give `target` the dtype, shape and values of `shown`, in place where that can be."""
    if has_same_bytes(target, shown):
        # A write would still count as a change, and a graph that saved the tensor be refused.
        return
    with torch.no_grad():
        if target.shape == shown.shape and target.dtype == shown.dtype:
            try:
                # An ordinary in-place copy, so that autograd notices it on this side as well.
                target.copy_(shown)
                return
            except RuntimeError:  # Its elements share memory: it was expanded.
                pass
        target.data = shown.to(target.device, copy=True)

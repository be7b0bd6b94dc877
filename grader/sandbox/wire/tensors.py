"""Tensors as blocks of bytes and back: plain data, whatever class they had.

Subclasses, views, conjugations and strides are shed here: what arrives is a dense tensor of the
same dtype, shape and values. The functions stay off everything that torch imports lazily, because
a module that is imported inside a child is paid for by every submission.
"""

import ctypes

import torch

from grader.errors import WireError
from grader.sandbox.wire.frames import ITEM_BYTES, Block

DTYPES: dict[str, torch.dtype] = {name: getattr(torch, name) for name in ITEM_BYTES}
NAMES = {dtype: name for name, dtype in DTYPES.items()}


def is_sendable(tensor: torch.Tensor) -> bool:
    """Tell whether the tensor is dense and of a dtype that the wire knows."""
    return tensor.layout == torch.strided and tensor.dtype in NAMES and not tensor.is_quantized


def to_block(tensor: torch.Tensor) -> Block:
    """Copy nothing where the bytes already lie in order; a meta tensor has a shape and no data."""
    name, shape = NAMES[tensor.dtype], tuple(tensor.shape)
    if tensor.is_meta:
        return Block(name, shape, None)
    plain = tensor.detach().cpu().resolve_conj().resolve_neg().contiguous()
    size = plain.numel() * ITEM_BYTES[name]
    if size == 0:
        return Block(name, shape, memoryview(b""))
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
    return torch.frombuffer(block.data, dtype=dtype).reshape(block.shape)


def has_same_bytes(left: torch.Tensor, right: torch.Tensor) -> bool:
    """Compare two tensors bit for bit, so that a NaN equals itself and -0.0 differs from 0.0."""
    if left.dtype != right.dtype or left.shape != right.shape or left.is_meta != right.is_meta:
        return False
    return left.is_meta or torch.equal(_bytes(left), _bytes(right))


def _bytes(tensor: torch.Tensor) -> torch.Tensor:
    plain = tensor.detach().cpu().resolve_conj().resolve_neg().contiguous()
    return plain.reshape(-1).view(torch.uint8)


def overwrite(target: torch.Tensor, fresh: torch.Tensor) -> None:
    """Give `target` the dtype, shape and values of `fresh`, in place where that can be."""
    fresh = fresh.to(target.device) if not (fresh.is_meta or target.is_meta) else fresh
    with torch.no_grad():
        if target.shape == fresh.shape and target.dtype == fresh.dtype:
            try:
                # An ordinary in-place copy, so that autograd notices it on this side as well.
                target.copy_(fresh)
            except RuntimeError:
                target.data = fresh
        else:
            try:
                target.data = fresh
            except RuntimeError as error:
                raise WireError(f"a tensor cannot become {tuple(fresh.shape)}: {error}") from error

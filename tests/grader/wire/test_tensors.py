"""Tensors: dense, bit for bit, with their gradients and their identity."""

import math
import struct

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import nn

from grader.sandbox import wire
from grader.sandbox.wire import tensors

PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

SHAPES = st.lists(st.integers(0, 4), max_size=4).map(tuple)


def made(dtype, shape, seed=0):
    """Make a tensor of random bytes, which are NaNs and infinities as well as numbers."""
    size = math.prod(shape) * dtype.itemsize
    data = torch.randint(0, 256, (size,), generator=torch.Generator().manual_seed(seed))
    if dtype is torch.bool:
        data %= 2
    return data.to(torch.uint8).view(dtype).reshape(shape)


def bits(tensor):
    """Give the bytes of a tensor in C order."""
    plain = tensor.detach().resolve_conj().resolve_neg().contiguous()
    return bytes(plain.reshape(-1).view(torch.uint8).tolist())


@PATIENT
@given(st.sampled_from(list(tensors.NAMES)), SHAPES, st.integers(0, 99))
def test_round_trip(cross, dtype, shape, seed):
    """A tensor of any dtype and shape, empty and 0-d too, arrives with its every bit."""
    tensor = made(dtype, shape, seed)
    arrived = cross(tensor)

    assert type(arrived) is torch.Tensor
    assert (arrived.dtype, arrived.shape) == (dtype, tensor.shape)
    assert bits(arrived) == bits(tensor)
    assert not arrived.requires_grad


VIEWS = {
    "transposed": lambda x: x.t(),
    "sliced": lambda x: x[::2, 1:],
    "flipped": lambda x: x.flip(0),
    "expanded": lambda x: x[:1].expand(5, 3),
    "broadcast": lambda x: x.sum().expand(2, 2),
    "diagonal": lambda x: x.diagonal(),
    "conjugate": lambda x: (x * 1j).conj(),
    "negative": lambda x: (x * 1j).conj().imag,
    "real part": lambda x: (x * 1j).real,
    "strided": lambda x: torch.as_strided(x, (2, 2), (1, 1)),
    "permuted": lambda x: x.reshape(2, 2, 3).permute(2, 0, 1),
    "split": lambda x: x.split(2)[1],
}


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_views(cross, view):
    """A view arrives as a dense tensor of its values."""
    tensor = view(torch.arange(12.0).reshape(4, 3) - 5)
    arrived = cross(tensor)

    assert torch.equal(arrived, tensor)
    assert arrived.is_contiguous()
    assert not arrived.is_conj()


@pytest.mark.parametrize("value", [math.nan, -math.nan, math.inf, -math.inf, -0.0, 5e-324])
def test_rare_numbers(cross, value):
    """A NaN, an infinity, a negative zero and a subnormal number stay what they are."""
    arrived = cross(torch.tensor([value], dtype=torch.float64))

    assert bits(arrived) == struct.pack("<d", value)


def test_meta_tensors(cross):
    """A meta tensor arrives as one, of any size, and without data."""
    arrived = cross(torch.empty(1 << 40, 3, dtype=torch.bfloat16, device="meta"))

    assert (arrived.device.type, arrived.shape) == ("meta", (1 << 40, 3))
    assert arrived.dtype is torch.bfloat16


@pytest.mark.parametrize("is_parameter", [False, True])
@pytest.mark.parametrize("has_grad", [False, True])
def test_leaves(cross, is_parameter, has_grad):
    """A leaf arrives with its gradient, and a parameter as a parameter."""
    leaf = nn.Parameter(torch.ones(2)) if is_parameter else torch.ones(2, requires_grad=True)
    leaf.grad = torch.tensor([1.0, math.nan]) if has_grad else None
    arrived = cross(leaf)

    assert type(arrived) is (nn.Parameter if is_parameter else torch.Tensor)
    assert arrived.requires_grad
    assert arrived.is_leaf
    assert (arrived.grad is not None) == has_grad
    assert not has_grad or bits(arrived.grad) == bits(leaf.grad)


def test_frozen_parameter(cross):
    """A parameter that is frozen, even one of integers, arrives frozen."""
    arrived = cross(nn.Parameter(torch.arange(3), requires_grad=False))

    assert type(arrived) is nn.Parameter
    assert not arrived.requires_grad


def test_tensors_within_a_graph(exchange):
    """A tensor within a graph arrives plain and is given to the side's graph to be joined."""
    call = exchange()
    arrived = call.send((torch.ones(2), torch.ones(2, requires_grad=True) * 2))

    assert call.there.foreign.joined == [1]
    assert not any(tensor.requires_grad for tensor in arrived)


def test_shared_tensors(cross):
    """A tensor that is sent twice arrives as one object; its equal does not."""
    tensor = torch.ones(2)
    first, second, other = cross((tensor, [tensor], tensor.clone()))

    assert second[0] is first
    assert other is not first


def test_arrived_tensors_own_their_memory(cross):
    """What is written into a tensor that arrived changes no other one."""
    first, second = cross((torch.zeros(3), torch.zeros(3)))
    first.fill_(7)

    assert second.tolist() == [0, 0, 0]


@pytest.mark.parametrize("size", [1, 9, 1 << 13])
def test_blocks_can_be_written_to(recwarn, size):
    """What stands for a tensor's bytes can be made a tensor again without a warning of torch."""
    block = tensors.to_block(torch.ones(size))
    tensors.from_block(block)

    assert block.data is not None
    assert not block.data.readonly
    assert not recwarn.list


def test_memory_that_is_not_aligned():
    """A block that begins at an odd address is read; torch crashes where it copies from there."""
    memory = bytearray(64)
    for start in range(1, 16):
        shown = tensors.from_block(wire.Block("complex128", (), memoryview(memory)[start:][:16]))

        assert shown.clone().to("cpu", copy=True).item() == 0


class Lying(torch.Tensor):
    """A tensor that answers every function of torch with a lie."""

    @classmethod
    def __torch_function__(cls, *_: object, **__: object) -> object:
        raise SystemExit("called")


def test_subclasses(cross):
    """A subclass arrives as a plain tensor, and its functions are not called."""
    arrived = cross(torch.ones(2).as_subclass(Lying))

    assert type(arrived) is torch.Tensor
    assert arrived.tolist() == [1, 1]


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (
            lambda: torch.eye(2).to_sparse(),
            "its layout is torch.sparse_coo; call .to_dense() on it",
        ),
        (lambda: torch.empty(2, dtype=torch.float8_e8m0fnu), "its dtype is torch.float8_e8m0fnu"),
        (
            lambda: torch.zeros(2, dtype=torch.uint8).view(torch.uint4),
            "its dtype is torch.uint4",
        ),
    ],
    ids=["sparse", "float8", "uint4"],
)
def test_other_tensors(refused, make, reason):
    """A tensor that is not dense, or of another dtype, is refused with what to do."""
    tensor = make()

    assert refused(tensor) == f"Tensor: {reason}"
    assert refused([{"a": tensor}]) == f"Tensor: {reason}"


@pytest.mark.filterwarnings("ignore")
def test_compressed_quantized_and_nested(refused):
    """A compressed, a quantized and a nested tensor are refused with what to do."""
    compressed = torch.eye(2).to_sparse_csr()
    quantized = torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.qint8)
    nested = torch.nested.nested_tensor([torch.ones(2), torch.ones(3)])

    assert refused(compressed) == "Tensor: its layout is torch.sparse_csr; call .to_dense() on it"
    assert refused(quantized) == "Tensor: it is quantized; call .dequantize() on it"
    assert refused(nested) == "Tensor: it is nested; call .to_padded_tensor() on it"


def test_tensors_of_torch_func(refused):
    """A tensor within vmap is refused, since the other side cannot follow it."""
    reasons = []

    def inside(tensor):
        reasons.append(refused(tensor))
        return tensor

    torch.func.vmap(inside)(torch.ones(2, 3))

    assert reasons == ["Tensor: torch.func has wrapped it, and cannot follow it to the other side"]


# Changes


CHANGES = {
    "in place": lambda t: t.add_(1),
    "one element": lambda t: t.view(-1)[0].fill_(9),
    "data": lambda t: t.data.mul_(3),
    "new data": lambda t: setattr(t, "data", torch.full((2, 3), 5.0)),
    "another shape": lambda t: setattr(t, "data", torch.ones(7)),
    "another dtype": lambda t: setattr(t, "data", torch.ones(2, 3, dtype=torch.float64)),
    "sign of zero": lambda t: t.data.view(-1)[1:2].copy_(torch.tensor([-0.0])),
    "requires_grad": lambda t: t.requires_grad_(),
    "grad": lambda t: setattr(t, "grad", torch.ones(2, 3)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_changes(exchange, change):
    """What was changed in a tensor comes back into the very tensor; no other tensor is named."""
    call, tensor, other = exchange(), torch.arange(6.0).reshape(2, 3), torch.ones(3)
    tensor.view(-1)[1] = 0.0
    there, _ = call.send((tensor, other))
    with torch.no_grad():
        change(there)
    call.answer()

    assert call.changed == [tensor] or call.changed[0] is tensor
    assert len(call.changed) == 1
    assert (tensor.dtype, tensor.shape) == (there.dtype, there.shape)
    assert bits(tensor) == bits(there)
    assert tensor.requires_grad == there.requires_grad
    assert (tensor.grad is None) == (there.grad is None)


@pytest.mark.parametrize("is_parameter", [False, True])
def test_nothing_changed(exchange, is_parameter):
    """What was only read is not named, and neither is a NaN that stays one."""
    call, tensor = exchange(), torch.tensor([math.nan, 1.0])
    tensor = nn.Parameter(tensor) if is_parameter else tensor
    tensor.grad = torch.full((2,), math.nan)
    there = call.send([tensor, torch.empty(0), torch.empty(3, device="meta"), torch.Generator()])
    there[0].detach().clone().add_(1)
    call.answer()

    assert call.changed == []


def test_gradient_in_place(exchange):
    """A gradient that was changed in place comes back into the gradient it was."""
    call, leaf = exchange(), nn.Parameter(torch.ones(2))
    leaf.grad = grad = torch.ones(2)
    call.send(leaf).grad.mul_(4)
    call.answer()

    assert leaf.grad is grad
    assert grad.tolist() == [4, 4]
    assert call.changed == [grad] or call.changed[0] is grad


def test_cleared_gradient(exchange):
    """A gradient that was set to None is None on the other side too."""
    call, leaf = exchange(), nn.Parameter(torch.ones(2))
    leaf.grad = torch.ones(2)
    call.send(leaf).grad = None
    call.answer()

    assert leaf.grad is None


def test_expanded_arguments(exchange):
    """An argument whose elements share memory takes the changes nevertheless."""
    call, tensor = exchange(), torch.ones(1).expand(3)
    call.send(tensor)[1] = 5
    call.answer()

    assert tensor.tolist() == [1, 5, 1]


def test_unchanged_values_are_not_written(exchange):
    """A tensor whose gradient alone was changed keeps its version, so that a graph stays usable."""
    call, leaf = exchange(), torch.ones(2, requires_grad=True)
    loss = (leaf * leaf).sum()
    call.send(leaf).grad = torch.ones(2)
    call.answer()
    loss.backward()

    assert leaf.grad.tolist() == [3, 3]

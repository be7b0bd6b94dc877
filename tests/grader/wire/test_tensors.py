"""Tensors and generators: dense, bit for bit, with their gradients and their identity."""

import math
import struct
import time

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
        (lambda: torch.empty(2, dtype=torch.uint4), "its dtype is torch.uint4"),
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


# Generators


def test_generators(exchange):
    """A generator arrives in its state, and what was drawn from it is drawn on this side too."""
    call, generator = exchange(), torch.Generator().manual_seed(5)
    torch.rand(700, generator=generator)
    twin = torch.Generator()
    twin.set_state(generator.get_state())
    there = call.send(generator)
    drawn = torch.randn(3, generator=there)
    call.answer()

    assert torch.equal(drawn, torch.randn(3, generator=twin))
    assert call.changed == [generator]
    assert torch.equal(torch.rand(2, generator=generator), torch.rand(2, generator=twin))


@pytest.mark.parametrize("drawn", [0, 1, 2, 623, 624, 625, 5000])
def test_generators_anywhere(cross, drawn):
    """A generator arrives wherever it stands between two rounds of its words."""
    generator = torch.Generator().manual_seed(1)
    for _ in range(drawn):
        torch.randint(9, (1,), generator=generator)
    arrived = cross(generator)

    assert torch.equal(arrived.get_state(), generator.get_state())


def state(left, next_word):
    """Forge a generator's state."""
    data = torch.Generator().get_state()
    data[8:12] = torch.tensor(list(struct.pack("<i", left)))
    data[16:24] = torch.tensor(list(struct.pack("<q", next_word)))
    return wire.Block("uint8", (5056,), memoryview(bytes(data.tolist())))


@pytest.mark.parametrize(("left", "next_word"), [(624, 624), (2, 624), (624, 2), (300, 400)])
def test_generators_behind_their_last_word(complaint, left, next_word):
    """A forged state that would read memory behind the generator's words is refused."""
    said = complaint([["g", 0, "cpu"]], ["@", 0], [state(left, next_word)])

    assert said == f"a generator has {left} of 624 words left from {next_word} on"


@pytest.mark.parametrize(
    ("description", "sentence"),
    [
        (["g", 0, "cpu"], "a generator cannot be rebuilt: "),
        (["g", 0, "meta"], "a generator cannot be rebuilt: "),
        (["g", 0, "cuda"], "a generator cannot be rebuilt: "),
        (["g", 0, "hpu"], "a frame names the device hpu"),
        (["g", 1, "cpu"], "a thing names block 1 of 1"),
        (["g", True, "cpu"], "a thing names block True of 1"),
        (["g", 0], "a frame holds a list of 2 where one of 3 belongs"),
        (["g"], "a frame holds a list of 1 where one of 3 belongs"),
    ],
)
@pytest.mark.skipif(torch.cuda.is_available(), reason="names a device that is there")
def test_forged_generators(complaint, block, description, sentence):
    """A generator with another state or on another device is refused."""
    assert complaint([description], None, [block(torch.ones(3))]).startswith(sentence)


# Forged tensors


TENSOR = ["t", 0, 0, False, True, False, None, "cpu"]


def forged(at, value):
    """Describe a tensor with one field altered."""
    return [*TENSOR[:at], value, *TENSOR[at + 1 :]]


@pytest.mark.parametrize(
    ("description", "sentence"),
    [
        (TENSOR[:7], "a frame holds a list of 7 where one of 8 belongs"),
        ([*TENSOR, 0], "a frame holds a list of 9 where one of 8 belongs"),
        (forged(1, 1), "a thing names block 1 of 1"),
        (forged(1, -1), "a thing names block -1 of 1"),
        (forged(1, None), "a thing names block None of 1"),
        (forged(1, [0]), "a thing names block [0] of 1"),
        (forged(1, 0.0), "a thing names block 0.0 of 1"),
        (forged(1, True), "a thing names block True of 1"),
        (forged(2, True), "a frame holds a bool where a int belongs"),
        (forged(2, "1"), "a frame holds a str where a int belongs"),
        (forged(6, 1), "a frame refers to a int as a tensor"),
        (forged(6, ["u"]), "a frame refers to a tuple as a tensor"),
        (forged(6, ["@", 0]), "a frame refers to thing 0 before it is described"),
        (forged(6, ["@", 1]), "a frame names thing 1 of 1"),
        (forged(7, None), "a frame names the device None"),
        (forged(7, "vulkan"), "a frame names the device vulkan"),
        (forged(7, "privateuseone"), "a frame names the device privateuseone"),
        (forged(7, "\ud800"), "a frame names the device \ud800"),
    ],
)
def test_forged_tensors(complaint, block, description, sentence):
    """A tensor's description with any field of another kind is refused."""
    assert complaint([description], None, [block(torch.ones(3))]) == sentence


@pytest.mark.skipif(torch.cuda.is_available(), reason="names a device that is there")
def test_missing_device(complaint, block):
    """A device that this machine does not have is refused, however torch complains of it."""
    said = complaint([forged(7, "cuda:7")], None, [block(torch.ones(3))])

    assert said == "a tensor cannot be rebuilt: Torch not compiled with CUDA enabled"


@pytest.mark.parametrize(
    ("sent", "flags", "sentence"),
    [
        (torch.arange(3), [True, True, False], "only Tensors of floating point"),
        (torch.arange(3), [True, True, True], "only Tensors of floating point"),
        (torch.ones(3, device="meta"), [False, True, False], "Cannot copy out of meta tensor"),
    ],
)
def test_impossible_tensors(complaint, block, sent, flags, sentence):
    """What torch cannot build is a refusal with torch's words."""
    sent = block(sent) if not sent.is_meta else wire.Block("float32", (3,), None)
    said = complaint([["t", 0, 0, *flags, None, "cpu"]], None, [sent])

    assert said.startswith("a tensor cannot be rebuilt: ")
    assert sentence in said


@pytest.mark.parametrize("grad", [torch.ones(4), torch.ones(3, dtype=torch.float64)])
def test_unfit_gradients(complaint, block, grad):
    """A gradient of another shape or dtype is refused."""
    things = [TENSOR, ["t", 1, 0, True, True, False, ["@", 0], "cpu"]]
    said = complaint(things, None, [block(grad), block(torch.ones(3))])

    assert said.startswith("a tensor cannot be rebuilt: attempting to assign a gradient")


def test_forged_truth_values(read):
    """A byte that is neither 0 nor 1 is a truth value that torch defines."""
    sent = wire.Block("bool", (4,), memoryview(bytes([0, 1, 2, 255])))
    arrived = read([TENSOR], ["@", 0], [sent])

    assert arrived.view(torch.uint8).tolist() == [0, 1, 1, 1]


def test_shared_blocks(complaint, block):
    """A block that many things name is refused: each of them would be a copy."""
    sent = block(torch.ones(1 << 16))
    started = time.process_time()

    assert complaint([TENSOR] * 3000, None, [sent]) == "a second thing names block 0"
    assert complaint([TENSOR], None, [sent], [[0, TENSOR]]) == "a second thing names block 0"
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ([0, forged(1, 1)], "a thing names block 1 of 1"),
        ([1, TENSOR], "a frame names thing 1 of 1"),
        ([-1, TENSOR], "a frame names thing -1 of 1"),
        ([False, TENSOR], "a frame names thing False of 1"),
        ([0, ["l"]], "a Tensor is described as ['l']"),
        ([0, []], "a Tensor is described as []"),
        ([0], "a frame holds a list of 1 where one of 2 belongs"),
        ([0, 1], "a frame holds a int where a list belongs"),
        (0, "a frame holds a int where a list belongs"),
    ],
)
def test_forged_changes(complaint, block, change, sentence):
    """A change of no thing, or of a thing into another kind of thing, is refused."""
    assert complaint([TENSOR], None, [block(torch.ones(3))], [change]) == sentence


@pytest.mark.parametrize(
    ("sent", "device"),
    [
        (wire.Block("float32", (3,), None), "cpu"),
        (wire.Block("float32", (5,), None), "meta"),
        (wire.Block("int64", (3,), memoryview(bytes(24))), "cpu"),
    ],
)
def test_impossible_changes(complaint, block, sent, device):
    """A change that torch cannot make, as from a tensor with data into one without, is refused."""
    leaf = ["t", 0, 0, True, True, False, None, "cpu"]
    change = [0, ["t", 1, 0, True, True, False, None, device]]
    said = complaint([leaf], None, [block(torch.ones(3)), sent], [change])

    assert said.startswith("a tensor cannot be brought up to date: ")

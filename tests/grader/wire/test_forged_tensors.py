"""Forged tensors: what a description may say, and what torch cannot build, is refused by name."""

import time

import pytest
import torch

from grader.sandbox import wire

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
        (forged(7, "vulkan"), "a frame names the device 'vulkan'"),
        (forged(7, "privateuseone"), "a frame names the device 'privateuseone'"),
        (forged(7, "\ud800"), "a frame names the device '\\ud800'"),
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

"""Tensors: what each expectation accepts, what it refuses, and the sentence it refuses with."""

import math

import pytest
import torch

from grader import expect
from grader.errors import Evidence, HeatMap

A = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
v = torch.tensor([1.0, 0.5, -1.0])


def test_close_accepts_equal():
    """A tensor agrees with itself."""
    expect.close(A.clone(), A)


def test_close_accepts_rounding():
    """What rounding does to a float32 is allowed, also where the value is zero."""
    expect.close(A * (1 + 5e-5), A)
    expect.close(torch.full((3,), 5e-6), torch.zeros(3))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.float16, torch.bfloat16])
def test_close_has_a_tolerance_for_each_dtype(refusal, dtype):
    """One rounding is allowed in every dtype, an error of a tenth in none."""
    want = torch.tensor([1.0, 3.0], dtype=dtype)
    expect.close(want + want * torch.finfo(dtype).eps, want)

    assert "off by up to" in refusal(expect.close, want * 1.125, want)


def test_close_accepts_views():
    """A view and a tensor that asks for gradients are tensors as good as any."""
    wide = torch.tensor([[1.0, 9.0], [0.5, 9.0], [-1.0, 9.0]], requires_grad=True)

    expect.close(wide[:, 0], v)


def test_close_names_the_difference(refusal):
    """A difference is told in size and place, without the expected value."""
    got = A.clone()
    got[0, 2] += 0.25

    assert (
        refusal(expect.close, got, A, atol=1e-5, rtol=0)
        == "The result is off by up to 0.25 (allowed 1e-05) in 1 of 6 values, first at [0, 2]."
    )


def test_close_of_a_single_number(refusal):
    """A single number has no place to tell."""
    assert (
        refusal(expect.close, torch.tensor(3.0), torch.tensor(6.0), atol=1e-5, rtol=0)
        == "The result is off by 3 (allowed 1e-05)."
    )


@pytest.mark.parametrize(
    ("got", "kind"),
    [
        (None, "None (a function without return gives None)"),
        (2.5, "a float"),
        ([1.0], "a list"),
        ("text", "a str"),
        (len, "a function"),
        (torch.nn.Linear(1, 1), "a Linear"),
    ],
)
def test_close_refuses_what_is_no_tensor(refusal, got, kind):
    """What is no tensor is named by its type."""
    assert refusal(expect.close, got, A) == f"The result is {kind}; a tensor is expected."


def test_close_refuses_a_subclass(refusal):
    """A subclass that says yes to every comparison is no tensor."""

    class Agreeable(torch.Tensor):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            return True

    got = torch.zeros(2, 3).as_subclass(Agreeable)

    assert refusal(expect.close, got, A) == "The result is an Agreeable; a tensor is expected."


def test_close_refuses_a_claimed_class(refusal):
    """An object that claims to be a tensor is judged by its type."""

    class Claim:
        @property
        def __class__(self):
            return torch.Tensor

    assert refusal(expect.close, Claim(), A) == "The result is a Claim; a tensor is expected."


@pytest.mark.parametrize("shape", [(3, 2), (6,), (1, 2, 3), (0, 1), (1,), ()])
def test_close_never_broadcasts(refusal, shape):
    """Another shape is refused, also one that would broadcast."""
    assert (
        refusal(expect.close, torch.ones(shape), A)
        == f"The result has shape {shape}; shape (2, 3) is expected."
    )


def test_close_refuses_another_dtype(refusal):
    """Another dtype is refused, however near the values."""
    assert (
        refusal(expect.close, A.double(), A)
        == "The result has dtype torch.float64; torch.float32 is expected."
    )


def test_close_refuses_another_device(refusal):
    """Another device is refused."""
    assert (
        refusal(expect.close, A.to("meta"), A) == "The result is on device meta; cpu is expected."
    )


def test_close_on_meta():
    """On the meta device shape and dtype are all there is."""
    expect.close(torch.empty(2, 3, device="meta"), A.to("meta"))


def test_close_refuses_sparse(refusal):
    """A sparse tensor is refused before anything is computed with it."""
    assert (
        refusal(expect.close, A.to_sparse(), A)
        == "The result is a tensor of a special kind; a plain, dense one is expected."
    )


def test_close_nan_always_loses(refusal):
    """NaN agrees with nothing, not even with NaN."""
    got = A.clone()
    got[1, 0] = math.nan

    sentence = "The result holds NaN in 1 of 6 values, first at [1, 0]."
    assert refusal(expect.close, got, A) == sentence
    assert refusal(expect.close, got, got) == sentence
    assert refusal(expect.close, got, A, atol=math.inf) == sentence


def test_close_refuses_a_number_where_nan_is_wanted(refusal):
    """A reference that is NaN is agreed with by nothing."""
    assert "off by" in refusal(expect.close, torch.tensor(1.0), torch.tensor(math.nan))


def test_close_infinity(refusal):
    """Infinity is right where it is wanted, with its sign, and nowhere else."""
    want = torch.tensor([1.0, -math.inf])
    expect.close(want.clone(), want)

    assert "infinity in 1 of 2" in refusal(expect.close, torch.tensor([math.inf, -math.inf]), want)
    assert "infinity in 1 of 2" in refusal(expect.close, torch.tensor([1.0, math.inf]), want)
    assert "off by" in refusal(expect.close, torch.tensor([1.0, -1e30]), want)


def test_close_is_exact_for_whole_numbers(refusal):
    """Whole numbers and truth values are equal or they are not."""
    expect.close(torch.tensor([10**9]), torch.tensor([10**9]))
    got, want = torch.tensor([10**9 + 1, 2]), torch.tensor([10**9, 2])

    assert refusal(expect.close, got, want) == "The result is wrong in 1 of 2 values, first at [0]."
    assert (
        refusal(expect.close, torch.tensor([True]), torch.tensor([False]))
        == "The result is wrong in 1 of 1 values, first at [0]."
    )


def test_close_of_complex_numbers(refusal):
    """Complex numbers are compared with both their parts."""
    want = torch.tensor([1 + 2j])
    expect.close(want.clone(), want)

    assert "off by up to 1 " in refusal(expect.close, torch.tensor([1 + 3j]), want)


def test_close_of_nothing(refusal):
    """An empty tensor agrees with an empty tensor of its shape only."""
    expect.close(torch.empty(0, 3), torch.empty(0, 3))

    assert "has shape (0, 1)" in refusal(expect.close, torch.empty(0, 1), torch.empty(0, 3))


def test_tensor_returns_what_it_got():
    """What passes comes back, known to be a tensor."""
    assert expect.tensor(A, shape=(2, 3), dtype=torch.float32) is A


def test_tensor_uses_the_name(refusal):
    """A check can say what the tensor is."""
    assert (
        refusal(expect.tensor, None, name="the bias") == "The bias is None; a tensor is expected."
    )


# evidence


def test_evidence_of_values(refused):
    """A difference is kept: first value, its place, the largest difference, and both tensors."""
    got = A.clone()
    got[0, 2] += 0.25
    mismatch = refused(expect.close, got, A, atol=1e-5, rtol=0, name="the sum")

    assert mismatch.evidence == Evidence(
        "values", "the sum", "3.25", "3", "[0, 2]", off=0.25, allowed=1e-5,
        picture=HeatMap((2, 3), 2, 3, ((0, 0, 4), (0, 0, 0))),
    )  # fmt: skip
    assert torch.equal(mismatch.pair[0], got)
    assert torch.equal(mismatch.pair[1], A)


def test_evidence_is_detached_and_keeps_its_dtype(refused):
    """The pair carries no graph, and is in the dtype that it came in."""
    w = torch.ones(3, dtype=torch.float16, requires_grad=True)
    got, want = refused(expect.close, w * 2, torch.zeros(3, dtype=torch.float16)).pair

    assert (got.dtype, want.dtype) == (torch.float16, torch.float16)
    assert not got.requires_grad


@pytest.mark.parametrize(
    ("got", "asked", "told", "wanted"),
    [
        (2.5, "type", "a float", "a tensor"),
        (A.to_sparse(), "type", "a special tensor", "a plain tensor"),
        (torch.ones(3), "shape", "(3,)", "(2, 3)"),
        (A.double(), "dtype", "torch.float64", "torch.float32"),
        (A.to("meta"), "device", "meta", "cpu"),
    ],
)
def test_evidence_of_the_form(refused, got, asked, told, wanted):
    """What has another form is told with the right one; tensors with values are kept to compare."""
    mismatch = refused(expect.close, got, A)

    assert mismatch.evidence == Evidence(asked, "the result", told, wanted)
    assert (mismatch.pair is not None) is (asked in ("shape", "dtype"))


def test_evidence_of_what_is_not_finite(refused):
    """NaN has a place, and no distance; what is off by infinity has no number either."""
    got = A.clone()
    got[1, 0] = math.nan
    evidence = refused(expect.close, got, A).evidence

    picture = HeatMap((2, 3), 2, 3, ((0, 0, 0), (1, 0, 0)), is_graded=False)
    assert evidence == Evidence("finite", "the result", "NaN", "", "[1, 0]", picture=picture)
    assert refused(expect.close, A, torch.full((2, 3), math.inf)).evidence.off is None


def test_evidence_of_whole_numbers(refused):
    """Whole numbers and truth values are told as they are."""
    got = refused(expect.close, torch.tensor([7, 2]), torch.tensor([7, 3])).evidence
    truth = refused(expect.close, torch.tensor(True), torch.tensor(False)).evidence

    picture = HeatMap((2,), 1, 2, ((0, 1),), is_graded=False)
    assert got == Evidence("values", "the result", "2", "3", "[1]", picture=picture)
    assert truth == Evidence("values", "the result", "True", "False", "")

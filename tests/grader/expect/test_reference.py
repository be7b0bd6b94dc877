"""`same`: the student beside the reference, which is asked twice."""

from collections import OrderedDict

import pytest
import torch
from torch import nn

from grader import expect

A = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
v = torch.tensor([1.0, 0.5, -1.0])


def product(A, v):
    """The reference of most tests here."""
    return A @ v


def test_same_accepts(paired):
    """Another way to the same numbers is right."""
    expect.same(paired(lambda A, v: (A * v).sum(1), product), A, v)


def test_same_refuses(refusal, paired):
    """Another answer is refused as close refuses it."""
    student = paired(lambda A, v: (A * v).sum(0), product)

    assert (
        refusal(expect.same, student, A, v) == "The result has shape (3,); shape (2,) is expected."
    )


def test_same_is_not_fooled_by_zeroed_arguments(refusal, paired):
    """A student who zeroes the arguments gets no easier reference, and spoils nothing."""

    def zeroing(A, v):
        A.zero_(), v.zero_()
        return A @ v

    mine = A.clone()

    assert "off by" in refusal(expect.same, paired(zeroing, product), mine, v)
    assert torch.equal(mine, A)


def test_same_copies_what_containers_hold(refusal, paired):
    """A student who zeroes what a dict holds spoils neither this reference nor the next one's."""
    given = OrderedDict(w=v.clone(), more=(v.clone(),), names={"w"})

    def zeroing(given):
        given["w"].zero_(), given["more"][0].zero_(), given["names"].clear()
        return torch.zeros(3)

    student = paired(zeroing, lambda given: given["w"] + given["more"][0])

    assert "off by" in refusal(expect.same, student, given)
    assert torch.equal(given["w"], v)
    assert torch.equal(given["more"][0], v)
    assert given["names"] == {"w"}


def test_same_hands_on_requires_grad(paired):
    """A copy of an argument asks for gradients when the argument does, and has its grad."""
    w = torch.tensor(2.0, requires_grad=True)
    w.grad = torch.tensor(7.0)
    seen = []

    def look(w):
        seen.append((w.requires_grad, w.is_leaf, float(w.grad), w is not mine))
        return w.detach()

    mine = w
    expect.same(paired(look, look), w)

    assert seen == [(True, True, 7.0, True)] * 3


def test_same_of_containers(refusal, paired):
    """Tuples and lists are compared element by element."""

    def answer(A, v):
        return A @ v, [1.5, 2]

    expect.same(paired(answer, answer), A, v)

    assert (
        refusal(expect.same, paired(lambda A, v: (A @ v, [1.0, 2]), answer), A, v)
        == "Element 0 of element 1 of the result is 1: off by 0.5 (allowed 8e-06)."
    )
    assert (
        refusal(expect.same, paired(lambda A, v: (A @ v,), answer), A, v)
        == "The result has length 1; length 2 is expected."
    )
    assert (
        refusal(expect.same, paired(lambda A, v: A @ v, answer), A, v)
        == "The result is a tensor; a tuple is expected."
    )


def test_same_compares_with_float64(paired, refusal):
    """The values are those of float64: a reference that rounds badly does not make them."""

    def cancelling(x):
        return (x + 1000) - 1000

    expect.same(paired(lambda x: x.clone(), cancelling), torch.tensor([0.1, 0.7]))

    assert "off by up to" in refusal(
        expect.same, paired(lambda x: x * 1.001, cancelling), torch.tensor([0.1, 0.7])
    )


def test_same_allows_what_the_reference_needs(paired):
    """Where a problem amplifies rounding, the reference's own error widens the tolerance."""
    x = torch.tensor([0.5, 0.25, 0.125])

    def shifted(x):
        return (x + 30) - 30

    def more(x):
        return (x + 30.1) - 30.1

    expect.same(paired(more, shifted), x)


@pytest.mark.parametrize(
    "reference",
    [
        lambda x: x @ torch.ones(3, dtype=torch.float32),
        lambda x: x.float() * torch.rand(3),
        lambda x: (x * 1e8).sin(),
    ],
    ids=["mixed dtypes", "random numbers", "amplified rounding"],
)
def test_same_takes_the_reference_as_it_is(paired, reference):
    """A reference to which float64 means something else counts as it answers the student's."""
    x = torch.tensor([1.1, 2.2, 3.3])

    def student(x):
        return kept[0].clone()

    kept = []

    def keeping(x):
        kept.append(reference(x))
        return kept[-1]

    expect.same(paired(student, keeping), x)


def test_same_leaves_random_numbers_alone(paired):
    """The float64 run draws what the first one drew, and none of what comes after."""
    torch.manual_seed(3)
    twice = torch.rand(2), torch.rand(2)
    torch.manual_seed(3)
    drawn = []

    def draws(x):
        drawn.append(torch.rand(2, dtype=torch.float32))
        return drawn[-1].to(x.dtype) + x

    expect.same(paired(lambda x: twice[0] + x, draws), torch.zeros(2))

    assert [each.tolist() for each in drawn] == [twice[0].tolist()] * 2
    assert torch.equal(torch.rand(2), twice[1])


def test_same_leaves_the_default_dtype_alone(paired):
    """What the reference makes is float64 in its second run, and float32 afterwards."""
    seen = []

    def makes(x):
        seen.append(torch.zeros(1).dtype)
        return torch.tensor(0.1) + x

    expect.same(paired(lambda x: x + 0.1, makes), torch.ones(2))

    assert seen == [torch.float32, torch.float64]
    assert torch.get_default_dtype() is torch.float32


def test_same_of_modules(paired, refusal):
    """A module among the arguments is copied with its gradients, and made float64."""
    layer = nn.Linear(3, 2)
    layer.weight.grad = torch.ones(2, 3)
    seen = []

    def reference(layer, x):
        seen.append((layer.weight.dtype, layer.weight.grad is not None, layer is not given))
        return layer(x)

    given = layer
    expect.same(paired(lambda layer, x: x @ layer.weight.T + layer.bias, reference), layer, v)

    assert seen == [(torch.float32, True, True), (torch.float64, True, True)]
    assert layer.weight.dtype is torch.float32
    assert "off by" in refusal(
        expect.same, paired(lambda layer, x: x @ layer.weight.T, reference), layer, v
    )


def test_same_copies_generators(paired):
    """Student and reference draw the same numbers from a generator."""

    def draw(generator):
        return torch.rand(3, generator=generator)

    expect.same(paired(draw, draw), torch.Generator().manual_seed(1))


def test_same_on_meta(paired, refusal):
    """On the meta device the form is all there is, and nothing is asked in float64."""
    asked = []

    def reference(x):
        asked.append(x.dtype)
        return x * 2

    expect.same(paired(lambda x: x + x, reference), torch.ones(3, device="meta"))

    assert asked == [torch.float32]
    assert "has shape ()" in refusal(
        expect.same, paired(lambda x: x.sum(), reference), torch.ones(3, device="meta")
    )


@pytest.mark.parametrize("dtype", [torch.complex64, torch.int64, torch.bool])
def test_same_of_other_dtypes(paired, refusal, dtype):
    """Complex numbers, whole numbers and truth values are compared as what they are."""
    x = torch.tensor([1, 0, 1]).to(dtype)
    expect.same(paired(lambda x: x.clone(), lambda x: x), x)

    assert refusal(expect.same, paired(lambda x: torch.ones(3).int(), lambda x: x), x) == (
        f"The result has dtype torch.int32; {dtype} is expected."
    )
    assert " in 1 of 3 values, first at [1]." in refusal(
        expect.same, paired(lambda x: x + torch.tensor([0, 1, 0]).to(dtype), lambda x: x), x
    )


def test_same_of_nothing(paired):
    """Empty tensors are equal to empty ones, and an argument without elements has no size."""
    expect.same(paired(lambda x: x * 2, lambda x: x + x), torch.empty(0, 3))


def test_same_of_numbers_in_a_half_dtype(paired):
    """A Python number computed from half tensors has their tolerance."""
    x = torch.tensor([1.0, 2.0, 3.0], dtype=torch.bfloat16)

    expect.same(paired(lambda x: x.double().mean().item() * 1.003, lambda x: x.mean().item()), x)


def test_same_takes_terms(paired, refusal):
    """An author who knows how long the sums are says so."""
    student = paired(lambda x: x * (1 + 2e-5), lambda x: x)

    assert "off by up to" in refusal(expect.same, student, v)
    expect.same(student, v, terms=500)

"""Gradients: beside the reference, and beside small changes of the arguments."""

import math
import re

import pytest
import torch

from grader import expect
from grader.errors import CourseError, Evidence

A = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
v = torch.tensor([1.0, 0.5, -1.0])


def product(A, v):
    """The reference of most tests here."""
    return A @ v


def test_gradients_accepts(paired):
    """Gradients that another formula gives are right, and the arguments stay untracked."""
    expect.gradients(paired(lambda A, v: (A * v).sum(1), product), A, v)

    assert not A.requires_grad


def test_gradients_of_a_detached_result(refusal, paired):
    """A result that is not connected is named as that."""
    student = paired(lambda A, v: (A @ v).detach(), product)

    assert (
        refusal(expect.gradients, student, A, v)
        == "The result is not connected to its arguments, so no gradient can reach them. "
        "Compute it with tensor operations, without item(), detach() or torch.tensor()."
    )


def test_gradients_names_the_argument_that_gets_none(refusal, paired):
    """The argument that is cut off is named as the reference names it."""
    student = paired(lambda a, b: a @ b.detach(), product)

    assert refusal(expect.gradients, student, A, v) == "No gradient reaches argument 2 (v)."


def test_gradients_that_differ(refusal, paired):
    """A wrong gradient behind right values is seen."""
    student = paired(lambda A, v: 2 * (A @ v) - (A @ v).detach(), product)

    assert refusal(expect.gradients, student, A, v).startswith(
        "The gradient of argument 1 (A) is off by up to "
    )


def test_gradients_upstream_is_not_one(refusal, paired):
    """A backward pass that ignores what comes from above is refused."""

    class Careless(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return 3 * x

        @staticmethod
        def backward(ctx, above):
            return torch.full_like(above, 3.0)

    student = paired(Careless.apply, lambda x: 3 * x)

    assert "The gradient of argument 1 (x) is off by" in refusal(expect.gradients, student, v)


def test_gradients_looks_at_the_shape_first(refusal, paired):
    """A result of another shape is refused before anything is weighted with it."""
    student = paired(lambda A, v: (A @ v).sum(), product)

    assert (
        refusal(expect.gradients, student, A, v)
        == "The result has shape (); shape (2,) is expected."
    )


def test_gradients_skips_whole_numbers(paired):
    """An argument that cannot have a gradient needs none."""

    def chosen(x, index):
        return x[index]

    expect.gradients(paired(chosen, chosen), v, torch.tensor([2, 0]))


def test_gradients_takes_zero_for_none(paired):
    """Where the reference has no gradient, one of zeros is as right."""
    expect.gradients(paired(lambda x, mask: x + 0 * mask, lambda x, mask: x * 1), v, v)


def test_gradients_refuses_one_too_many(paired, refused):
    """An argument on which the reference does not depend gets no gradient."""
    student = paired(lambda x, scale: x + scale - scale.detach(), lambda x, scale: x * 1)
    mismatch = refused(expect.gradients, student, v, v)

    name = "argument 2 (scale)"
    assert str(mismatch) == f"A gradient reaches {name}, on which the result does not depend."
    assert mismatch.evidence == Evidence(
        "gradient", f"the gradient of {name}", "a gradient", "None", name
    )


def test_gradients_compares_with_float64(paired, refusal):
    """The reference's gradients are those of float64, whatever it rounds in the student's dtype."""
    x = torch.tensor([0.1, 0.7])

    def cancelling(x):
        return ((x + 30) - 30) ** 2

    expect.gradients(paired(lambda x: x * x, cancelling), x)

    assert "The gradient of argument 1 (x) is off" in refusal(
        expect.gradients, paired(lambda x: x**2 * 1.001, cancelling), x
    )


def test_gradients_evidence(paired, refused):
    """A wrong gradient is kept beside the right one; a missing one has nothing to compare."""
    twice = refused(expect.gradients, paired(lambda x: 2 * x - x.detach(), lambda x: x * 1), v)
    cut = refused(expect.gradients, paired(lambda A, v: A @ v.detach(), product), A, v)

    assert (twice.evidence.asked, twice.evidence.where) == ("gradient", "[0]")
    assert torch.equal(twice.pair[0], 2 * twice.pair[1])
    assert cut.evidence == Evidence(
        "gradient",
        "the gradient of argument 2 (v)",
        "None",
        "a gradient",
        "argument 2 (v)",
        picture=cut.evidence.picture,
    )
    assert cut.pair is None


def test_gradients_of_complex_results(paired, refusal):
    """A complex result has gradients by both its parts."""

    def turned(x):
        return torch.polar(torch.ones_like(x), x)

    expect.gradients(paired(lambda x: torch.complex(x.cos(), x.sin()), turned), v)

    assert "is off by" in refusal(
        expect.gradients, paired(lambda x: torch.complex(x.cos(), x.sin().detach()), turned), v
    )


def test_gradients_on_meta(paired):
    """On the meta device a gradient has to arrive, and has no values."""
    expect.gradients(paired(lambda x: x + x, lambda x: x * 2), torch.ones(3, device="meta"))


# derivative


class Forgetful(torch.autograd.Function):
    """A square whose backward pass does not multiply by what comes from above."""

    @staticmethod
    def forward(ctx, x):
        """Square."""
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, above):
        """Forget the chain rule."""
        (x,) = ctx.saved_tensors
        return 2 * x


def test_derivative_accepts():
    """A function whose gradients are its derivative is right, without any reference."""
    expect.derivative(lambda A, v: (A @ v).tanh(), A, v)
    expect.derivative(lambda x, steps: x.cumsum(0) * steps, v, 3)
    expect.derivative(lambda x, index: x[index] ** 3, v, torch.tensor([2, 0]))
    expect.derivative(lambda x: x.sum(), torch.empty(0, 3))
    expect.derivative(lambda w: w**2, torch.tensor(3.0))
    expect.derivative(lambda x: x.softmax(-1), torch.linspace(-2, 2, 700).view(7, 100))

    assert not A.requires_grad


def test_derivative_names_where(refused):
    """A wrong gradient is told with its argument, its place and its size."""

    def student(x):
        return 2 * x**2 - x.detach() ** 2

    mismatch = refused(expect.derivative, student, v)

    assert re.fullmatch(
        r"The gradient of argument 1 is off by up to [0-9.]+ \(allowed [0-9e.-]+\) in 3 of 3 "
        r"values, first at \[0\]: it is not how the result changes when argument 1 is moved.",
        str(mismatch),
    )
    assert mismatch.evidence.where == "[0]"
    assert torch.allclose(mismatch.pair[0], 2 * mismatch.pair[1])


def test_derivative_uses_the_references_names(paired, refusal):
    """An argument is called what the reference calls it, where there is one."""
    assert "argument 1 (x) is off by" in refusal(
        expect.derivative, paired(Forgetful.apply, lambda x: x**2), v
    )


def test_derivative_of_large_arguments(refusal):
    """Of many elements a few random directions show that something is wrong."""
    x = torch.linspace(-1, 1, 1000)

    def one_wrong(x):
        weight = torch.ones_like(x)
        weight[500] = 2
        return x**3 * weight - x.detach() ** 3 * (weight - 1)

    assert re.fullmatch(
        r"The gradient of argument 1 is off by \S+ \(allowed \S+\) along a random direction: "
        r"it is not how the result changes when argument 1 is moved.",
        refusal(expect.derivative, Forgetful.apply, x),
    )
    assert "along a random direction" in refusal(expect.derivative, one_wrong, x + 2)


def test_derivative_calls_are_bounded():
    """However large the arguments, the function is called some tens of times."""
    calls = []

    def counted(x, y):
        calls.append(x.dtype)
        return (x * y).sum(0)

    expect.derivative(counted, torch.randn(4, 6), torch.randn(400, 4, 6))

    assert len(calls) == 3 + 2 * 24 + 2 * 4
    assert set(calls) == {torch.float64}


def test_derivative_of_a_cut_argument(refused):
    """An argument that the result depends on and no gradient reaches is named."""
    mismatch = refused(expect.derivative, lambda x, y: x * y.detach(), v, v)

    assert str(mismatch) == "No gradient reaches argument 2."
    assert mismatch.evidence.asked == "gradient"
    expect.derivative(lambda x, y: x * 2, v, v)


def test_derivative_of_a_cut_result(refusal):
    """A result that is not connected is named as that."""
    assert refusal(expect.derivative, lambda x: x.detach() * 2, v).startswith(
        "The result is not connected to its arguments"
    )


def test_derivative_wants_float64(refusal):
    """A function that rounds to another dtype is told so: its changes are lost in rounding."""
    assert refusal(expect.derivative, lambda x: x.float(), v) == (
        "The result has dtype torch.float32 for float64 arguments; torch.float64 is expected."
    )


def test_derivative_of_random_numbers(refusal):
    """A function that answers otherwise each time has no derivative."""
    assert refusal(expect.derivative, lambda x: x * torch.rand(3), v) == (
        "Two calls with equal arguments give different results, so there is no derivative."
    )


def test_derivative_nan_loses(refusal):
    """NaN in a result and NaN in a gradient are refused."""

    class Lost(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 1

        @staticmethod
        def backward(ctx, above):
            return above * math.nan

    assert refusal(expect.derivative, lambda x: x.sqrt(), v) == (
        "The result holds NaN or infinity in 1 of 3 values, first at [2]."
    )
    assert "off by up to nan" in refusal(expect.derivative, Lost.apply, v)


def test_derivative_on_meta():
    """Nothing can be measured on the meta device, which is the check's fault."""
    with pytest.raises(CourseError, match=r"a tensor on meta has none; use the cpu\.$"):
        expect.derivative(lambda x: x * 2, torch.ones(3, device="meta"))


def test_derivative_across_the_wall(submitted, refusal):
    """The gradient that crosses the wall is held against values that cross it."""
    student = submitted(
        """
        import torch
        def right(x, w): return (x @ w).tanh()
        def cut(x, w): return x @ w.data
        """
    )
    x = torch.randn(3, 2)
    expect.derivative(student.right, x, v[:2])

    assert refusal(expect.derivative, student.cut, x, v[:2]) == "No gradient reaches argument 2."

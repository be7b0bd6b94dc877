"""Expectations: what each accepts, what it refuses, and the sentence it refuses with."""

import math
import subprocess
import sys

import pytest
import torch
from torch import nn

import grader.expect
from grader import expect
from grader.errors import Mismatch


class Submitted:
    """A student's function beside the reference's, as the plugin hands it to a check."""

    def __init__(self, function, reference):
        self.function, self.reference = function, reference

    def __call__(self, *args):
        """Call the student's function."""
        return self.function(*args)


def product(A, v):
    """The reference of most tests here."""
    return A @ v


A = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
v = torch.tensor([1.0, 0.5, -1.0])


def refusal(expectation, *args, **options):
    """Return the sentence with which an expectation refuses."""
    with pytest.raises(Mismatch) as caught:
        expectation(*args, **options)
    return str(caught.value)


# tensor and close


def test_close_accepts_equal():
    """A tensor agrees with itself."""
    expect.close(A.clone(), A)


def test_close_accepts_rounding():
    """What rounding does to a float32 is allowed, also where the value is zero."""
    expect.close(A * (1 + 5e-5), A)
    expect.close(torch.full((3,), 5e-6), torch.zeros(3))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.float16, torch.bfloat16])
def test_close_has_a_tolerance_for_each_dtype(dtype):
    """One rounding is allowed in every dtype, an error of a tenth in none."""
    want = torch.tensor([1.0, 3.0], dtype=dtype)
    expect.close(want + want * torch.finfo(dtype).eps, want)

    assert "off by up to" in refusal(expect.close, want * 1.125, want)


def test_close_accepts_views():
    """A view and a tensor that asks for gradients are tensors as good as any."""
    wide = torch.tensor([[1.0, 9.0], [0.5, 9.0], [-1.0, 9.0]], requires_grad=True)

    expect.close(wide[:, 0], v)


def test_close_names_the_difference():
    """A difference is told in size and place, without the expected value."""
    got = A.clone()
    got[0, 2] += 0.25

    assert (
        refusal(expect.close, got, A, atol=1e-5, rtol=0)
        == "The result is off by up to 0.25 (allowed 1e-05) in 1 of 6 values, first at [0, 2]."
    )


def test_close_of_a_single_number():
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
    ],
)
def test_close_refuses_what_is_no_tensor(got, kind):
    """What is no tensor is named by its type."""
    assert refusal(expect.close, got, A) == f"The result is {kind}; a tensor is expected."


def test_close_refuses_a_subclass():
    """A subclass that says yes to every comparison is no tensor."""

    class Agreeable(torch.Tensor):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            return True

    got = torch.zeros(2, 3).as_subclass(Agreeable)

    assert refusal(expect.close, got, A) == "The result is an Agreeable; a tensor is expected."


def test_close_refuses_a_claimed_class():
    """An object that claims to be a tensor is judged by its type."""

    class Claim:
        @property
        def __class__(self):
            return torch.Tensor

    assert refusal(expect.close, Claim(), A) == "The result is a Claim; a tensor is expected."


@pytest.mark.parametrize("shape", [(3, 2), (6,), (1, 2, 3), (0, 1), (1,), ()])
def test_close_never_broadcasts(shape):
    """Another shape is refused, also one that would broadcast."""
    assert (
        refusal(expect.close, torch.ones(shape), A)
        == f"The result has shape {shape}; shape (2, 3) is expected."
    )


def test_close_refuses_another_dtype():
    """Another dtype is refused, however near the values."""
    assert (
        refusal(expect.close, A.double(), A)
        == "The result has dtype torch.float64; torch.float32 is expected."
    )


def test_close_refuses_another_device():
    """Another device is refused."""
    assert (
        refusal(expect.close, A.to("meta"), A) == "The result is on device meta; cpu is expected."
    )


def test_close_on_meta():
    """On the meta device shape and dtype are all there is."""
    expect.close(torch.empty(2, 3, device="meta"), A.to("meta"))


def test_close_refuses_sparse():
    """A sparse tensor is refused before anything is computed with it."""
    assert (
        refusal(expect.close, A.to_sparse(), A)
        == "The result is a tensor of a special kind; a plain, dense one is expected."
    )


def test_close_nan_always_loses():
    """NaN agrees with nothing, not even with NaN."""
    got = A.clone()
    got[1, 0] = math.nan

    sentence = "The result holds NaN in 1 of 6 values, first at [1, 0]."
    assert refusal(expect.close, got, A) == sentence
    assert refusal(expect.close, got, got) == sentence
    assert refusal(expect.close, got, A, atol=math.inf) == sentence


def test_close_refuses_a_number_where_nan_is_wanted():
    """A reference that is NaN is agreed with by nothing."""
    assert "off by" in refusal(expect.close, torch.tensor(1.0), torch.tensor(math.nan))


def test_close_infinity():
    """Infinity is right where it is wanted, with its sign, and nowhere else."""
    want = torch.tensor([1.0, -math.inf])
    expect.close(want.clone(), want)

    assert "infinity in 1 of 2" in refusal(expect.close, torch.tensor([math.inf, -math.inf]), want)
    assert "infinity in 1 of 2" in refusal(expect.close, torch.tensor([1.0, math.inf]), want)
    assert "off by" in refusal(expect.close, torch.tensor([1.0, -1e30]), want)


def test_close_is_exact_for_whole_numbers():
    """Whole numbers and truth values are equal or they are not."""
    expect.close(torch.tensor([10**9]), torch.tensor([10**9]))
    got, want = torch.tensor([10**9 + 1, 2]), torch.tensor([10**9, 2])

    assert refusal(expect.close, got, want) == "The result is wrong in 1 of 2 values, first at [0]."
    assert (
        refusal(expect.close, torch.tensor([True]), torch.tensor([False]))
        == "The result is wrong in 1 of 1 values, first at [0]."
    )


def test_close_of_complex_numbers():
    """Complex numbers are compared with both their parts."""
    want = torch.tensor([1 + 2j])
    expect.close(want.clone(), want)

    assert "off by up to 1 " in refusal(expect.close, torch.tensor([1 + 3j]), want)


def test_close_of_nothing():
    """An empty tensor agrees with an empty tensor of its shape only."""
    expect.close(torch.empty(0, 3), torch.empty(0, 3))

    assert "has shape (0, 1)" in refusal(expect.close, torch.empty(0, 1), torch.empty(0, 3))


def test_tensor_returns_what_it_got():
    """What passes comes back, known to be a tensor."""
    assert expect.tensor(A, shape=(2, 3), dtype=torch.float32) is A


def test_tensor_uses_the_name():
    """A check can say what the tensor is."""
    assert (
        refusal(expect.tensor, None, name="the bias") == "The bias is None; a tensor is expected."
    )


# number and equal


def test_number_accepts():
    """A float or an int near the right number is right."""
    expect.number(30.001, 30.0)
    expect.number(30, 30.0)
    expect.number(math.inf, math.inf)


def test_number_refuses_a_tensor():
    """A tensor is no number, and how it becomes one is said."""
    assert (
        refusal(expect.number, torch.tensor(30.0), 30.0)
        == "The result is a tensor; a Python number is expected. Use .item()."
    )


def test_number_refuses_a_rigged_float():
    """A float that answers every comparison with yes is no number."""

    class Rigged(float):
        def __eq__(self, other):
            return True

        def __rsub__(self, other):
            return 0.0

        __hash__ = float.__hash__

    assert (
        refusal(expect.number, Rigged(1.0), 30.0)
        == "The result is a Rigged; a Python number is expected."
    )
    assert "is a bool" in refusal(expect.number, True, 1.0)


def test_number_refuses():
    """Another number is told with its distance; NaN and infinity are told as such."""
    assert (
        refusal(expect.number, 2.5, 2.0, rtol=0) == "The result is 2.5: off by 0.5 (allowed 1e-05)."
    )
    assert (
        refusal(expect.number, math.nan, 2.0) == "The result is nan; a finite number is expected."
    )
    assert refusal(expect.number, 10**400, 2.0) == "The result is inf; a finite number is expected."


def test_equal_accepts():
    """A plain value equals itself, and a torch.Size is the tuple it looks like."""
    expect.equal(8, 8)
    expect.equal((2, 3), (2, 3))
    expect.equal(A.shape, (2, 3))
    expect.equal(torch.tensor(1.0).shape, ())
    expect.equal([1, [2, "a"]], [1, [2, "a"]])


@pytest.mark.parametrize(
    ("got", "want", "sentence"),
    [
        ((3, 2), (2, 3), "The result is (3, 2); another value is expected."),
        ([2, 3], (2, 3), "The result is a list; a tuple is expected."),
        (torch.Size([2, 3]), [2, 3], "The result is a Size; a list is expected."),
        (8.0, 8, "The result is a float; an int is expected."),
        (True, 1, "The result is a bool; an int is expected."),
        ((True, 3), (1, 3), "The result is (True, 3); another value is expected."),
        ((2, 3, 1), (2, 3), "The result is (2, 3, 1); another value is expected."),
    ],
)
def test_equal_refuses(got, want, sentence):
    """Another type, length or value is refused, and what was got is told."""
    assert refusal(expect.equal, got, want) == sentence


def test_equal_cuts_long_values():
    """A long answer is not repeated whole, and one that Python does not write is no error."""
    assert len(refusal(expect.equal, "a" * 10**6, "b")) < 200
    assert refusal(expect.equal, 10**5000, 8) == (
        "The result is a number of thousands of digits; another value is expected."
    )


# same


def test_same_accepts():
    """Another way to the same numbers is right."""
    expect.same(Submitted(lambda A, v: (A * v).sum(1), product), A, v)


def test_same_refuses():
    """Another answer is refused as close refuses it."""
    student = Submitted(lambda A, v: (A * v).sum(0), product)

    assert (
        refusal(expect.same, student, A, v) == "The result has shape (3,); shape (2,) is expected."
    )


def test_same_is_not_fooled_by_zeroed_arguments():
    """A student who zeroes the arguments gets no easier reference, and spoils nothing."""

    def zeroing(A, v):
        A.zero_(), v.zero_()
        return A @ v

    mine = A.clone()

    assert "off by" in refusal(expect.same, Submitted(zeroing, product), mine, v)
    assert torch.equal(mine, A)


def test_same_hands_on_requires_grad():
    """A copy of an argument asks for gradients when the argument does, and has its grad."""
    w = torch.tensor(2.0, requires_grad=True)
    w.grad = torch.tensor(7.0)
    seen = []

    def look(w):
        seen.append((w.requires_grad, w.is_leaf, float(w.grad), w is not mine))
        return w.detach()

    mine = w
    expect.same(Submitted(look, look), w)

    assert seen == [(True, True, 7.0, True)] * 2


def test_same_of_containers():
    """Tuples and lists are compared element by element."""

    def answer(A, v):
        return A @ v, [1.5, 2]

    expect.same(Submitted(answer, answer), A, v)

    assert (
        refusal(expect.same, Submitted(lambda A, v: (A @ v, [1.0, 2]), answer), A, v)
        == "Element 0 of element 1 of the result is 1: off by 0.5 (allowed 0.0002)."
    )
    assert (
        refusal(expect.same, Submitted(lambda A, v: (A @ v,), answer), A, v)
        == "The result has length 1; length 2 is expected."
    )
    assert (
        refusal(expect.same, Submitted(lambda A, v: A @ v, answer), A, v)
        == "The result is a tensor; a tuple is expected."
    )


# gradients


def test_gradients_accepts():
    """Gradients that another formula gives are right, and the arguments stay untracked."""
    expect.gradients(Submitted(lambda A, v: (A * v).sum(1), product), A, v)

    assert not A.requires_grad


def test_gradients_of_a_detached_result():
    """A result that is not connected is named as that."""
    student = Submitted(lambda A, v: (A @ v).detach(), product)

    assert (
        refusal(expect.gradients, student, A, v)
        == "The result is not connected to its arguments, so no gradient can reach them. "
        "Compute it with tensor operations, without item(), detach() or torch.tensor()."
    )


def test_gradients_names_the_argument_that_gets_none():
    """The argument that is cut off is named as the reference names it."""
    student = Submitted(lambda a, b: a @ b.detach(), product)

    assert refusal(expect.gradients, student, A, v) == "No gradient reaches argument 2 (v)."


def test_gradients_that_differ():
    """A wrong gradient behind right values is seen."""
    student = Submitted(lambda A, v: 2 * (A @ v) - (A @ v).detach(), product)

    assert refusal(expect.gradients, student, A, v).startswith(
        "The gradient of argument 1 (A) is off by up to "
    )


def test_gradients_upstream_is_not_one():
    """A backward pass that ignores what comes from above is refused."""

    class Careless(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return 3 * x

        @staticmethod
        def backward(ctx, above):
            return torch.full_like(above, 3.0)

    student = Submitted(Careless.apply, lambda x: 3 * x)

    assert "The gradient of argument 1 (x) is off by" in refusal(expect.gradients, student, v)


def test_gradients_looks_at_the_shape_first():
    """A result of another shape is refused before anything is weighted with it."""
    student = Submitted(lambda A, v: (A @ v).sum(), product)

    assert (
        refusal(expect.gradients, student, A, v)
        == "The result has shape (); shape (2,) is expected."
    )


def test_gradients_skips_whole_numbers():
    """An argument that cannot have a gradient needs none."""

    def chosen(x, index):
        return x[index]

    expect.gradients(Submitted(chosen, chosen), v, torch.tensor([2, 0]))


# unchanged and detached


def test_unchanged_accepts():
    """A function that only looks is right."""
    w = torch.tensor(2.0, requires_grad=True)
    w.grad = torch.tensor(7.0)

    expect.unchanged(Submitted(product, product), A.clone(), v)
    expect.unchanged(Submitted(lambda w: w * 2, lambda w: w), w)


def zero(w):
    """Change the values."""
    w.data.zero_()


def track(w):
    """Switch tracking off."""
    w.requires_grad_(False)


def leave(w):
    """Leave a gradient behind."""
    (w * 2).sum().backward()


def lengthen(w):
    """Change the shape."""
    w.data = torch.zeros(2)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (zero, "its values are not what they were"),
        (track, "its requires_grad was True and is False"),
        (leave, "its grad was None and is a tensor"),
        (lengthen, "it was (3,) torch.float32 and is (2,) torch.float32"),
    ],
)
def test_unchanged_refuses(change, told):
    """Whatever a call does to a tensor is named, with the argument."""
    w = v.clone().requires_grad_()

    assert (
        refusal(expect.unchanged, Submitted(change, zero), w)
        == f"The call changes argument 1 (w): {told}. Work on a copy of it."
    )


def test_unchanged_compares_grad():
    """A gradient that is added to, and one that is thrown away, are changes."""
    w = v.clone().requires_grad_()
    w.grad = torch.ones(3)

    assert "its grad is not what it was" in refusal(expect.unchanged, Submitted(leave, zero), w)

    def forget(w):
        w.grad = None

    assert "its grad is gone" in refusal(expect.unchanged, Submitted(forget, zero), w)


def test_unchanged_looks_into_modules():
    """A module's parameters and its mode are looked at."""
    layer = nn.Linear(3, 2)

    def fill(layer):
        nn.init.ones_(layer.bias)

    assert (
        refusal(expect.unchanged, Submitted(fill, fill), layer)
        == "The call changes argument 1 (layer): in bias, its values are not what they were. "
        "Work on a copy of it."
    )
    assert "its training mode was True and is False" in refusal(
        expect.unchanged, Submitted(lambda m: m.eval(), fill), layer
    )


def test_unchanged_looks_into_lists():
    """A list that grows and a list whose tensor changes are changes."""

    def grow(rows):
        rows.append(1)

    def clear(rows):
        rows[0].zero_()

    assert "its length was 1 and is 2" in refusal(expect.unchanged, Submitted(grow, grow), [0])
    assert "its values are not" in refusal(
        expect.unchanged, Submitted(clear, clear), [torch.ones(3)]
    )


def test_unchanged_leaves_out_what_may_change():
    """An argument that the call is meant to change is left out by name."""

    def copy_over(target, source):
        target.copy_(source)

    expect.unchanged(Submitted(copy_over, copy_over), torch.zeros(3), v, but=("target",))

    assert "argument 1 (target)" in refusal(
        expect.unchanged, Submitted(copy_over, copy_over), torch.zeros(3), v, but=("source",)
    )


def test_detached():
    """A tensor that carries a graph is refused; a leaf that asks for gradients is not."""
    w = torch.tensor(2.0, requires_grad=True)
    expect.detached(w)
    expect.detached(w.detach())

    assert (
        refusal(expect.detached, w * 2, name="the new weight")
        == "The new weight still carries the graph it was computed with. "
        "Compute it inside torch.no_grad(), or detach it."
    )


# module, parameters, history, learned


def test_module():
    """A module is judged by its class."""
    layer = nn.Linear(3, 2)

    assert expect.module(layer, nn.Linear) is layer
    assert (
        refusal(expect.module, nn.Sequential(layer), nn.Linear)
        == "The result is a Sequential; an nn.Linear is expected."
    )
    assert (
        refusal(expect.module, A, nn.Linear) == "The result is a tensor; an nn.Linear is expected."
    )


def test_module_refuses_a_claimed_class():
    """An object that claims to be a layer is judged by its type."""

    class Claim:
        @property
        def __class__(self):
            return nn.Linear

    assert (
        refusal(expect.module, Claim(), nn.Linear)
        == "The result is a Claim; an nn.Linear is expected."
    )


def test_parameters():
    """Two models agree when every parameter does, and the first that differs is named."""
    one, other = nn.Linear(3, 2), nn.Linear(3, 2)
    other.load_state_dict(one.state_dict())
    expect.parameters(one, other)
    with torch.no_grad():
        other.bias[1] += 0.5

    assert refusal(expect.parameters, one, other, rtol=0) == (
        "The parameter bias is off by up to 0.5 (allowed 1e-05) in 1 of 2 values, first at [1]."
    )
    assert (
        refusal(expect.parameters, one, nn.Linear(3, 2, bias=False))
        == "The model has the parameters weight, bias; weight are expected."
    )


def test_history():
    """A history is a list of floats, one for each step."""
    expect.history([30.0, 20.835], [30.0, 20.835])

    assert (
        refusal(expect.history, [30.0], [30.0, 20.8])
        == "The history has 1 losses; 2 steps were asked for."
    )
    assert (
        refusal(expect.history, [torch.tensor(30.0)], [30.0])
        == "The loss of step 0 is a tensor; a Python number is expected. Use .item()."
    )
    assert refusal(expect.history, (30.0,), [30.0]) == "The history is a tuple; a list is expected."
    assert refusal(expect.history, [30.0, 19.0], [30.0, 20.0], rtol=0) == (
        "The loss of step 1 is 19: off by 1 (allowed 1e-05)."
    )


def test_learned():
    """The error of a model is measured in shares of the variance of y."""
    X = torch.tensor([[1.0], [2.0], [3.0], [4.0]])
    model = nn.Linear(1, 1)
    nn.init.constant_(model.weight, 2.0)
    nn.init.zeros_(model.bias)
    expect.learned(model, X, 2 * X, share=0.05)
    nn.init.zeros_(model.weight)
    nn.init.constant_(model.bias, 5.0)

    assert (
        refusal(expect.learned, model, X, 2 * X, share=0.05)
        == "The mean squared error is 100 % of the variance of y; at most 5 % is expected."
    )


def test_learned_refuses_a_model_that_diverged():
    """A model that predicts NaN is told that it diverged."""
    model = nn.Linear(1, 1)
    nn.init.constant_(model.weight, math.nan)

    assert (
        refusal(expect.learned, model, torch.ones(3, 1), torch.ones(3, 1), share=0.05)
        == "The model predicts infinity or NaN: its training has diverged. "
        "Lower the learning rate, and clear the gradients in each step."
    )


# the package


def test_exports_are_sorted_and_there():
    """The vocabulary is what __all__ says, in order."""
    assert sorted(grader.expect.__all__) == grader.expect.__all__
    assert all(callable(getattr(expect, name)) for name in grader.expect.__all__)


def test_expectations_are_quick_to_load():
    """No expectation pulls in torch's compiler or sympy, which cost a second of every attempt."""
    code = (
        "import sys, torch; from torch import nn; from grader import expect;"
        "f = type('S', (), {'reference': staticmethod(lambda x, m: x * 2),"
        " '__call__': lambda self, x, m: x + x})();"
        "x, m = torch.ones(3), nn.Linear(3, 2); before = set(sys.modules);"
        "expect.same(f, x, m); expect.gradients(f, x, m); expect.unchanged(f, x, m);"
        "expect.parameters(m, m);"
        "print(sorted({n.partition('.')[0] for n in set(sys.modules) - before}))"
    )
    answer = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True
    )

    assert answer.stdout.strip() == "[]"

"""Tolerance: right variants keep a margin, wrong answers have none, in every dtype."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from grader import expect
from grader.errors import Mismatch
from grader.expect.reference import allowance_for, answers, judged
from grader.expect.tolerance import Allowance, tolerance

DTYPES = [torch.float32, torch.float64, torch.float16, torch.bfloat16]
HALVES = (torch.float16, torch.bfloat16)
ROWS = 9
# What is always refused, as a share of the typical value.
TELLABLE = {
    torch.float64: 1e-9,
    torch.float32: 1e-3,
    torch.float16: 0.02,
    torch.bfloat16: 0.15,
}


def one_by_one(x):
    """Add up the last axis in a loop."""
    total = x[..., 0]
    for column in x.unbind(-1)[1:]:
        total = total + column
    return total


def shuffled(x):
    """Add up the last axis in another order."""
    order = torch.randperm(x.shape[-1], generator=torch.Generator().manual_seed(x.shape[-1]))
    return x[..., order].sum(-1)


def in_parts(x):
    """Add up the last axis in three parts."""
    return sum(part.sum(-1) for part in x.chunk(3, -1))


def backwards(x):
    """Add up the last axis from its end."""
    return x.flip(-1).sum(-1)


def sums(x):
    """List ways to add up; a long loop in a half dtype is no right way."""
    loops = [] if x.dtype in HALVES and x.shape[-1] > 16 else [one_by_one]
    return [shuffled, in_parts, backwards, *loops]


def exponentials(x):
    """Exponentials that cannot overflow."""
    return (x - x.amax(-1, keepdim=True)).exp()


def attention(q, k, v):
    """Scaled dot-product attention, written out."""
    return (q @ k.mT / math.sqrt(q.shape[-1])).softmax(-1) @ v


def attention_by_hand(q, k, v):
    """The same with the scale at q, and the division at the end."""
    weights = exponentials((q * q.shape[-1] ** -0.5) @ k.mT)
    return (weights @ v) / weights.sum(-1, keepdim=True)


def normalized(x):
    """Layer norm by hand."""
    away = x - x.mean(-1, keepdim=True)
    return away / (away.square().mean(-1, keepdim=True) + 1e-5).sqrt()


def labels(x):
    """A class for each row."""
    return torch.arange(x.shape[0]) % x.shape[1]


FORMULAS = {
    "matvec": (
        lambda x, w, y, q: x @ w,
        [lambda x, w, y, q, s=s: sums(x)[s % len(sums(x))](x * w) for s in range(4)]
        + [lambda x, w, y, q: torch.einsum("ij,j->i", x, w)],
    ),
    "sum of one sign": (
        lambda x, w, y, q: x.abs().sum(-1),
        [lambda x, w, y, q, s=s: sums(x)[s % len(sums(x))](x.abs()) for s in range(4)],
    ),
    "matmul": (
        lambda x, w, y, q: x @ y.T,
        [
            lambda x, w, y, q: (y @ x.T).T,
            lambda x, w, y, q: torch.stack([(x * row).sum(-1) for row in y], 1),
            lambda x, w, y, q: x[:, ::2] @ y[:, ::2].T + x[:, 1::2] @ y[:, 1::2].T,
        ],
    ),
    "softmax": (
        lambda x, w, y, q: x.softmax(-1),
        [
            lambda x, w, y, q: exponentials(x) / exponentials(x).sum(-1, keepdim=True),
            lambda x, w, y, q: x.exp() / x.exp().sum(-1, keepdim=True),
            lambda x, w, y, q: (x - x.logsumexp(-1, keepdim=True)).exp(),
        ],
    ),
    "log softmax": (
        lambda x, w, y, q: x.log_softmax(-1),
        [
            lambda x, w, y, q: x - x.logsumexp(-1, keepdim=True),
            lambda x, w, y, q: x - x.exp().sum(-1, keepdim=True).log(),
        ],
    ),
    "layer norm": (
        lambda x, w, y, q: F.layer_norm(x, x.shape[-1:]),
        [
            lambda x, w, y, q: normalized(x),
            lambda x, w, y, q: (x - x.mean(-1, keepdim=True))
            * (x.var(-1, correction=0, keepdim=True) + 1e-5).rsqrt(),
        ],
    ),
    "mean squared error": (
        lambda x, w, y, q: F.mse_loss(x, y),
        [
            lambda x, w, y, q: ((x - y) ** 2).mean(),
            lambda x, w, y, q: (x - y).square().mean(0).mean(),
            lambda x, w, y, q: (x - y).square().sum(1).div(x.shape[1]).mean(),
        ],
    ),
    "cross-entropy": (
        lambda x, w, y, q: F.cross_entropy(x, labels(x)),
        [
            lambda x, w, y, q: -x.log_softmax(-1)[torch.arange(ROWS), labels(x)].mean(),
            lambda x, w, y, q: (x.logsumexp(-1) - x[torch.arange(ROWS), labels(x)]).mean(),
        ],
    ),
    "gelu": (
        lambda x, w, y, q: F.gelu(x),
        [lambda x, w, y, q: x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))],
    ),
    "attention": (
        lambda x, w, y, q: attention(q, x, y),
        [lambda x, w, y, q: attention_by_hand(q, x, y)],
    ),
}  # fmt: skip


def drawn(dtype, terms, seed):
    """Draw the arguments of every formula."""
    generator = torch.Generator().manual_seed(seed)
    shapes = (ROWS, terms), (terms,), (ROWS, terms), (4, terms)
    draws = [torch.randn(shape, generator=generator, dtype=torch.float64) for shape in shapes]
    return [draw.to(dtype) for draw in draws]


def derived(formula):
    """Turn a formula into what gives its gradients, for an upstream gradient that is not one."""

    def gradients(*args):
        tracked = [argument.detach().clone().requires_grad_() for argument in args]
        result = formula(*tracked)
        upstream = 1.5 + torch.rand(result.shape, generator=torch.Generator().manual_seed(20))
        found = torch.autograd.grad(result, tracked, upstream.to(result.dtype), allow_unused=True)
        return tuple(torch.zeros(1) if each is None else each for each in found)

    return gradients


def share_used(got, form, wide, allowance):
    """Say how much of the tolerance an answer takes: 1 is all of it."""
    values, allowed = judged(form, wide, allowance)
    away = (got.double() - values.double()).abs()
    limits = allowed.of(values.double(), form.dtype)
    return float((away / limits).max())


def overdrawn(name, dtype, lengths, share=0.25, of=lambda formula: formula):
    """Find the variants that take more than a share of the tolerance, by length and number."""
    formula, variants = (of(FORMULAS[name][0]), [of(each) for each in FORMULAS[name][1]])
    used = {}
    for terms in lengths:
        args = drawn(dtype, terms, seed=terms)
        allowance = allowance_for(args, None, None, None)
        form, wide = answers(formula, args)
        forms, wides = (each if isinstance(each, tuple) else (each,) for each in (form, wide))
        for number, variant in enumerate([formula, *variants]):
            found = variant(*args)
            found = found if isinstance(found, tuple) else (found,)
            used[terms, number] = max(
                share_used(*each, allowance) for each in zip(found, forms, wides, strict=True)
            )
    return {case: taken for case, taken in used.items() if not taken <= share}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", FORMULAS)
def test_right_variants_have_a_margin(name, dtype):
    """Another order of a sum, or another formula, takes at most a fourth of the tolerance."""
    assert overdrawn(name, dtype, (3, 7, 33, 1000)) == {}


@pytest.mark.parametrize("name", FORMULAS)
def test_right_gradients_have_a_margin(name):
    """So do the gradients of right variants, in the dtypes in which gradients are compared."""
    for dtype in (torch.float32, torch.float64):
        assert overdrawn(name, dtype, (3, 7, 33, 1000), of=derived) == {}


def test_threads_have_a_margin():
    """More threads add up in another order, within the margin."""
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        for name in FORMULAS:
            assert overdrawn(name, torch.float32, (1000,)) == {}
    finally:
        torch.set_num_threads(before)


@given(
    dtype=st.sampled_from(DTYPES),
    terms=st.integers(1, 1 << 20),
    scale=st.floats(0.5, 4.0),
    seed=st.integers(0, 1000),
)
@settings(deadline=None, max_examples=200)
def test_wrong_answers_have_none(dtype, terms, scale, seed):
    """An answer of size one that is off by a small share of a typical value is refused."""
    generator = torch.Generator().manual_seed(seed)
    want = (scale * torch.randn(50, generator=generator, dtype=torch.float64)).to(dtype)
    typical = want.double().square().mean().sqrt()
    place = int((want.double().abs() - typical).abs().argmin())
    got = want.double().clone()
    got[place] += TELLABLE[dtype] * typical
    got = got.to(dtype)

    with pytest.raises(Mismatch, match="off by up to"):
        expect.close(got, want, terms=terms)


def test_tolerance_grows_with_the_root_of_the_terms():
    """Four times as many terms double it, up to a length from which torch adds up in blocks."""
    unit = 2.0**-24

    assert tolerance(torch.float32, 1) == (16 + 16) * unit
    assert tolerance(torch.float32, 100) == (16 + 160) * unit
    assert tolerance(torch.float32, 10**9) == tolerance(torch.float32, 1 << 16)
    assert tolerance(torch.complex64, 100) == tolerance(torch.float32, 100)


def test_halves_are_summed_in_float32():
    """The length of a sum hardly matters to a half dtype."""
    assert tolerance(torch.bfloat16, 1000) < 1.01 * tolerance(torch.bfloat16, 1)


def test_allowed_follows_the_formula():
    """A value may be off by a share of itself, of the typical value and of the arguments' size."""
    want = torch.tensor([3.0, 4.0, math.inf], dtype=torch.float64)
    share, typical = tolerance(torch.float32, 7), math.sqrt(12.5)
    allowed = Allowance(terms=7, size=0.5).of(want, torch.float32)

    wanted = [share * (size + typical + 0.5 / 8) for size in (3.0, 4.0, 0.0)]
    assert allowed.tolist() == pytest.approx(wanted)


def test_numbers_of_the_author_replace_it():
    """Of the two only those that are given count."""
    want = torch.tensor([2.0], dtype=torch.float64)

    assert Allowance(rtol=0.1).of(want, torch.float32).tolist() == [0.2]
    assert Allowance(atol=0.1).of(want, torch.float32).tolist() == [0.1]
    assert Allowance(0.5, 0.1).of(want, torch.float32).tolist() == [1.1]
    assert Allowance(0, 0).of(want, torch.float32).tolist() == [0.0]


def test_nothing_is_allowed_of_nothing():
    """An empty tensor has an empty allowance."""
    assert Allowance().of(torch.empty(0, 3, dtype=torch.float64), torch.float32).shape == (0, 3)


_ODD = st.sampled_from([0.0, math.nan, math.inf, -math.inf, 1e300])
_VALUES = st.one_of(st.floats(-4, 4), _ODD)


@given(
    st.lists(st.tuples(_VALUES, _VALUES, st.floats(0, 1e-5)), max_size=4),
    st.sampled_from([None, 0.0, 1e-3]),
    st.sampled_from([None, 0.0, 1e-3]),
)
def test_what_is_covered_at_once_is_allowed(values, rtol, atol):
    """What the quick look accepts is within what the formula allows for each value."""
    want = torch.tensor([want for want, _, _ in values], dtype=torch.float64)
    got = torch.tensor([w + off if off else g for w, g, off in values], dtype=torch.float64)
    allowance = Allowance(rtol, atol)

    if allowance.covers(got, want, torch.float32):
        assert bool(((got - want).abs() <= allowance.of(want, torch.float32)).all())


def test_a_right_answer_is_covered_at_once():
    """Rounding of float32 is within what the quick look accepts."""
    want = torch.linspace(-2, 2, 7, dtype=torch.float64)

    assert Allowance().covers(want.float().double(), want, torch.float32)
    assert not Allowance().covers(want + 1e-3, want, torch.float32)

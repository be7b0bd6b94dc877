"""The reference, asked twice: as the student is asked, and in float64.

What it answers to the very arguments says what form an answer has: type, shape, dtype, device. What
it answers to float64 copies says what the values are, nearly free of rounding, so the tolerance
need not cover the reference's own. The difference of the two shows how much the problem amplifies
rounding: where the reference itself needs more than the formula allows, so may others.

There are references for which float64 means something else: one that mixes dtypes, draws random
numbers or rounds. Where its two answers are further apart than any rounding, its first one counts.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import torch

from grader.expect.arguments import Submitted, exact, fresh, right, tensors
from grader.expect.tolerance import TERMS, Allowance, tolerance
from grader.expect.values import agree, agree_number, equal
from grader.expect.wording import RESULT, a, kind, mismatch, sentence

# Other right answers may be off by this many times what the reference itself is off by.
_TIMES = 8.0


def same(
    function: Submitted,
    *args: object,
    rtol: float | None = None,
    atol: float | None = None,
    terms: int | None = None,
) -> None:
    """Expect the student's function to answer as the reference does on the same arguments.

    Both get equal copies, the reference first. Tensors and floats are compared with what the
    reference answers in float64, other plain values by `equal`, tuples and lists element by
    element.

    Args:
        function: the student's function.
        args: its arguments; they are left as they are.
        rtol: relative tolerance for tensors and floats, as of `close`.
        atol: absolute tolerance, likewise.
        terms: how many numbers are added up for one of the answer; by default the largest
            dimension among the arguments.

    Raises:
        Mismatch: the answers differ.
    """
    form, wide = answers(right(function), args)
    got = function(*[fresh(argument) for argument in args])
    _Judge(allowance_for(args, rtol, atol, terms), coarsest(args)).agree(got, form, wide, RESULT)


def answers(function: Callable[..., object], args: Sequence[object]) -> tuple[object, object]:
    """Ask the reference for its answer, and for the one in float64.

    Args:
        function: the reference's.
        args: left as they are. Random numbers are drawn alike in both calls.

    Returns:
        its answer to copies of the arguments, and that to float64 copies on the CPU; the second is
        None where the reference refuses those, or where there are no values.
    """
    before = torch.random.get_rng_state()
    form = function(*[fresh(argument) for argument in args])
    if not _holds_numbers(form) or any(t.is_meta for t in (*tensors(list(args)), *tensors(form))):
        return form, None
    after = torch.random.get_rng_state()
    torch.random.set_rng_state(before)
    try:
        with _float64():
            return form, function(*[exact(argument) for argument in args])
    except (RuntimeError, TypeError, ValueError):
        # It mixes dtypes or devices, or wants the ones that it was given.
        return form, None
    finally:
        torch.random.set_rng_state(after)


def allowance_for(
    args: Sequence[object], rtol: float | None, atol: float | None, terms: int | None
) -> Allowance:
    """Say what is allowed for an answer to these arguments."""
    given = list(tensors(list(args)))
    if terms is None:
        terms = max((max(t.shape, default=1) for t in given), default=TERMS)
    sizes = [
        float(torch.linalg.vector_norm(t.detach(), dtype=widest(t))) / math.sqrt(t.numel())
        for t in given
        if (t.is_floating_point() or t.is_complex()) and t.numel() and not t.is_meta
    ]
    # Arguments that are all 0 say nothing about the size of what cancels.
    return Allowance(rtol, atol, terms, min(1.0, max(sizes, default=0.0) or 1.0))


def widest(tensor: torch.Tensor) -> torch.dtype:
    """Name the widest dtype of a tensor's kind, in which values are compared."""
    return torch.complex128 if tensor.is_complex() else torch.float64


def coarsest(args: Sequence[object]) -> torch.dtype:
    """Find the dtype in which a Python number was computed: at best float32, as nobody says."""
    found = [t.dtype for t in tensors(list(args)) if t.is_floating_point()]
    return max([torch.float32, *found], key=lambda dtype: torch.finfo(dtype).eps)


def judged(
    form: torch.Tensor, wide: object, allowance: Allowance, dtype: torch.dtype | None = None
) -> tuple[torch.Tensor, Allowance]:
    """Choose the right values from the reference's two answers, and what is allowed.

    Args:
        form: its answer to the arguments.
        wide: its answer to float64 arguments, or anything else where there is none.
        allowance: what the formula allows.
        dtype: in which the answer is computed; by default that of `form`.

    Returns:
        float64 or complex128 where `wide` counts, and `form` itself otherwise.
    """
    dtype = dtype or form.dtype
    if (
        not isinstance(wide, torch.Tensor)
        or not (form.is_floating_point() or form.is_complex())
        or (wide.shape, wide.is_complex()) != (form.shape, form.is_complex())
        or form.is_meta
    ):
        return form, allowance
    exactly, own = wide.detach().to("cpu", widest(form)), form.detach().to("cpu", widest(form))
    if allowance.covers(own, exactly, dtype, _TIMES):
        return exactly, allowance
    off = torch.where(own == exactly, 0.0, (own - exactly).abs())
    # Written so that NaN is far away.
    is_right = off * _TIMES <= allowance.of(exactly, dtype)
    if is_right.all():
        return exactly, allowance
    if allowance.rtol is not None or allowance.atol is not None:
        return form, allowance
    most = max(1.0, tolerance(dtype) / tolerance(dtype, allowance.terms))
    needed = float((_TIMES * off / allowance.of(exactly, dtype)).nan_to_num(nan=torch.inf).max())
    widened = replace(allowance, widened=min(needed, most))
    return (exactly if needed <= most else form), widened


@dataclass(frozen=True)
class _Judge:
    """Compares a result with the reference's, whatever kind of value that is.

    `dtype` is what Python numbers were computed in.
    """

    allowance: Allowance
    dtype: torch.dtype

    def agree(self, got: object, want: object, wide: object, name: str) -> None:
        """Expect `want`, whose values `wide` knows better."""
        if isinstance(want, torch.Tensor):
            values, allowed = judged(want, wide, self.allowance)
            agree(got, want, allowed, right=values, name=name)
        elif isinstance(want, float):
            exactly = torch.tensor(wide, dtype=torch.float64) if type(wide) is float else None
            form = torch.tensor(want, dtype=torch.float64)
            number, allowed = judged(form, exactly, self.allowance, self.dtype)
            agree_number(got, float(number), allowed, self.dtype, name=name)
        elif isinstance(want, tuple | list):
            self._agree_in(got, want, wide, name)
        else:
            equal(got, want, name=name)

    def _agree_in(
        self, got: object, want: tuple[object, ...] | list[object], wide: object, name: str
    ) -> None:
        subject, wanted = sentence(name), a(type(want).__name__)
        container = tuple if type(got) is torch.Size else type(got)
        if not isinstance(got, tuple | list) or container is not type(want):
            text = f"{subject} is {kind(got, name)}; {wanted} is expected."
            raise mismatch(text, "type", name, got=kind(got, name), wanted=wanted)
        if len(got) != len(want):
            text = f"{subject} has length {len(got)}; length {len(want)} is expected."
            raise mismatch(text, "shape", name, got=str(len(got)), wanted=str(len(want)))
        others: Sequence[object] = [None] * len(want)
        if isinstance(wide, tuple | list) and len(wide) == len(want):
            others = wide
        for index, (mine, ours, finer) in enumerate(zip(got, want, others, strict=True)):
            self.agree(mine, ours, finer, f"element {index} of {name}")


def _holds_numbers(value: object) -> bool:
    """Tell whether a result has values that rounding changes."""
    if isinstance(value, torch.Tensor):
        return value.is_floating_point() or value.is_complex()
    if isinstance(value, tuple | list):
        return any(map(_holds_numbers, value))
    return isinstance(value, float)


@contextmanager
def _float64() -> Iterator[None]:
    """Let the tensors that a function makes be float64 as well."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.set_default_dtype(before)

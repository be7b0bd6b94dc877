"""Expectations on gradients: that they reach every argument, and are the right ones.

The gradient that arrives from above is never one: a backward pass that ignores it, as a chain rule
forgotten does, is right for a plain sum and wrong here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from grader.errors import Chain, CourseError, Flow, Mismatch
from grader.expect.arguments import (
    Submitted,
    argument_name,
    exact,
    fresh,
    place_of,
    right,
    tensors,
)
from grader.expect.excerpts import around
from grader.expect.pictures import chain, flow, heat
from grader.expect.reference import allowance_for, answers, judged
from grader.expect.values import agree, tensor
from grader.expect.watching import watch
from grader.expect.wording import RESULT, at, first, mismatch, sentence, where
from grader.records import Outcome
from grader.sandbox.raised import StudentError

# Any fixed number: the same result gets the same upstream gradient on every machine and in every
# attempt, so that a failure can be repeated.
UPSTREAM_SEED = 20
# Up to so many elements of an argument each one is moved; beyond, all of them at once, along so
# many random directions. Each costs two calls.
_MOST_ELEMENTS = 24
_DIRECTIONS = 4
# Steps of the cube root of float64's rounding unit make the two errors of a central difference,
# that of the formula and that of rounding, about equal: 1e-10 of the size of f and its derivatives.
# A hundred thousand times that leaves room for functions that bend sharply.
_STEP = 6e-6
_DERIVED = 1e-5
_ROUNDED = 1e-8


def gradients(
    function: Submitted,
    *args: object,
    rtol: float | None = None,
    atol: float | None = None,
    terms: int | None = None,
) -> None:
    """Expect gradients that reach every floating argument and agree with the reference's.

    They are compared with what the reference's are in float64.

    Args:
        function: the student's function; it returns one tensor.
        args: its arguments; every floating tensor among them is tracked on a copy.
        rtol: relative tolerance, as of `close`.
        atol: absolute tolerance, likewise.
        terms: how many numbers are added up for one of a gradient; by default the largest
            dimension among the arguments.

    Raises:
        Mismatch: the result is not connected, no gradient reaches an argument, one reaches an
            argument that has none with the reference, or it differs.
    """
    theirs = [_tracked(argument) for argument in args]
    upstream: list[torch.Tensor] = []
    reference = right(function)
    forms: list[torch.Tensor] = []

    def derived(*ours: object) -> tuple[torch.Tensor | None, ...]:
        tracked = [_tracked(each) for each in ours]
        result = tensor(reference(*tracked))
        if not upstream:
            forms.append(result)
            upstream.append(_upstream(result))
        return tuple(_derived(result, upstream[0], tracked).values())

    wanted, wide = answers(derived, args)
    answer = tensor(function(*theirs), shape=tuple(forms[0].shape), dtype=forms[0].dtype)
    connected_to_arguments(answer, function, args)
    got = _derived(answer, upstream[0], theirs)
    assert isinstance(wanted, tuple)
    names = {position: argument_name(function, position) for position in got}
    exactly = wide if isinstance(wide, tuple) else (None,) * len(wanted)
    allowance = allowance_for(args, rtol, atol, terms)
    for position, form, finer in zip(got, wanted, exactly, strict=True):
        name, found = names[position], got[position]
        if form is None:
            _nothing_reaches(found, name)
        elif found is None:
            reached = {names[each]: gradient for each, gradient in got.items()}
            right_ones = dict(zip(names.values(), wanted, strict=True))
            picture = flow("gradient", reached, right_ones) if len(names) > 1 else None
            raise _missing(name, picture)
        else:
            values, allowed = judged(form, finer, allowance)
            subject = f"the gradient of {name}"
            agree(found, form, allowed, right=values, name=subject, asked="gradient")


def derivative(function: Callable[..., object], *args: object) -> None:
    """Expect gradients that are the derivative of the function's own values. Asks no reference.

    Each argument is moved a little, and the result has to change as the gradient says (central
    differences). A gradient that is right for wrong values passes, and a function that has a kink
    within a hundred-thousandth of the arguments is measured wrongly.

    Args:
        function: the student's function, or what calls it; it returns one tensor. It is called with
            float64 copies some tens of times.
        args: its arguments; of each floating tensor among them the gradient is measured.

    Raises:
        Mismatch: the result is no float64 tensor, not connected, or differs from call to call; no
            gradient reaches an argument that the result depends on, or it differs.
    """
    if any(each.is_meta for each in tensors(list(args))):
        raise CourseError("derivative() moves values, and a tensor on meta has none; use the cpu.")
    tracked = [_tracked(exact(argument)) for argument in args]
    result = tensor(function(*tracked))
    if result.dtype != torch.float64:
        text = (
            f"The result has dtype {result.dtype} for float64 arguments; torch.float64 is expected."
        )
        raise mismatch(text, "dtype", got=str(result.dtype), wanted="torch.float64")
    connected_to_arguments(result, function, [exact(each) for each in args])
    if not result.isfinite().all():
        lost = ~result.isfinite()
        text = f"The result holds NaN or infinity{where(lost)}."
        raise mismatch(text, "finite", got="NaN or infinity", where=first(lost))
    upstream = _upstream(result)
    found = _derived(result, upstream, tracked)

    def weigh(args: Sequence[object]) -> float:
        with torch.no_grad():
            again = tensor(function(*args), shape=tuple(result.shape), dtype=torch.float64)
        return float((_real(again) * upstream).sum())

    terms = _real(result.detach()) * upstream
    measured = _Measured(weigh, [exact(each) for each in args], float(terms.abs().sum()))
    # Twice: a function that draws random numbers may give the first of them back by chance.
    for _ in range(2):
        again = weigh([exact(each) for each in args])
        if not abs(again - float(terms.sum())) <= _ROUNDED * measured.size:
            text = (
                "Two calls with equal arguments give different results, so there is no derivative."
            )
            raise mismatch(text, "invariance", got="different results", wanted="equal results")
    for position, gradient in found.items():
        measured.hold(position, gradient, place_of(function, position))


def connected_to_arguments(
    answer: torch.Tensor, function: Callable[..., object], args: Sequence[object]
) -> None:
    """Expect a result that a gradient can flow back from.

    Args:
        answer: the result.
        function: what gave it; it is called once more to see where the graph is cut.
        args: with copies of these.

    Raises:
        Mismatch: it has no graph.
    """
    if not answer.requires_grad:
        raise mismatch(
            "The result is not connected to its arguments, so no gradient can reach them. "
            "Compute it with tensor operations, without item(), detach() or torch.tensor().",
            "graph",
            got="no graph",
            wanted="a graph",
            picture=_cut(function, args),
        )


def _cut(function: Callable[..., object], args: Sequence[object]) -> Chain | None:
    """Look where the graph is cut on the way to a result that has none."""
    try:
        _, seen = watch(function, [_tracked(argument) for argument in args])
    except StudentError as error:
        # It answered a moment ago: what it raises now is not what the check is about.
        if error.outcome is not Outcome.RAISED:
            raise
        return None
    floating = [
        place_of(function, position)
        for position, each in enumerate(args)
        if isinstance(each, torch.Tensor) and each.is_floating_point()
    ]
    return chain(seen, floating)


@dataclass(frozen=True)
class _Measured:
    """The result of a function as one number, at the arguments and around them.

    `weigh` gives the number for arguments; `size` is that of its terms.
    """

    weigh: Callable[[Sequence[object]], float]
    args: Sequence[object]
    size: float

    def hold(self, position: int, gradient: torch.Tensor | None, name: str) -> None:
        """Hold the gradient of one argument against how the result changes when it is moved."""
        point = self.args[position]
        assert isinstance(point, torch.Tensor)
        if not point.numel():
            return
        is_small = point.numel() <= _MOST_ELEMENTS
        directions = _directions(point.numel(), is_small)
        want = torch.tensor([self._slope(position, each) for each in directions]).double()
        flat = torch.zeros_like(point) if gradient is None else gradient
        got = directions @ flat.detach().flatten()
        typical = want[want.isfinite()].square().mean().sqrt().nan_to_num()
        allowed = _DERIVED * (want.abs() + typical) + _ROUNDED * self.size
        # Written so that NaN loses.
        wrong = ~((got - want).abs() <= allowed)
        if not wrong.any():
            return
        if gradient is None:
            raise _missing(name)
        if is_small:
            got, want, wrong, allowed = (
                each.view(point.shape) for each in (got, want, wrong, allowed)
            )
        along = "" if is_small else " along a random direction"
        raise _off(name, along, got=got, want=want, wrong=wrong, allowed=allowed)

    def _slope(self, position: int, direction: torch.Tensor) -> float:
        """Measure the central difference along a direction."""
        point = self.args[position]
        assert isinstance(point, torch.Tensor)
        step = _STEP * max(1.0, float(point.detach().abs().max()))
        ends = []
        for distance in (step, -step):
            moved = [exact(each) for each in self.args]
            moved[position] = point.detach() + distance * direction.view(point.shape)
            ends.append(self.weigh(moved))
        return (ends[0] - ends[1]) / (2 * step)


def _directions(size: int, is_small: bool) -> torch.Tensor:
    """Give the directions in which an argument of this size is moved, a row for each."""
    if is_small:
        return torch.eye(size, dtype=torch.float64)
    generator = torch.Generator().manual_seed(UPSTREAM_SEED + 1)
    return torch.randn((_DIRECTIONS, size), generator=generator, dtype=torch.float64)


def _off(
    name: str,
    along: str,
    *,
    got: torch.Tensor,
    want: torch.Tensor,
    wrong: torch.Tensor,
    allowed: torch.Tensor,
) -> Mismatch:
    """Say by how much a gradient is off, by element or along directions."""
    subject, difference = f"the gradient of {name}", (got - want).abs()
    worst = int(torch.where(wrong, difference.nan_to_num(nan=torch.inf), -1.0).argmax())
    off, limit = float(difference.flatten()[worst]), float(allowed.flatten()[worst])
    up_to = "up to " if want.dim() and not along else ""
    return mismatch(
        f"{sentence(subject)} is off by {up_to}{off:.2g} (allowed {limit:.1g})"
        f"{along or where(wrong)}: it is not how the result changes when {name} is moved.",
        "gradient",
        subject,
        got=at(got, wrong),
        wanted=at(want, wrong),
        where="" if along else first(wrong),
        off=off,
        allowed=limit,
        pair=(got, want),
        picture=None if along else heat(wrong, difference),
        around=None if along else around(got, want, wrong),
    )


def _missing(name: str, picture: Flow | None = None) -> Mismatch:
    return mismatch(
        f"No gradient reaches {name}.",
        "gradient",
        f"the gradient of {name}",
        got="None",
        wanted="a gradient",
        where=name,
        picture=picture,
    )


def _nothing_reaches(found: torch.Tensor | None, name: str) -> None:
    """Expect no gradient, or one that is zero: another formula may multiply by nothing."""
    if found is not None and not found.is_meta and found.ne(0).any():
        raise mismatch(
            f"A gradient reaches {name}, on which {RESULT} does not depend.",
            "gradient",
            f"the gradient of {name}",
            got="a gradient",
            wanted="None",
            where=name,
        )


def _tracked(argument: object) -> object:
    """Copy an argument; a floating tensor is tracked."""
    twin = fresh(argument)
    if isinstance(twin, torch.Tensor) and twin.is_floating_point():
        twin.grad = None
        twin.requires_grad_()
    return twin


def _upstream(result: torch.Tensor) -> torch.Tensor:
    """Draw what arrives from above, for the real numbers of a result."""
    generator = torch.Generator().manual_seed(UPSTREAM_SEED)
    real = _real(result)
    # Between 1.5 and 2.5: never one, never so small that a wrong gradient hides in the tolerance.
    upstream = 1.5 + torch.rand(real.shape, generator=generator, dtype=torch.float32)
    return upstream.to(real.device, real.dtype)


def _real(result: torch.Tensor) -> torch.Tensor:
    return torch.view_as_real(result) if result.is_complex() else result


def _derived(
    result: torch.Tensor, upstream: torch.Tensor, args: Sequence[object]
) -> dict[int, torch.Tensor | None]:
    """Differentiate the result, weighted by the upstream gradient, by each tracked argument."""
    tracked = {
        position: argument
        for position, argument in enumerate(args)
        if isinstance(argument, torch.Tensor) and argument.requires_grad
    }
    real = _real(result)
    weighted = (real * upstream.to(real.device, real.dtype)).sum()
    found = torch.autograd.grad(weighted, list(tracked.values()), allow_unused=True)
    return dict(zip(tracked, found, strict=True))

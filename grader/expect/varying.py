"""The same call again with one argument changed, and what has become of its result.

This is what the expectations in `invariance` are made of: changes whose effect is known beforehand,
and comparisons that know the difference between rounding and influence.
"""

from collections.abc import Callable, Sequence

import torch

from grader.errors import CourseError
from grader.expect.tolerance import tolerance
from grader.expect.values import tensor
from grader.expect.watching import copies
from grader.expect.wording import RESULT, first, mismatch

# Any fixed number: the same check changes its arguments alike on every machine.
_SEED = 22

Function = Callable[..., object]


# Calling


def steady(function: Function, args: Sequence[object]) -> torch.Tensor:
    """Call twice with copies; the result, if it is the same."""
    one = _result(function(*copies(args)))
    two = again(function, args, one)
    if differs(two, one).any():
        raise mismatch(
            "Two calls with the same arguments give different results. "
            "Is dropout still on, or a layer made anew in each call?",
            "invariance",
            RESULT,
            got="another result in each call",
            wanted="the same result",
            where=first(differs(two, one)),
        )
    if one.isnan().any():
        text = f"The result holds NaN, first at {first(one.isnan())}."
        raise mismatch(text, "finite", got="NaN", wanted="numbers", where=first(one.isnan()))
    return one


def again(function: Function, args: Sequence[object], before: torch.Tensor) -> torch.Tensor:
    """Call with copies of these arguments; a result of the same form as before."""
    after = _result(function(*copies(args)))
    return tensor(after, shape=tuple(before.shape), dtype=before.dtype, device=before.device)


def _result(got: object) -> torch.Tensor:
    if type(got) in (int, float):
        return torch.tensor(got, dtype=torch.float64)
    return tensor(got).detach()


# Comparing


def differs(after: torch.Tensor, before: torch.Tensor) -> torch.Tensor:
    """Mark what is not the same to the last bit; NaN is the same as NaN."""
    return (after != before) & ~(after.isnan() & before.isnan())


def is_off(after: torch.Tensor, before: torch.Tensor, slack: float = 0.0) -> torch.Tensor:
    """Mark what differs by more than rounding; `slack` is the size of what has been added."""
    if not before.is_floating_point():
        return differs(after, before)
    typical = float(before[before.isfinite()].abs().mean()) if before.numel() else 0.0
    share = tolerance(before.dtype) * (1 + slack)
    near = (after - before).abs() <= share * (before.abs() + typical)
    return ~(near | (after == before))


def marked(result: torch.Tensor, dim: int, places: Sequence[int]) -> torch.Tensor:
    """Mark these places along a dimension."""
    marks = torch.zeros(result.shape, dtype=torch.bool, device=result.device)
    return marks.index_fill(dim, torch.tensor(list(places), dtype=torch.int64), True)


def spread(where: torch.Tensor, result: torch.Tensor) -> torch.Tensor:
    """Repeat marks of the first dimensions over the others."""
    shape = (*where.shape, *[1] * (result.dim() - where.dim()))
    return where.reshape(shape).expand(result.shape).to(result.device)


# Changing an argument


def given_at(args: Sequence[object], argument: int) -> torch.Tensor:
    """Find the tensor that is to be changed."""
    if argument < len(args) and isinstance(given := args[argument], torch.Tensor):
        return given
    what = type(args[argument]).__name__ if argument < len(args) else "missing"
    raise CourseError(
        f"a check changes argument {argument + 1}, counted from one, which is {what}; "
        "`argument` is the position of a tensor, counted from zero."
    )


def counted(values: torch.Tensor, dim: int) -> int:
    """Count a dimension from the front."""
    return dim + values.dim() if dim < 0 else dim


def size(args: Sequence[object], argument: int, dim: int) -> int:
    """Count the positions of an argument along a dimension; there must be two."""
    given = given_at(args, argument)
    at = counted(given, dim)
    size = given.shape[at] if 0 <= at < given.dim() else 0
    if size < 2:
        raise CourseError(
            f"a check changes argument {argument + 1} along dimension {dim}, and its shape is "
            f"{tuple(given.shape)}; give at least two positions there."
        )
    return size


def has_positions(result: torch.Tensor, dim: int, count: int) -> None:
    """Expect as many positions in the result as in the argument."""
    if not 0 <= dim < result.dim() or result.shape[dim] != count:
        raise mismatch(
            f"The result has shape {tuple(result.shape)}; {count} along dimension {dim} are "
            "expected.",
            "shape",
            got=str(tuple(result.shape)),
            wanted=f"{count} along dimension {dim}",
        )


def other(values: torch.Tensor) -> torch.Tensor:
    """Make other values of the same kind: numbers are moved, whole ones exchanged."""
    if values.dtype == torch.bool:
        return ~values
    if not values.is_floating_point():
        # Only ones that are there already: others may be no tokens.
        known = values.unique()  # type: ignore[no-untyped-call]
        if len(known) < 2:
            raise CourseError("a check changes whole numbers that are all the same; vary them.")
        after: torch.Tensor = known[(torch.searchsorted(known, values) + 1) % len(known)]
        return after
    generator = torch.Generator().manual_seed(_SEED)
    noise = 1.0 + torch.rand(values.shape, generator=generator, dtype=torch.float64)
    return values.detach() + noise.to(values.device, values.dtype)


def changed(args: Sequence[object], argument: int, dim: int, places: Sequence[int]) -> list[object]:
    """Change an argument at these places along a dimension."""
    given = given_at(args, argument)
    where = marked(given, counted(given, dim), places)
    return written(args, argument, other(given), where)


def written(
    args: Sequence[object], argument: int, values: torch.Tensor, where: torch.Tensor
) -> list[object]:
    """Write other values into an argument where it is marked."""
    given = given_at(args, argument).detach()
    return replaced(args, argument, torch.where(spread(where, given), values, given))


def replaced(args: Sequence[object], argument: int, values: torch.Tensor) -> list[object]:
    """Put other values in an argument's place."""
    given = given_at(args, argument)
    values = values.detach().requires_grad_(given.requires_grad)
    return [*args[:argument], values, *args[argument + 1 :]]


def shuffled(args: Sequence[object], argument: int, dim: int) -> tuple[torch.Tensor, list[object]]:
    """Put an argument's positions into another order: the order, and all arguments."""
    given = given_at(args, argument)
    count = size(args, argument, dim)
    generator = torch.Generator().manual_seed(_SEED)
    places = order = torch.arange(count)
    # No mere turn, which a convolution in a circle does not notice; of two positions there is one.
    while torch.equal(order, places) or (
        count > 2 and bool(((order - places) % count == order[0]).all())
    ):
        order = torch.randperm(count, generator=generator)
    moved = given.detach().index_select(counted(given, dim), order.to(given.device))
    return order, replaced(args, argument, moved)

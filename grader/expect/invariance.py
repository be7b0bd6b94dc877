"""Expectations on what a result depends on, and on what it does not. None asks a reference.

Each calls the function, changes one argument in a way whose effect is known beforehand, and calls
again. A position that must not matter must not matter in the last bit: the same numbers go through
the same operations. Before anything else two equal calls must agree, so that random numbers, as of
dropout in training mode, are named as what they are.

`argument` is the position of the argument that is changed, `dim` the dimension along which; a
negative one counts from the end. The result is one tensor, or one number. Give sizes that are all
different, and more than one along `dim`.
"""

import torch

from grader.errors import CourseError
from grader.expect.arguments import place_of
from grader.expect.varying import (
    Function,
    again,
    changed,
    counted,
    differs,
    given_at,
    has_positions,
    is_off,
    marked,
    other,
    replaced,
    shuffled,
    size,
    spread,
    steady,
    written,
)
from grader.expect.wording import RESULT, first, mismatch

# How far positions are shifted by `shift_free`: exp of it is infinite in float32.
_FAR = 100.0


def deterministic(function: Function, *args: object) -> None:
    """Expect two calls with equal arguments to give the same result, bit for bit.

    Args:
        function: the student's function, or a module in evaluation mode.
        args: its arguments; copies are handed over, here and below.

    Raises:
        Mismatch: the results differ, or hold NaN.
    """
    steady(function, args)


def independent(
    function: Function, *args: object, argument: int = 0, dim: int = 0, out_dim: int | None = None
) -> None:
    """Expect each sample's result to depend on that sample alone, not on its batch mates.

    Catches batch norm in training mode, batch and time mixed up, a softmax over the batch.

    Args:
        function: the student's function.
        args: its arguments.
        argument: the position of the batch among them.
        dim: the dimension of the samples.
        out_dim: the dimension of the samples in the result; by default `dim`.

    Raises:
        Mismatch: another sample's result changes when one sample does.
    """
    before = steady(function, args)
    count, at = size(args, argument, dim), counted(before, dim if out_dim is None else out_dim)
    has_positions(before, at, count)
    for sample in dict.fromkeys((0, count - 1)):
        after = again(function, changed(args, argument, dim, [sample]), before)
        others = marked(before, at, [n for n in range(count) if n != sample])
        wrong = differs(after, before) & others
        if wrong.any():
            raise mismatch(
                f"Changing sample {sample} changes the result of others, first at {first(wrong)}. "
                "Is the dimension of the batch mixed up with another one?",
                "invariance",
                RESULT,
                got="depends on other samples",
                wanted="depends on its own sample",
                where=first(wrong),
            )


def causal(
    function: Function, *args: object, argument: int = 0, dim: int = 1, out_dim: int | None = None
) -> None:
    """Expect each position's result to depend on itself and the positions before it, on none after.

    The past must matter too: a mask turned round lets through exactly what it should hide.

    Args:
        function: the student's function.
        args: its arguments.
        argument: the position of the sequence among them.
        dim: the dimension of time.
        out_dim: the dimension of time in the result; by default `dim`.

    Raises:
        Mismatch: a later position matters, or an earlier one does not.
    """
    before = steady(function, args)
    count, at = size(args, argument, dim), counted(before, dim if out_dim is None else out_dim)
    has_positions(before, at, count)
    past = again(function, changed(args, argument, dim, [0]), before)
    if not (differs(past, before) & marked(before, at, range(1, count))).any():
        raise mismatch(
            "The first position does not change the result of any later one. "
            "Does the mask hide the past instead of the future?",
            "invariance",
            RESULT,
            got="does not depend on earlier positions",
            wanted="depends on earlier positions",
        )
    for place in range(1, count):
        after = again(function, changed(args, argument, dim, [place]), before)
        wrong = differs(after, before) & marked(before, at, range(place))
        if wrong.any():
            raise mismatch(
                f"Position {place} changes the result of earlier ones, first at {first(wrong)}. "
                "Hide later positions with -inf before the softmax.",
                "invariance",
                RESULT,
                got="depends on later positions",
                wanted="depends on no later position",
                where=first(wrong),
            )


def ignores(
    function: Function, *args: object, argument: int = 0, where: torch.Tensor, masked: bool = True
) -> None:
    """Expect marked positions of an argument, such as padding, not to change the result.

    Args:
        function: the student's function.
        args: its arguments.
        argument: the position of the argument with the padding among them.
        where: True marks what must not matter; bool, of the argument's first dimensions.
        masked: whether marked positions of the result itself may change, if it has those
            dimensions.

    Raises:
        Mismatch: the result changes, or is NaN.
    """
    before = steady(function, args)
    given = given_at(args, argument)
    if where.dtype != torch.bool or where.shape != given.shape[: where.dim()] or not where.any():
        raise CourseError(
            f"a check marks positions to ignore with a {where.dtype} of shape "
            f"{tuple(where.shape)}; write a bool tensor, with True somewhere, whose shape begins "
            f"the argument's, which is {tuple(given.shape)}."
        )
    after = again(function, written(args, argument, other(given), where), before)
    wrong = differs(after, before)
    if masked and before.shape[: where.dim()] == where.shape:
        wrong &= ~spread(where, before)
    if wrong.any():
        place = f", first at {first(wrong)}" if wrong.dim() else ""
        raise mismatch(
            f"Positions that are masked, as padding is, change the result{place}. Leave them out.",
            "invariance",
            RESULT,
            got="depends on masked positions",
            wanted="depends on no masked position",
            where=first(wrong),
        )


def equivariant(
    function: Function,
    *args: object,
    argument: int = 0,
    dim: int = 1,
    out_dim: int | None = None,
    moves: bool = True,
) -> None:
    """Expect a result whose positions move with those of an argument, as of a set without order.

    Args:
        function: the student's function.
        args: its arguments.
        argument: the position among them of what is put into another order.
        dim: the dimension that is put into another order.
        out_dim: the dimension of the result that moves along; by default `dim`.
        moves: False for a result that must stay as it is, as a sum over the positions does.

    Raises:
        Mismatch: the result is another one.
    """
    before = steady(function, args)
    order, others = shuffled(args, argument, dim)
    after = again(function, others, before)
    wanted = before
    if moves:
        at = counted(before, dim if out_dim is None else out_dim)
        has_positions(before, at, len(order))
        wanted = before.index_select(at, order.to(before.device))
    wrong = is_off(after, wanted)
    if wrong.any():
        what = "does not move with them" if moves else "changes"
        raise mismatch(
            f"Put into another order, the positions of {place_of(function, argument)} give a "
            f"result that {what}.",
            "invariance",
            RESULT,
            got=what,
            wanted="moves along" if moves else "stays",
            where=first(wrong),
        )


def ordered(
    function: Function, *args: object, argument: int = 0, dim: int = 1, out_dim: int | None = None
) -> None:
    """Expect a result that depends on the order of positions, as with positional encodings.

    Args:
        function: the student's function.
        args: its arguments.
        argument: the position among them of what is put into another order.
        dim: the dimension that is put into another order.
        out_dim: the dimension of the result that would move along; by default `dim`.

    Raises:
        Mismatch: the result only moves with its positions, or does not change at all.
    """
    before = steady(function, args)
    order, others = shuffled(args, argument, dim)
    after = again(function, others, before)
    candidates = [before]
    at = counted(before, dim if out_dim is None else out_dim)
    if before.dim() and before.shape[at] == len(order):
        candidates.append(before.index_select(at, order.to(before.device)))
    if any(not is_off(after, candidate).any() for candidate in candidates):
        raise mismatch(
            "The order of the positions makes no difference to the result: "
            "nothing tells one position from another. Are positions added?",
            "invariance",
            RESULT,
            got="does not depend on the order",
            wanted="depends on the order",
        )


def shift_free(
    function: Function, *args: object, argument: int = 0, dim: int = -1, by: float = _FAR
) -> None:
    """Expect a result that stays when all numbers along a dimension grow by the same, as logits do.

    By default they grow by so much that a softmax which subtracts no maximum is infinite.

    Args:
        function: the student's function.
        args: its arguments.
        argument: the position of the logits among them.
        dim: the dimension along which the same is added.
        by: what is added; every second row gets it with the other sign.

    Raises:
        Mismatch: the result changes, or is infinite or NaN.
    """
    before = steady(function, args)
    given = given_at(args, argument)
    at = counted(given, dim)
    rows = given.narrow(at, 0, 1).detach()
    signs = 1.0 - 2.0 * (torch.arange(rows.numel()) % 2).reshape(rows.shape)
    moved = given.detach() + by * signs.to(given.device, given.dtype)
    after = again(function, replaced(args, argument, moved), before)
    wrong = is_off(after, before, slack=by)
    if wrong.any():
        lost = ~after.isfinite() & before.isfinite()
        remedy = (
            "Subtract the largest number before exp."
            if lost.any()
            else f"Only differences along dimension {dim} may count."
        )
        raise mismatch(
            f"Adding the same number to {place_of(function, argument)} along dimension {dim} "
            f"changes the result. {remedy}",
            "invariance",
            RESULT,
            got="infinite or NaN" if lost.any() else "another result",
            wanted="the same result",
            where=first(wrong),
        )


def averages(function: Function, *args: object, argument: int) -> None:
    """Expect a result that is a weighted mean of an argument's values: of ones it is one.

    With attention's values this looks at its weights, which must sum to one for each query.

    Args:
        function: the student's function.
        args: its arguments.
        argument: the position of the values among them; ones stand in for them.

    Raises:
        Mismatch: the weights do not sum to one.
    """
    before = steady(function, args)
    ones = torch.ones_like(given_at(args, argument))
    after = again(function, replaced(args, argument, ones), before)
    wrong = is_off(after, torch.ones_like(after))
    if wrong.any():
        sums = float(after[wrong].reshape(-1)[0])
        raise mismatch(
            f"The weights sum to {sums:.3g} instead of 1, first at {first(wrong)}. "
            "Mask before the softmax, and take it over what is averaged.",
            "invariance",
            "the sum of the weights",
            got=f"{sums:.3g}",
            wanted="1",
            where=first(wrong),
        )

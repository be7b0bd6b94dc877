"""Guesses that there is too much or too little: sums, single rows, repeated rows, all pairs.

Most of them show in the shape. What is claimed is claimed of the values, and they have to agree.
"""

from collections.abc import Iterator

import torch

from grader.signatures.guess import ALONE, APART, Guess, Pair, apart, distinct, is_round


def guesses(pair: Pair) -> list[Guess]:
    """Guess what was summed, left out or repeated."""
    if distinct(pair.want) < 2 or pair.is_whole:
        return []
    if pair.got.shape == pair.want.shape:
        return list(_repeated(pair))
    return [*_all_pairs(pair), *_summed(pair), *_cut(pair)]


def vague(pair: Pair) -> list[Guess]:
    """Guess that all values, or all rows, are equal, whatever they are."""
    got, want = pair.got, pair.want
    if got.shape != want.shape or got.numel() < 3 or distinct(want) < 3:
        return []
    first = got.flatten()[:1].expand(got.numel()).reshape(got.shape)
    if apart(got, first, pair.relative) <= 1:
        text = f"All values of {pair.subject} are equal, and they should not be."
        return [Guess("all_equal", text, got, first)]
    rows = got[:1].expand_as(got)
    is_row_wise = want.dim() >= 2 and want.shape[0] > 1
    if is_row_wise and apart(want[:1].expand_as(want), want, pair.relative) > APART:
        text = f"All rows of {pair.subject} are equal, and they should not be."
        return [Guess("rows_equal", text, got, rows)]
    return []


def _repeated(pair: Pair) -> Iterator[Guess]:
    """The first row, or the mean of all, where each should have its own."""
    got, want = pair.got, pair.want
    if want.dim() == 0 or want.shape[0] < 2 or want.numel() < 3:
        return
    first, mean = want[:1].expand_as(want), want.mean(0, keepdim=True).expand_as(want)
    if apart(first, want, pair.relative) <= APART:
        return
    what = "value" if want.dim() == 1 else "row"
    text = f"Every {what} of {pair.subject} is the first one: it is the only one computed."
    yield Guess("first_repeated", text, got, first)
    text = f"Every {what} of {pair.subject} is the mean of the right ones over axis 0."
    yield Guess("mean_repeated", text, got, mean)


def _all_pairs(pair: Pair) -> Iterator[Guess]:
    """A shape (n, n) whose diagonal is right: (n, 1) has met (n,)."""
    got, want = pair.got, pair.want
    n = want.numel()
    if tuple(got.shape) == (n, n) and max(want.shape, default=0) == n and n > 1:
        text = (
            f"Every element has met every other, and the right values are on the diagonal: shapes "
            f"({n}, 1) and ({n},) are broadcast to ({n}, {n})."
        )
        yield Guess("all_pairs", text, got.diagonal(), want.flatten())


def _summed(pair: Pair) -> Iterator[Guess]:
    got, want = pair.got, pair.want
    if got.numel() == 1 and want.numel() > 1:
        for name, verb, value in (
            ("summed", "summed", want.sum()),
            ("averaged", "averaged", want.mean()),
        ):
            text = f"The right values are {verb} into one number; they are asked for one by one."
            yield from _alone(name, text, got.reshape(()), value, float(want.abs().sum()))
        return
    for axis in range(want.dim()):
        left = [*want.shape[:axis], *want.shape[axis + 1 :]]
        kept = [*want.shape[:axis], 1, *want.shape[axis + 1 :]]
        if want.shape[axis] > 1 and list(got.shape) in (left, kept) and got.numel() > 1:
            answer = got.reshape(left)
            for name, verb, value in (
                ("summed_over", "summed", want.sum(axis)),
                ("averaged_over", "averaged", want.mean(axis)),
            ):
                text = f"The right values are {verb} over axis {axis}, which should stay."
                yield Guess(name, text, answer, value, float(want.abs().max()))


def _alone(
    name: str, text: str, got: torch.Tensor, value: torch.Tensor, scale: float
) -> Iterator[Guess]:
    """A single number bears witness alone, and only if it is none that is met by chance."""
    if not is_round(got):
        yield Guess(name, text, got, value, scale * ALONE, ALONE)


def _cut(pair: Pair) -> Iterator[Guess]:
    """A shape that is shorter along one axis, or lacks it."""
    got, want = pair.got, pair.want
    if got.numel() < 2 or distinct(got) < 2:
        return
    for axis in range(want.dim()):
        have, need = got.shape[axis] if got.dim() == want.dim() else 0, want.shape[axis]
        others = [*want.shape[:axis], *want.shape[axis + 1 :]]
        if got.dim() == want.dim() and list(got.shape) == [
            *want.shape[:axis], have, *want.shape[axis + 1 :]
        ] and 0 < have < need:  # fmt: skip
            count = need - have
            for name, end, start in (("end_missing", "last", 0), ("start_missing", "first", count)):
                noun = f"{end} one is" if count == 1 else f"{end} {count} are"
                text = f"The values are right, but along axis {axis} the {noun} missing."
                yield Guess(name, text, got, want.narrow(axis, start, have))
        if need > 1 and list(got.shape) == others:
            for name, end, place in (("only_first", "first", 0), ("only_last", "last", need - 1)):
                text = f"Along axis {axis} only the {end} one came back; all {need} are asked for."
                yield Guess(name, text, got, want.select(axis, place))

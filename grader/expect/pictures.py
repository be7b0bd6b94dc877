"""What an expectation that is not met gives to be drawn: small, bounded, made on failure only.

The data are coarse, because a picture needs no more, and because what a hidden check may show is
decided later by whoever takes the evidence (see `withheld`).
"""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

import torch

from grader.errors import Chain, Curves, Flow, HeatMap
from grader.sandbox.wire.seen import Seen

MOST_POINTS, MOST_CELLS, MOST_NAMES, MOST_OPERATIONS = 32, 24, 24, 16
MOST_LETTERS = 80
# Beyond so many values a map is not worth its time.
_MOST_VALUES = 1 << 22
# Where the levels of a heat map end, as shares of the largest difference.
_LEVELS = (0.01, 0.1, 0.5)
# What leaves the graph on its way to a number, a list, an array or a tensor without history.
_CUTTERS = frozenset({"item", "tolist", "numpy", "array", "detach", "detach_", "data", "float",
                      "int"})  # fmt: skip
# What `with torch.no_grad()` calls.
_SWITCH = "_set_grad_enabled"
# Makes a tensor of numbers: what cuts stands before it, unless it was given a tensor.
_WRAPPERS = frozenset({"tensor", "as_tensor", "scalar_tensor"})
# Questions, which compute nothing.
_QUESTIONS = frozenset({"shape", "dtype", "device", "size", "dim", "ndim", "numel", "layout", "len",
                        "requires_grad", "grad_fn", "grad", "is_leaf", "is_floating_point",
                        "is_complex", "get_device", "requires_grad_", "is_sparse", "is_cuda",
                        "hash", "format", "repr", "bool"})  # fmt: skip


def curves(got: Sequence[object], want: Sequence[float]) -> Curves | None:
    """Draw two lists of numbers over their places, as many of them as a picture has room for.

    Args:
        got: what came back; anything but a float or an int is a gap.
        want: what is right; it may be longer or shorter.
    """
    length = max(len(got), len(want))
    if length < 2:
        return None
    count = min(length, MOST_POINTS)
    at = tuple(round(place * (length - 1) / (count - 1)) for place in range(count))
    return Curves(at, _along(got, at), _along(want, at))


def _along(values: Sequence[object], at: Sequence[int]) -> tuple[float | None, ...]:
    return tuple(_rough(values[place]) if place < len(values) else None for place in at)


def _rough(value: object, digits: int = 3) -> float | None:
    """Keep a few digits of a number; None of what is none, or not finite."""
    if type(value) not in (float, int):
        return None
    try:
        # The largest floats are rounded to infinity.
        rough = float(f"{float(value):.{digits}g}")  # type: ignore[arg-type]
    except OverflowError:
        return None
    return rough if math.isfinite(rough) else None


def heat(wrong: torch.Tensor, off: torch.Tensor | None = None) -> HeatMap | None:
    """Map which values are wrong, and how far off they are beside the worst of them.

    Args:
        wrong: bool, any shape.
        off: how far each value is off, floating, same shape; None where that means nothing.

    Returns:
        None where there is one value only, or too many.
    """
    if not 1 < wrong.numel() <= _MOST_VALUES:
        return None
    levels = wrong.to(torch.int8)
    if off is not None:
        sizes = off.detach().abs().double().nan_to_num(nan=math.inf, posinf=math.inf)
        finite = sizes[wrong & sizes.isfinite()]
        largest = float(finite.max()) if finite.numel() else math.inf
        for share in _LEVELS:
            levels += (wrong & (sizes > share * largest)).to(torch.int8)
    columns = wrong.shape[-1]
    rows = wrong.numel() // columns
    cells = _blocks(_blocks(levels.view(rows, columns)).T).T
    told = tuple(tuple(row) for row in cells.tolist())
    return HeatMap(tuple(wrong.shape), rows, columns, told, off is not None)


def _blocks(levels: torch.Tensor) -> torch.Tensor:
    """Join rows to at most as many as are shown, each with the highest level of its block."""
    count = levels.shape[0]
    if count <= MOST_CELLS:
        return levels
    ends = [place * count // MOST_CELLS for place in range(MOST_CELLS + 1)]
    return torch.stack([levels[start:end].amax(0) for start, end in pairwise(ends)])


def flow(
    of: str,
    got: Mapping[str, torch.Tensor | None],
    want: Mapping[str, torch.Tensor | None] | None = None,
) -> Flow:
    """Measure what reached each name.

    Args:
        of: "gradient" or "step".
        got: by name, the gradient or the step; None where nothing arrived.
        want: likewise what is right; None where that is not known.
    """
    names = list(got)[:MOST_NAMES]
    return Flow(
        of,
        tuple(name[:MOST_LETTERS] for name in names),
        tuple(_length(got[name]) for name in names),
        tuple(_length(want[name]) for name in names) if want is not None else (),
        len(got) - len(names),
    )


def _length(vector: torch.Tensor | None) -> float | None:
    if vector is None or vector.is_meta:
        return None
    return _rough(float(vector.detach().abs().double().square().sum().sqrt()))


def chain(seen: Seen, ends: Sequence[str] = ()) -> Chain | None:
    """Line up what a call did between its arguments and a result that remembers nothing of it.

    Args:
        seen: what a witness saw of the call.
        ends: what no gradient reaches.

    Returns:
        None where the call used nothing of torch. A cut is told where one kind of function can
        have made it, and no other.
    """
    known = {name: name for name in seen.functions} | {_SWITCH: "no_grad"}
    used = [known[name][:MOST_LETTERS] for name in seen.functions if name not in _QUESTIONS]
    if not used:
        return None
    names = used[:MOST_OPERATIONS]
    # Where something was recorded, the switch has not kept all of it from being so.
    switch = ["no_grad"] if not seen.recorded else []
    cutters = [name for name in names if name in (*_CUTTERS, *switch)]
    wrappers = [name for name in names if name in _WRAPPERS]
    suspects = cutters or wrappers
    is_sure = len(suspects) == 1 and len(used) == len(names)
    cut = names.index(suspects[0]) if is_sure else None
    return Chain(tuple(names), cut, tuple(end[:MOST_LETTERS] for end in ends[:MOST_NAMES]))

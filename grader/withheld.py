"""What a picture may show of a check that is not told in full: no more than its sentence tells.

A sentence says how far the worst value is off, and where the first one is. A picture speaks of many
values at once, so one that is too exact would tell in a few submissions what is expected, and an
answer that is learnt by heart would pass. So of such a check, as every hidden one is by default,

    a heat map    says which values differ, not by how much; and nothing where the expected values
                  are of few kinds, or much is allowed, for there a few submissions of one value
                  each would be told them all
    curves        have two digits, and the right one is left out where those would do to pass
    flow          shows the submission's own lengths
    a chain       is the submission's own

design/page.md says what an attacker gains by each.
"""

import math
from dataclasses import replace

import torch

from grader.errors import Chain, Curves, Evidence, Flow, HeatMap, Picture
from grader.records import Check, Shows

# The right curve is told only if rounding it moves it by so many times what is allowed.
_TIMES = 10
# So many guesses at least are needed to come near every value between the least and the most.
_GUESSES = 1000
# One value in so many may be expected in another place as well.
_MOST_ALIKE = 2


def of(check: Check, seen: Evidence, pair: tuple[object, object] | None) -> Picture | None:
    """Give what a student may see of the picture of an expectation that is not met.

    Args:
        check: the one that is lost.
        seen: what its expectation saw.
        pair: the answer and what is right, where there are two to compare.
    """
    if check.level is Shows.FULL:
        return seen.picture
    match seen.picture:
        case HeatMap() as picture:
            return _located(picture) if pair and _is_vast(pair[1], seen.allowed) else None
        case Curves() as picture:
            return _coarse(picture, seen.allowed)
        case Flow() as picture:
            return replace(picture, got=tuple(map(_two_digits, picture.got)), wanted=())
        case Chain() as picture:
            return picture
    return None


def _located(picture: HeatMap) -> HeatMap:
    """Leave of a map where values differ."""
    cells = tuple(tuple(min(cell, 1) for cell in row) for row in picture.cells)
    return replace(picture, cells=cells, is_graded=False)


def _is_vast(want: object, allowed: float | None) -> bool:
    """Tell whether guessing is hopeless: few values are alike, and a guess seldom comes near one.

    Where nothing is allowed because nothing was compared, the map is of what is not finite, and
    the expected values, all finite, have no part in it.
    """
    if not isinstance(want, torch.Tensor) or not want.is_floating_point():
        return False
    values = want.detach().flatten()
    if not values.isfinite().all():
        return False
    is_fine = allowed is None or float(values.max() - values.min()) >= _GUESSES * allowed
    return is_fine and len(torch.unique(values)) * _MOST_ALIKE >= values.numel()


def _coarse(picture: Curves, allowed: float | None) -> Curves:
    """Round both curves; leave out the right one where its rounded numbers could pass."""
    told = tuple(map(_two_digits, picture.wanted))
    moved = [
        abs(right - rough)
        for right, rough in zip(picture.wanted, told, strict=True)
        if right is not None and rough is not None
    ]
    is_harmless = allowed is not None and max(moved, default=0.0) > _TIMES * allowed
    got = tuple(map(_two_digits, picture.got))
    return replace(picture, got=got, wanted=told if is_harmless else ())


def _two_digits(number: float | None) -> float | None:
    rough = math.nan if number is None else float(f"{number:.2g}")
    return rough if math.isfinite(rough) else None

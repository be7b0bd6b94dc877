"""How far a right answer may be from the right one: by the dtype, and by how much is added up.

Two right ways to write a formula differ by rounding. Each operation rounds once, in the dtype of
the result; a sum of n terms rounds n times, and the errors, of either sign, grow with the root of
n. The half dtypes are summed in float32, so there a sum's length hardly matters. The error is
relative to the terms, not to the result, so where terms cancel it is the size of the other results
that counts; and where all of them cancel, the size of the arguments.

    allowed = t · (|want| + rms of want + size / 8)        t = 16 · (u + v · √terms)

u is the rounding unit of the dtype, v that of the dtype in which sums are kept. The factor is
measured: `test_right_variants_have_a_margin` computes usual formulas in many right ways, and a
fourth of the tolerance covers them; `test_wrong_answers_have_none` shows what is always refused.
"""

import functools
import math
from dataclasses import dataclass

import torch

# How many roundings, each as large as it can be. The worst of some thousand values takes a sixth of
# it in the half dtypes, a twentieth in the others, and a seventh where gradients cancel.
_ROUNDINGS = 16
# Torch adds up longer sums in blocks, so that their rounding no longer grows.
_MOST_TERMS = 1 << 16
# The share of the arguments' size that cancels without a trace.
_CANCELLED = 1 / 8
# How long the sums are where nobody says so, as of a tensor that a check computed by itself.
TERMS = 2048

_SUMMED_IN = {torch.float16: torch.float32, torch.bfloat16: torch.float32}


@functools.cache
def tolerance(dtype: torch.dtype, terms: int = TERMS) -> float:
    """Say what share of its size a right answer of this dtype may be off by.

    Args:
        dtype: floating or complex.
        terms: how many numbers are added up for one of the result, at least 1.

    Returns:
        the share t of the formula above: 4e-5 for float32 and 0.06 for bfloat16, by default.
    """
    root = math.sqrt(min(max(terms, 1), _MOST_TERMS))
    summed_in = _SUMMED_IN.get(dtype, dtype)
    return _ROUNDINGS / 2 * (torch.finfo(dtype).eps + torch.finfo(summed_in).eps * root)


@dataclass(frozen=True)
class Allowance:
    """What a comparison allows: the author's numbers, or what follows from dtype and terms.

    If either of `rtol` and `atol` is given they are all that counts, and the other is 0.
    `size` is how large the arguments are, at most 1. `widened` is how much more than the formula
    is allowed, because the reference itself needs that.
    """

    rtol: float | None = None
    atol: float | None = None
    terms: int = TERMS
    size: float = 1.0
    widened: float = 1.0

    def of(self, want: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
        """Give for each value the largest difference that is allowed.

        Args:
            want: what is right, float64 or complex128, any shape.
            dtype: of the answer, floating or complex.

        Returns:
            float64, the shape of `want`; NaN where `want` is.
        """
        # An infinity is near to nothing but itself.
        sizes = want.abs().masked_fill(want.isinf(), 0.0)
        if self.rtol is not None or self.atol is not None:
            return (self.atol or 0.0) + (self.rtol or 0.0) * sizes
        finite = sizes[want.isfinite()]
        typical = float(finite.square().mean().sqrt()) if finite.numel() else 0.0
        share = self.widened * tolerance(dtype, self.terms)
        return share * (sizes + typical + _CANCELLED * self.size)

    def least(self, dtype: torch.dtype) -> float:
        """Say what `of` allows at least, for whatever is right and finite."""
        if self.rtol is not None or self.atol is not None:
            return self.atol or 0.0
        return self.widened * tolerance(dtype, self.terms) * _CANCELLED * self.size

    def covers(
        self, got: torch.Tensor, want: torch.Tensor, dtype: torch.dtype, times: float = 1.0
    ) -> bool:
        """Tell at once that every value is within what is allowed at least.

        Most right answers are, and it costs a fifth of looking closer, which a False asks for.

        Args:
            got: float64 or complex128.
            want: what is right, likewise, of the same shape.
            dtype: of the answer.
            times: so many times the difference has to be allowed.
        """
        # Written so that NaN, also as the difference of two infinities, is not covered.
        return bool(want.numel()) and times * float((got - want).abs().max()) <= self.least(dtype)

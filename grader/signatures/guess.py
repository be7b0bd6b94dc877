"""One guess about a wrong answer, and how near it comes.

A guess says what was done to the right answer, and predicts what came back. Two tensors are
compared in units of the rounding that two ways of computing the same thing may differ by.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch

# What rounding makes of a few hundred operations, relative to a value. The answer and the right one
# come in their own dtypes; the coarser of the two decides.
RELATIVE = {
    torch.float64: 1e-7,
    torch.float32: 1e-4,
    torch.float16: 5e-3,
    torch.bfloat16: 2e-2,
}
# A sum of terms that cancel is as exact as its largest term: this part of the largest value.
SHARE = 1e-2
# A single number bears witness once, so it has to be nearer.
ALONE = 2e-2
APART = 10.0
_TINY = 1e-300


@dataclass(frozen=True)
class Guess:
    """What may have been done to the right answer.

    `left` is what came back, or a function of it, and `right` what the guess makes of the right
    answer, both float64 and of one shape. `scale` is a size to which rounding is relative besides
    the values' own; None takes the largest value of `right`. `tightened` makes the tolerance
    smaller where few values bear witness.
    """

    id: str
    text: str
    left: torch.Tensor
    right: torch.Tensor
    scale: float | None = None
    tightened: float = 1.0


@dataclass(frozen=True)
class Pair:
    """The answer and the right one, in float64, with what their dtypes allow.

    `asked` is the evidence's: values, gradient or step, the change of a parameter. `subject` is
    what was judged, as "the result"; `sizes` are lengths of axes, and numbers of
    elements, of the tensors in the check, 2 or more.
    """

    got: torch.Tensor
    want: torch.Tensor
    relative: float
    is_whole: bool
    asked: str
    subject: str
    sizes: Sequence[int]

    @property
    def every(self) -> str:
        """How a sentence about all values begins."""
        if self.want.numel() == 1:
            return self.subject[0].upper() + self.subject[1:]
        return f"Every value of {self.subject}"

    @property
    def the(self) -> str:
        """How a sentence about the whole begins."""
        return self.subject[0].upper() + self.subject[1:]


def distance(guess: Guess, relative: float) -> float:
    """Measure how far a guess is from what came back, in units of the tolerance."""
    return apart(guess.left, guess.right, relative * guess.tightened, guess.scale)


def apart(
    left: torch.Tensor, right: torch.Tensor, relative: float, scale: float | None = None
) -> float:
    """Measure the largest difference in units of the tolerance; inf in another shape."""
    if left.shape != right.shape:
        return math.inf
    if not left.numel():
        return 0.0
    sizes = torch.maximum(left.abs(), right.abs())
    largest = float(right.abs().max()) if scale is None else scale
    allowed = relative * (sizes + SHARE * largest)
    # Where both are zero nothing is apart.
    worst = float(((left - right).abs() / allowed.clamp_min(_TINY)).max())
    return math.inf if math.isnan(worst) else worst


def distinct(values: torch.Tensor) -> int:
    """Count the different values of a tensor."""
    return len(set(values.flatten().tolist()))


def is_round(values: torch.Tensor) -> bool:
    """Tell whether all values are multiples of a sixteenth, as numbers made up by hand are."""
    return bool((values * 16 == (values * 16).round()).all())


def chosen(groups: Sequence[Sequence[Guess]], relative: float) -> Guess | None:
    """Choose the one guess that fits.

    The groups are asked in order; a later one, of vaguer guesses, only where no earlier guess is
    near. Within a group one must fit, and all others be further away than ten times the tolerance.
    """
    for group in groups:
        near = [(guess, away) for guess in group if (away := distance(guess, relative)) <= APART]
        if near:
            return near[0][0] if len(near) == 1 and near[0][1] <= 1 else None
    return None

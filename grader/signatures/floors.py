"""Losses that stick: constants below which a wrong formula cannot go, whatever the scores.

A loss of nearly nothing is right, and what comes back is a number that a softmax or a sigmoid
applied twice leaves over. In training, the floor is what a model says that has learned nothing.
"""

import math
from collections.abc import Iterator

import torch

from grader.errors import Evidence
from grader.signatures.guess import ALONE, APART, Guess, Pair

# How small the right loss has to be, held against the floor, for the floor to be all of the rest.
_NOTHING = 0.05
# How near to the loss of a constant answer, in shares of it, a model has learned nothing.
_SAME = 0.006
# A threshold near the floor itself does not tell who has learned.
_STRICT = 0.9


def guesses(pair: Pair) -> list[Guess]:
    """Guess a loss that cannot get lower."""
    low = float(pair.want.abs().max())
    return [guess for guess in _floors(pair) if low <= _NOTHING * float(guess.right.max())]


def _floors(pair: Pair) -> Iterator[Guess]:
    # Of two classes, a softmax is a sigmoid: one constant, one guess.
    for count in pair.sizes:
        floor = math.log(math.e + count - 1) - 1
        if count > 2:
            text = (
                f"{pair.the} is log(e + {count} - 1) - 1 where nearly nothing is right: with "
                f"{count} classes a softmax before the cross entropy, which has one, gives that."
            )
            yield _constant("double_softmax", text, floor, pair)
    for floor, where in (
        (math.log(1 + 1 / math.e), "for a positive example"),
        (math.log(2), "for a negative example"),
        ((math.log(1 + 1 / math.e) + math.log(2)) / 2, "for as many positive as negative examples"),
    ):
        text = (
            f"{pair.the} is {floor:.4f} where nearly nothing is right: a sigmoid before a loss "
            f"that has its own gives that {where}."
        )
        yield _constant("double_sigmoid", text, floor, pair)


def _constant(name: str, text: str, floor: float, pair: Pair) -> Guess:
    tightened = ALONE if pair.got.numel() == 1 else 1.0
    right = torch.full_like(pair.got, floor)
    # What the scores leave of the loss is not rounding: a right loss is not nothing either.
    return Guess(name, text, pair.got, right, None, max(tightened, _left(pair, floor)))


def _left(pair: Pair, floor: float) -> float:
    """Give what the tolerance has to be multiplied by for the right loss to be within it."""
    return min(1.0, float(pair.want.abs().max()) / floor / pair.relative)


def explain(evidence: Evidence) -> tuple[str, str] | None:
    """Name a model that has learned nothing, or more than there is to learn."""
    if evidence.asked != "learning" or evidence.off is None or evidence.allowed is None:
        return None
    if evidence.wanted.startswith("at least"):
        return _knowing(evidence.off, evidence.allowed)
    is_upper = evidence.wanted.startswith("at most") and evidence.allowed <= _STRICT
    if not is_upper or abs(evidence.off - 1) > _SAME:
        return None
    return "nothing_learned", (
        "This is what a model says that has learned nothing. It is so when no gradient reaches "
        "the parameters, and when predictions (n, 1) are held against targets (n,)."
    )


def _knowing(off: float, allowed: float) -> tuple[str, str] | None:
    """Name a loss far below what noise allows: the answer can be seen."""
    if not 0 <= off * APART <= allowed:
        return None
    return "sees_the_answer", (
        "No model can be so good at this: it is told what it has to find. It is so when the "
        "targets are the inputs themselves, not shifted by one, and when a mask lets the future "
        "through."
    )

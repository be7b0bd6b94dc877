"""Naming a mistake without knowing the exercise: one transformation that explains the answer.

*Theory of operation.* A failed expectation hands over the answer and the right one. Each module
here guesses what may have been done to the right answer (`ratios`, `orders`, `parts`, `curves`) and
predicts what came back. One guess has to fit within the tolerance, and the right answer and every
other guess have to be further away than ten times the tolerance; otherwise nothing is said, for a
wrong diagnosis is worse than none. Vaguer guesses are asked only where no sharper one is near.
Where the values give no evidence (all equal, a single round number) nothing is guessed.
Where no values are compared, because the type, the shape, the dtype or the graph is wrong, `kinds`
reads what the expectation saw; `floors` knows losses that cannot go lower.

A sentence says what was observed, and of the right answer nothing but how the other differs from
it: it is shown for hidden checks too.
"""

from collections.abc import Sequence

import torch

from grader.errors import Evidence
from grader.records import Diagnosis
from grader.signatures import curves, floors, kinds, orders, parts, ratios
from grader.signatures.guess import APART, RELATIVE, Guess, Pair, apart, chosen

# Where the pair is an answer and what is right; elsewhere it may be two answers of the student.
_COMPARED = frozenset({"values", "gradient", "step", "shape", "learning"})
# More is not looked through: an answer may be as large as the memory.
_MAX_VALUES = 1 << 20
_MAX_SIZES = 12
# An axis beyond this is no batch and no width of an exercise.
_MAX_SIZE = 100_000


def explain(
    evidence: Evidence,
    pair: tuple[object, object] | None = None,
    shapes: Sequence[tuple[int, ...]] = (),
) -> Diagnosis | None:
    """Find the one signature that explains why an expectation was not met.

    Args:
        evidence: what the expectation saw.
        pair: the answer and the right one, where two tensors were compared.
        shapes: of the tensors that went into the student's function.

    Returns:
        its id, after "signature:", and its sentence; None where nothing fits or several do.
    """
    told = kinds.explain(evidence) or floors.explain(evidence)
    if told is None and evidence.asked in _COMPARED and pair is not None:
        prepared = _prepared(evidence, pair, shapes)
        guess = None if prepared is None else _best(prepared)
        told = None if guess is None else (guess.id, guess.text)
    if told is None and pair is None:
        told = kinds.shape(evidence)
    return None if told is None else Diagnosis(f"signature:{told[0]}", told[1])


def _best(pair: Pair) -> Guess | None:
    if apart(pair.got, pair.want, pair.relative) <= APART:
        return None
    sharp = [
        *ratios.guesses(pair),
        *orders.guesses(pair),
        *parts.guesses(pair),
        *curves.guesses(pair),
        *floors.guesses(pair),
    ]
    vague = [*orders.vague(pair), *parts.vague(pair)]
    return chosen((sharp, curves.shifts(pair), vague), pair.relative)


def _prepared(
    evidence: Evidence, pair: tuple[object, object], shapes: Sequence[tuple[int, ...]]
) -> Pair | None:
    """Bring both tensors to float64; None where they hold nothing to compare."""
    got, want = pair
    if not isinstance(got, torch.Tensor) or not isinstance(want, torch.Tensor):
        return None
    known = [_relative(got.dtype), _relative(want.dtype)]
    is_small = 0 < got.numel() <= _MAX_VALUES and 0 < want.numel() <= _MAX_VALUES
    if None in known or not is_small or got.is_meta or want.is_meta:
        return None
    mine, right = (side.detach().cpu().to(torch.float64) for side in (got, want))
    if not (torch.isfinite(mine).all() and torch.isfinite(right).all()):
        return None
    subject = evidence.subject or "the result"
    return Pair(
        got=mine,
        want=right,
        relative=max(each for each in known if each is not None),
        is_whole=not want.is_floating_point(),
        asked="gradient" if "gradient" in subject else evidence.asked,
        subject=f"the step of {subject}" if evidence.asked == "step" else subject,
        sizes=_sizes([*shapes, tuple(got.shape), tuple(want.shape)]),
    )


def _relative(dtype: torch.dtype) -> float | None:
    """What two computations may differ by; None for dtypes that are not compared here."""
    if dtype in RELATIVE:
        return RELATIVE[dtype]
    return None if dtype.is_complex or dtype == torch.bool else RELATIVE[torch.float64]


def _sizes(shapes: Sequence[tuple[int, ...]]) -> list[int]:
    """List the lengths of axes, the smallest first; a number of elements is one too."""
    sizes = {n for shape in shapes for n in (*shape, torch.Size(shape).numel())}
    return sorted(n for n in sizes if 2 <= n <= _MAX_SIZE)[:_MAX_SIZES]

"""Numbers of a tensor as short texts: all of a few, or those about a difference.

They are written as Python writes them, so that they can be pasted; floats to five digits.
"""

import torch

# As many numbers as a reader takes in at a glance.
FEW = 8
_SHOWN = 5  # of a longer row, the one before the first difference among them
_DIGITS = (5, 9, 17)
_CUT = "..."
# Less than the last digit that is written tells.
_ROUNDING = 1e-4


def is_small(value: torch.Tensor) -> bool:
    """Tell whether a tensor has so few numbers that all of them are written."""
    return value.numel() <= FEW and not value.is_meta


def numeral(value: object, digits: int = _DIGITS[0]) -> str:
    """Write a number: "2.0", "0.33333", "3", "True"; what is no number as Python writes it."""
    if isinstance(value, float):
        text = f"{value:.{digits}g}"
        return text if set(text) & set(".en") else f"{text}.0"
    return f"{value:.{digits}g}" if isinstance(value, complex) else str(value)


def whole(values: torch.Tensor) -> str:
    """Write all numbers of a tensor: "[[2.0, 0.0], [1.0, 3.0]]", "2.0" for a single one."""
    return _nested(values.detach().cpu().tolist())


def _nested(values: object) -> str:
    if not isinstance(values, list):
        return numeral(values)
    return f"[{', '.join(map(_nested, values))}]"


def formed(values: torch.Tensor) -> str:
    """Write a tensor's shape, and its numbers where they are few: "(2,) [1.0, 2.0]"."""
    shape = str(tuple(values.shape))
    return f"{shape} {whole(values)}" if is_small(values) else shape


def around(got: torch.Tensor, want: torch.Tensor, wrong: torch.Tensor) -> tuple[str, str]:
    """Write the numbers of two tensors about the first that is marked, for the eye to compare.

    A tensor of few numbers is written whole, of any other a part of one row: "[..., 0.25, 1.5,
    ...]". What is marked is written with digits enough to differ. What is not, and differs by
    rounding, is written alike, so that it draws no eye.

    Args:
        got: what came.
        want: what is right, in the shape of `got`.
        wrong: bool, in that shape; at least one is marked.

    """
    got, want, wrong = (each.detach().cpu() for each in (got, want, wrong))
    if is_small(got):
        written = _pairs(got.flatten(), want.flatten(), wrong.flatten())
        one, other = (
            _filled(tuple(got.shape), [pair[side] for pair in written]) for side in (0, 1)
        )
        return one, other
    *row, column = wrong.nonzero()[0].tolist()
    start = max(column - 1, 0)
    part = (*row, slice(start, start + _SHOWN))
    written = _pairs(got[part], want[part], wrong[part])
    before = [_CUT] if start else []
    after = [_CUT] if start + _SHOWN < got.shape[-1] else []
    one, other = (
        f"[{', '.join([*before, *(pair[side] for pair in written), *after])}]" for side in (0, 1)
    )
    return one, other


def _pairs(got: torch.Tensor, want: torch.Tensor, wrong: torch.Tensor) -> list[tuple[str, str]]:
    """Write numbers of two rows side by side, with as many digits as show which of them differ."""
    rows = zip(got.tolist(), want.tolist(), wrong.tolist(), strict=True)
    return [
        apart(one, other) if is_wrong or not _is_near(one, other) else (numeral(one),) * 2
        for one, other, is_wrong in rows
    ]


def _is_near(got: complex, want: complex) -> bool:
    return got == want or abs(got - want) <= _ROUNDING * abs(want)


def apart(got: object, want: object) -> tuple[str, str]:
    """Write two numbers with as many digits as it takes to tell them apart."""
    texts = [(numeral(got, digits), numeral(want, digits)) for digits in _DIGITS]
    return next((pair for pair in texts if pair[0] != pair[1]), texts[-1])


def _filled(shape: tuple[int, ...], texts: list[str]) -> str:
    """Put texts, one a number, into the brackets of a shape."""
    if not shape:
        return texts[0]
    size = len(texts) // shape[0] if shape[0] else 0
    parts = [texts[place * size : (place + 1) * size] for place in range(shape[0])]
    return f"[{', '.join(_filled(shape[1:], part) for part in parts)}]"

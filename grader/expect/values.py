"""Expectations on values: tensors, numbers and plain Python values.

Tensors are judged in a fixed order, so that the first difference named is the one to repair first:
is it a tensor, its shape, its dtype, its device, whether it is finite, its values.
"""

import math

import torch

from grader.errors import Mismatch
from grader.expect.excerpts import apart, around, formed
from grader.expect.pictures import heat
from grader.expect.tolerance import TERMS, Allowance
from grader.expect.wording import RESULT, a, at, brief, first, kind, mismatch, sentence, where

# Other classes inherit from Tensor and may answer every comparison as they like.
PLAIN_TENSORS = (torch.Tensor, torch.nn.Parameter)


def tensor(
    got: object,
    *,
    shape: tuple[int, ...] | None = None,
    dtype: torch.dtype | None = None,
    device: torch.device | None = None,
    name: str = RESULT,
) -> torch.Tensor:
    """Expect a plain, dense tensor, of this shape, dtype and device where they are given.

    A subclass of Tensor is refused: its comparisons can be made to say anything.

    Args:
        got: what came back.
        shape: the exact shape.
        dtype: the exact dtype.
        device: the exact device.
        name: what the sentence calls `got`.

    Returns:
        `got`, known to be a tensor.

    Raises:
        Mismatch: it is something else.
    """
    subject = sentence(name)
    if not isinstance(got, torch.Tensor) or type(got) not in PLAIN_TENSORS:
        text = f"{subject} is {kind(got, name)}; a tensor is expected."
        raise mismatch(text, "type", name, got=kind(got, name), wanted="a tensor")
    if got.layout is not torch.strided or got.is_quantized or got.is_nested:
        text = f"{subject} is a tensor of a special kind; a plain, dense one is expected."
        raise mismatch(text, "type", name, got="a special tensor", wanted="a plain tensor")
    forms = (
        ("shape", "has shape", tuple(got.shape), None if shape is None else tuple(shape)),
        ("dtype", "has dtype", got.dtype, dtype),
        ("device", "is on device", got.device, device),
    )
    for asked, verb, found, wanted in forms:
        if wanted is not None and found != wanted:
            article = f"{asked} " if asked == "shape" else ""
            text = f"{subject} {verb} {found}; {article}{wanted} is expected."
            raise mismatch(text, asked, name, got=str(found), wanted=str(wanted))
    return got


def close(
    got: object,
    want: torch.Tensor,
    *,
    rtol: float | None = None,
    atol: float | None = None,
    terms: int = TERMS,
    name: str = RESULT,
) -> None:
    """Expect a tensor that agrees with `want`: shape, dtype, device, and values within tolerance.

    Nothing broadcasts. How far a value may be off is what `tolerance` says; where `want` is
    infinite, so must `got` be. On the `meta` device there are no values to compare.

    Args:
        got: what came back.
        want: what is right.
        rtol: relative tolerance; a value may differ by `atol + rtol * |want|` where either is
            given, and the other is 0.
        atol: absolute tolerance, likewise.
        terms: how many numbers are added up for one of `want`.
        name: what the sentence calls `got`.

    Raises:
        Mismatch: they differ; the sentence says by how much and where first.
    """
    agree(got, want, Allowance(rtol, atol, terms), name=name)


def agree(
    got: object,
    want: torch.Tensor,
    allowance: Allowance,
    *,
    right: torch.Tensor | None = None,
    name: str = RESULT,
    asked: str = "values",
) -> None:
    """Expect the form of one tensor and the values of another, which may be more exact.

    Args:
        got: what came back.
        want: what has the right shape, dtype and device.
        allowance: how far a value may be off.
        right: the right values, in the shape of `want` and any dtype; by default those of `want`.
        name: what the sentence calls `got`.
        asked: what the evidence calls a difference in values, "values" or "gradient".

    Raises:
        Mismatch: they differ.
    """
    answer = tensor(got, name=name).detach()
    pair = (answer, want)
    try:
        tensor(answer, shape=tuple(want.shape), dtype=want.dtype, device=want.device, name=name)
    except Mismatch as error:
        if not (want.is_meta or answer.is_meta):
            error.pair = pair
            if tuple(answer.shape) != tuple(want.shape):
                error.around = formed(answer), formed(want)
        raise
    if want.is_meta:
        return
    subject = sentence(name)
    # Compared in the widest type, on the CPU: not every device has float64.
    left, wanted = answer.cpu(), (want if right is None else right).detach().cpu()
    if not want.dtype.is_floating_point and not want.is_complex():
        wrong = left != wanted
        if wrong.any():
            raise mismatch(
                f"{subject} is wrong{where(wrong)}.",
                asked,
                name,
                got=at(left, wrong),
                wanted=at(wanted, wrong),
                where=first(wrong),
                pair=pair,
                picture=heat(wrong),
                around=around(left, wanted, wrong),
            )
        return
    wide = torch.complex128 if want.is_complex() else torch.float64
    left, wanted = left.to(wide), wanted.to(wide)
    if allowance.covers(left, wanted, want.dtype):
        return
    # Anything that is not a finite number where one is right; an infinity where it is right is.
    lost = ~torch.isfinite(left) & ~(left == wanted)
    if lost.any():
        what = "NaN" if torch.isnan(left).any() else "infinity"
        text = f"{subject} holds {what}{where(lost)}."
        raise mismatch(
            text,
            "finite",
            name,
            got=what,
            where=first(lost),
            pair=pair,
            picture=heat(lost),
            around=around(left, wanted, lost),
        )
    difference = torch.where(left == wanted, 0.0, (left - wanted).abs())
    allowed = allowance.of(wanted, want.dtype)
    # Written so that NaN loses: every comparison with NaN is false.
    wrong = ~(difference <= allowed)
    if wrong.any():
        worst = int(torch.where(wrong, difference, -1.0).argmax())
        off, limit = float(difference.flatten()[worst]), float(allowed.flatten()[worst])
        up_to = "up to " if want.dim() else ""
        raise mismatch(
            f"{subject} is off by {up_to}{off:.2g} (allowed {limit:.1g}){where(wrong)}.",
            asked,
            name,
            got=at(left, wrong),
            wanted=at(wanted, wrong),
            where=first(wrong),
            off=off,
            allowed=limit,
            pair=pair,
            picture=heat(wrong, difference),
            around=around(left, wanted, wrong),
        )


def number(
    got: object,
    want: float,
    *,
    rtol: float | None = None,
    atol: float | None = None,
    terms: int = TERMS,
    name: str = RESULT,
) -> None:
    """Expect a Python number near `want`; a tensor, a bool or a subclass of float is none.

    Args:
        got: what came back.
        want: what is right.
        rtol: relative tolerance, as of `close`; by default that of float32, in which the numbers
            of an exercise are computed.
        atol: absolute tolerance, likewise.
        terms: how many numbers are added up for it.
        name: what the sentence calls `got`.

    Raises:
        Mismatch: it is no number, or another one.
    """
    agree_number(got, want, Allowance(rtol, atol, terms), torch.float32, name=name)


def agree_number(
    got: object, want: float, allowance: Allowance, dtype: torch.dtype, *, name: str = RESULT
) -> None:
    """Expect a Python number that was computed in this dtype; otherwise as `number`.

    Raises:
        Mismatch: it is no number, or another one.
    """
    subject = sentence(name)
    if not isinstance(got, float | int) or type(got) not in (float, int):
        remedy = " Use .item()." if isinstance(got, torch.Tensor) else ""
        text = f"{subject} is {kind(got, name)}; a Python number is expected.{remedy}"
        raise mismatch(text, "type", name, got=kind(got, name), wanted="a Python number")
    try:
        value = float(got)
    except OverflowError:  # a whole number beyond the largest float
        value = math.inf
    if value == want:
        return
    if not math.isfinite(value):
        text = f"{subject} is {value}; a finite number is expected."
        raise mismatch(text, "finite", name, got=str(value))
    difference = abs(value - want)
    allowed = float(allowance.of(torch.tensor(want, dtype=torch.float64), dtype))
    if not difference <= allowed:
        raise mismatch(
            f"{subject} is {value:.6g}: off by {difference:.2g} (allowed {allowed:.1g}).",
            "values",
            name,
            got=f"{value:.6g}",
            wanted=f"{want:.6g}",
            off=difference,
            allowed=allowed,
            pair=(torch.tensor(value, dtype=dtype), torch.tensor(want, dtype=dtype)),
            around=apart(value, want),
        )


def equal(got: object, want: object, *, name: str = RESULT) -> None:
    """Expect a plain value of the same type: int, bool, str, None, or tuples and lists of them.

    A `torch.Size` is the tuple it looks like. True is not 1, and a list is not a tuple.

    Args:
        got: what came back.
        want: what is right.
        name: what the sentence calls `got`.

    Raises:
        Mismatch: another type, another length or another value.
    """
    plain = tuple(got) if type(got) is torch.Size else got
    subject = sentence(name)
    if type(plain) is not type(want):
        wanted = a(type(want).__name__)
        text = f"{subject} is {kind(got, name)}; {wanted} is expected."
        raise mismatch(text, "type", name, got=kind(got, name), wanted=wanted)
    if not _is_same(plain, want):
        text = f"{subject} is {brief(plain)}; another value is expected."
        raise mismatch(text, "values", name, got=brief(plain), wanted=brief(want))


def _is_same(got: object, want: object) -> bool:
    """Compare values with their types, for True is equal to 1.

    Along the structure of `want`: a few lists within each other can have billions of elements.
    """
    if type(got) is not type(want):
        return False
    if isinstance(got, tuple | list) and isinstance(want, tuple | list):
        return len(got) == len(want) and all(map(_is_same, got, want))
    return got == want

"""Expectations on values: tensors, numbers and plain Python values.

Tensors are judged in a fixed order, so that the first difference named is the one to repair first:
is it a tensor, its shape, its dtype, its device, whether it is finite, its values.
"""

import math

import torch

from grader.errors import Mismatch
from grader.expect.arguments import Submitted, fresh, right
from grader.expect.wording import RESULT, a, brief, kind, sentence, where

# (rtol, atol) by dtype: what two right ways of writing the same formula may differ by. Rounding is
# relative to the largest term of a sum, not to its result, so the relative part allows about a
# thousand roundings and the absolute part covers terms that cancel. A wrong formula on random
# inputs of size one is off by 0.01 and more. Rounding units: 1.2e-7, 2.2e-16, 9.8e-4, 7.8e-3.
TOLERANCES: dict[torch.dtype, tuple[float, float]] = {
    torch.float32: (1e-4, 1e-5),
    torch.float64: (1e-9, 1e-11),
    torch.float16: (1e-2, 1e-3),
    torch.bfloat16: (5e-2, 1e-2),
    torch.complex64: (1e-4, 1e-5),
    torch.complex128: (1e-9, 1e-11),
}
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
        raise Mismatch(f"{subject} is {kind(got, name)}; a tensor is expected.")
    if got.layout is not torch.strided or got.is_quantized or got.is_nested:
        raise Mismatch(f"{subject} is a tensor of a special kind; a plain, dense one is expected.")
    if shape is not None and tuple(got.shape) != tuple(shape):
        raise Mismatch(f"{subject} has shape {tuple(got.shape)}; shape {tuple(shape)} is expected.")
    if dtype is not None and got.dtype != dtype:
        raise Mismatch(f"{subject} has dtype {got.dtype}; {dtype} is expected.")
    if device is not None and got.device != device:
        raise Mismatch(f"{subject} is on device {got.device}; {device} is expected.")
    return got


def close(
    got: object,
    want: torch.Tensor,
    *,
    rtol: float | None = None,
    atol: float | None = None,
    name: str = RESULT,
) -> None:
    """Expect a tensor that agrees with `want`: shape, dtype, device, and values within tolerance.

    Nothing broadcasts. A value may differ by `atol + rtol * |want|`; where `want` is infinite, so
    must `got` be. On the `meta` device there are no values to compare.

    Args:
        got: what came back.
        want: what is right.
        rtol: relative tolerance; by default that of `want`'s dtype in `TOLERANCES`.
        atol: absolute tolerance, likewise.
        name: what the sentence calls `got`.

    Raises:
        Mismatch: they differ; the sentence says by how much and where first.
    """
    answer = tensor(
        got, shape=tuple(want.shape), dtype=want.dtype, device=want.device, name=name
    ).detach()
    if want.is_meta:
        return
    subject = sentence(name)
    # Compared in the widest type, on the CPU: not every device has float64.
    wide = torch.complex128 if want.is_complex() else torch.float64
    left, right = answer.cpu(), want.detach().cpu()
    if not want.dtype.is_floating_point and not want.is_complex():
        wrong = left != right
        if wrong.any():
            raise Mismatch(f"{subject} is wrong{where(wrong)}.")
        return
    left, right = left.to(wide), right.to(wide)
    # Anything that is not a finite number where one is right; an infinity where it is right is.
    lost = ~torch.isfinite(left) & ~(left == right)
    if lost.any():
        what = "NaN" if torch.isnan(left).any() else "infinity"
        raise Mismatch(f"{subject} holds {what}{where(lost)}.")
    default = TOLERANCES.get(want.dtype, TOLERANCES[torch.float16])
    relative, absolute = default[0] if rtol is None else rtol, default[1] if atol is None else atol
    difference = torch.where(left == right, 0.0, (left - right).abs())
    # An infinity is near to nothing but itself.
    allowed = absolute + relative * right.abs().masked_fill(right.isinf(), 0.0)
    # Written so that NaN loses: every comparison with NaN is false.
    wrong = ~(difference <= allowed)
    if wrong.any():
        worst = int(torch.where(wrong, difference, -1.0).argmax())
        off, limit = float(difference.flatten()[worst]), float(allowed.flatten()[worst])
        up_to = "up to " if want.dim() else ""
        raise Mismatch(f"{subject} is off by {up_to}{off:.2g} (allowed {limit:.1g}){where(wrong)}.")


def number(
    got: object,
    want: float,
    *,
    rtol: float | None = None,
    atol: float | None = None,
    name: str = RESULT,
) -> None:
    """Expect a Python number near `want`; a tensor, a bool or a subclass of float is none.

    Args:
        got: what came back.
        want: what is right.
        rtol: relative tolerance; by default that of float32, in which the numbers of an exercise
            are computed.
        atol: absolute tolerance, likewise.
        name: what the sentence calls `got`.

    Raises:
        Mismatch: it is no number, or another one.
    """
    subject = sentence(name)
    if not isinstance(got, float | int) or type(got) not in (float, int):
        remedy = " Use .item()." if isinstance(got, torch.Tensor) else ""
        raise Mismatch(f"{subject} is {kind(got, name)}; a Python number is expected.{remedy}")
    default = TOLERANCES[torch.float32]
    relative, absolute = default[0] if rtol is None else rtol, default[1] if atol is None else atol
    allowed = absolute + relative * abs(want)
    try:
        value = float(got)
    except OverflowError:  # a whole number beyond the largest float
        value = math.inf
    if value == want:
        return
    if not math.isfinite(value):
        raise Mismatch(f"{subject} is {value}; a finite number is expected.")
    difference = abs(value - want)
    if not difference <= allowed:
        raise Mismatch(
            f"{subject} is {value:.6g}: off by {difference:.2g} (allowed {allowed:.1g})."
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
        raise Mismatch(f"{subject} is {kind(got, name)}; {a(type(want).__name__)} is expected.")
    if not _is_same(plain, want):
        raise Mismatch(f"{subject} is {brief(plain)}; another value is expected.")


def same(
    function: Submitted, *args: object, rtol: float | None = None, atol: float | None = None
) -> None:
    """Expect the student's function to answer as the reference does on the same arguments.

    Both get equal copies, the reference first. Tensors are compared by `close`, floats by
    `number`, other plain values by `equal`, tuples and lists element by element.

    Args:
        function: the student's function.
        args: its arguments; they are left as they are.
        rtol: relative tolerance for tensors and floats.
        atol: absolute tolerance for tensors and floats.

    Raises:
        Mismatch: the answers differ.
    """
    want = right(function)(*[fresh(argument) for argument in args])
    got = function(*[fresh(argument) for argument in args])
    _agree(got, want, rtol, atol, RESULT)


def detached(got: object, *, name: str = RESULT) -> None:
    """Expect a tensor that carries no graph: nothing remembers how it was computed.

    Raises:
        Mismatch: it is no tensor, or backward() could go through it to where it came from.
    """
    answer = tensor(got, name=name)
    if answer.grad_fn is not None:
        raise Mismatch(
            f"{sentence(name)} still carries the graph it was computed with. "
            f"Compute it inside torch.no_grad(), or detach it."
        )


def _agree(got: object, want: object, rtol: float | None, atol: float | None, name: str) -> None:
    """Compare a result with the reference's, whatever kind of value that is."""
    if isinstance(want, torch.Tensor):
        close(got, want, rtol=rtol, atol=atol, name=name)
    elif isinstance(want, float):
        number(got, want, rtol=rtol, atol=atol, name=name)
    elif isinstance(want, tuple | list):
        subject = sentence(name)
        container = tuple if type(got) is torch.Size else type(got)
        if not isinstance(got, tuple | list) or container is not type(want):
            raise Mismatch(f"{subject} is {kind(got, name)}; {a(type(want).__name__)} is expected.")
        if len(got) != len(want):
            raise Mismatch(f"{subject} has length {len(got)}; length {len(want)} is expected.")
        for index, (mine, right) in enumerate(zip(got, want, strict=True)):
            _agree(mine, right, rtol, atol, f"element {index} of {name}")
    else:
        equal(got, want, name=name)


def _is_same(got: object, want: object) -> bool:
    """Compare values with their types, for True is equal to 1.

    Along the structure of `want`: a few lists within each other can have billions of elements.
    """
    if type(got) is not type(want):
        return False
    if isinstance(got, tuple | list) and isinstance(want, tuple | list):
        return len(got) == len(want) and all(map(_is_same, got, want))
    return got == want

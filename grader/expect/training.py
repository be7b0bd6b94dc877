"""Expectations on training: the losses that were kept, and whether the model has learned."""

import torch
from torch import nn

from grader.errors import Mismatch
from grader.expect.values import equal, number, tensor


def history(
    got: object, want: list[float], *, rtol: float | None = None, atol: float | None = None
) -> None:
    """Expect a list of Python floats, one loss for each step.

    Args:
        got: what came back.
        want: the losses that are right.
        rtol: relative tolerance; by default that of float32.
        atol: absolute tolerance, likewise.

    Raises:
        Mismatch: it is no list of floats, has another length, or a loss differs.
    """
    if type(got) is not list:
        equal(got, want, name="the history")  # not a list: equal names what it is
        return
    if len(got) != len(want):
        raise Mismatch(f"The history has {len(got)} losses; {len(want)} steps were asked for.")
    for step, (loss, right) in enumerate(zip(got, want, strict=True)):
        number(loss, right, rtol=rtol, atol=atol, name=f"the loss of step {step}")


def learned(model: nn.Module, X: torch.Tensor, y: torch.Tensor, *, share: float) -> None:  # noqa: N803
    """Expect a model whose mean squared error is a small share of the variance of y.

    The variance is the error of the best constant answer, so the measure has no unit: 1 is a model
    that has learned nothing but the mean.

    Args:
        model: from X to predictions in the shape of y.
        X: inputs, (n, in).
        y: what they belong to, (n, out).
        share: the largest share that is still called learned.

    Raises:
        Mismatch: predictions have another shape, they are infinite, or the error is larger.
    """
    with torch.no_grad():
        predictions = tensor(model(X), shape=tuple(y.shape), dtype=y.dtype, name="the prediction")
    if not predictions.isfinite().all():
        raise Mismatch(
            "The model predicts infinity or NaN: its training has diverged. "
            "Lower the learning rate, and clear the gradients in each step."
        )
    error = float(((predictions - y) ** 2).mean() / y.var(correction=0))
    if not error <= share:
        raise Mismatch(
            f"The mean squared error is {_percent(error)} of the variance of y; "
            f"at most {_percent(share)} is expected."
        )


def _percent(share: float) -> str:
    """Write a share without an exponent: "0.03 %", "5 %", "613 %"."""
    return f"{100 * share:.0f} %" if share >= 0.1 else f"{100 * share:.2g} %"

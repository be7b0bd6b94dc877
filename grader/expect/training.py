"""Expectations on training: the losses that were kept, and what one step does to a model."""

from collections.abc import Callable
from dataclasses import replace

import torch
from torch import nn

from grader.errors import CourseError, Mismatch
from grader.expect.arguments import exact, fresh
from grader.expect.excerpts import around
from grader.expect.pictures import curves, flow, heat
from grader.expect.tolerance import TERMS, Allowance
from grader.expect.values import equal, number
from grader.expect.wording import at, brief, first, mismatch, where

Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def history(
    got: object,
    want: list[float],
    *,
    rtol: float | None = None,
    atol: float | None = None,
    terms: int = TERMS,
) -> None:
    """Expect a list of Python floats, one loss for each step.

    Args:
        got: what came back.
        want: the losses that are right.
        rtol: relative tolerance, as of `close`; by default that of float32.
        atol: absolute tolerance, likewise.
        terms: how many numbers are added up for one loss.

    Raises:
        Mismatch: it is no list of floats, has another length, or a loss differs.
    """
    name = "the history"
    if type(got) is not list:
        equal(got, want, name=name)  # not a list: equal names what it is
        return
    if len(got) != len(want):
        text = f"The history has {len(got)} losses; {len(want)} steps were asked for."
        sizes = str(len(got)), str(len(want))
        picture = curves(got, want)
        raise mismatch(text, "shape", name, got=sizes[0], wanted=sizes[1], picture=picture)
    for step, (loss, right) in enumerate(zip(got, want, strict=True)):
        try:
            number(loss, right, rtol=rtol, atol=atol, terms=terms, name=f"the loss of step {step}")
        except Mismatch as error:
            if error.evidence is not None:
                error.evidence = replace(error.evidence, picture=curves(got, want))
            raise


def step(
    train: Callable[..., object],
    model: nn.Module,
    X: torch.Tensor,  # noqa: N803
    y: torch.Tensor,
    *,
    loss: Loss,
    lr: float,
    terms: int | None = None,
) -> None:
    """Expect one step of gradient descent: each parameter moves by exactly -lr times its gradient.

    The gradient is that of `loss(model(X), y)` at the start, in float64. Whatever is wrong with a
    training step shows here, and by how many times it is wrong: gradients counted twice (2), none
    left (0), a sum for a mean (the number of examples), uphill (-1).

    Args:
        train: a function of the student's, called as train(model, optimizer, X, y, 1) with plain
            SGD; or any other callable, called as train(model), that takes one step on X and y.
        model: the caller's own; its parameters are moved in place.
        X: inputs, (n, ...).
        y: what they belong to, (n, ...).
        loss: from predictions and y to a tensor of one number.
        lr: the learning rate, above 0.
        terms: how many numbers are added up for one of a gradient; by default the largest
            dimension of X, y and the parameters.

    Raises:
        Mismatch: a parameter is replaced or moves otherwise; the sentence tells the first one.
    """
    start = {name: p.detach().clone() for name, p in model.named_parameters()}
    objects = dict(model.named_parameters())
    storage = {name: p.data_ptr() for name, p in objects.items()}
    moves = _moves(model, X, y, loss, lr)
    if hasattr(train, "reference"):
        optimizer = torch.optim.SGD(model.parameters(), lr=lr)
        train(model, optimizer, fresh(X), fresh(y), 1)
    else:
        train(model)
    now = dict(model.named_parameters())
    if set(now) != set(objects):
        found, wanted = ", ".join(now) or "none", ", ".join(objects)
        text = f"After the step the model has the parameters {found}; {wanted} are expected."
        raise mismatch(text, "surface", "the model", got=brief(found), wanted=brief(wanted))
    for name, parameter in now.items():
        if parameter is not objects[name] or parameter.data_ptr() != storage[name]:
            raise mismatch(
                f"The parameter {name} is another tensor after the step; "
                "change the one that the model has, in place.",
                "step",
                f"the parameter {name}",
                got="another tensor",
                wanted="the same tensor",
                where=name,
            )
    if terms is None:
        given = (X, y, *start.values())
        terms = max(max(tensor.shape, default=1) for tensor in given)
    # Gradients of size one are what may cancel, and the step makes them lr times as large.
    _hold(start, now, moves, Allowance(terms=terms, size=lr))


def _moves(
    model: nn.Module,
    X: torch.Tensor,  # noqa: N803
    y: torch.Tensor,
    loss: Loss,
    lr: float,
) -> dict[str, torch.Tensor]:
    """Compute how each parameter has to move, in float64; 0 where no gradient reaches it."""
    twin = exact(model)
    assert isinstance(twin, nn.Module)
    value = loss(twin(exact(X)), exact(y))  # type: ignore[arg-type]
    learning = {name: p for name, p in twin.named_parameters() if p.requires_grad}
    if not learning or not value.requires_grad:
        raise CourseError("a step is asked of a model none of whose parameters the loss reaches.")
    found = torch.autograd.grad(value, list(learning.values()), allow_unused=True)
    gradients = dict(zip(learning, found, strict=True))
    return {
        name: torch.zeros_like(p.detach()) if (g := gradients.get(name)) is None else -lr * g
        for name, p in twin.named_parameters()
    }


def _hold(
    start: dict[str, torch.Tensor],
    now: dict[str, nn.Parameter],
    moves: dict[str, torch.Tensor],
    allowance: Allowance,
) -> None:
    """Hold the moves against the right ones, the first parameter first."""
    got = {n: now[n].detach().cpu().double() - old.cpu().double() for n, old in start.items()}
    limits = {}
    for name, want in moves.items():
        old = start[name].cpu().double()
        # Where the parameter lands is rounded, whatever the size of the step.
        landing = torch.finfo(start[name].dtype).eps * torch.maximum(old.abs(), want.abs())
        limits[name] = allowance.of(want, start[name].dtype) + landing
    for name, want in moves.items():
        lost = ~got[name].isfinite()
        if lost.any():
            text = f"The parameter {name} holds NaN or infinity after the step{where(lost)}."
            raise mismatch(
                text,
                "finite",
                f"the parameter {name}",
                got="NaN or infinity",
                where=name,
                picture=flow("step", got, moves),
            )
        if _near(got[name], want, limits[name]):
            continue
        # In the parameter's own dtype, which says how exact a step can be.
        pair = (got[name].to(start[name].dtype), want.to(start[name].dtype))
        ratio = _ratio(got[name], want, limits[name])
        if ratio is None:
            raise _off(name, got[name], want, limits[name], pair)
        others = [each for each in moves if each != name and moves[each].any()]
        is_common = others and all(
            _near(got[each], ratio * moves[each], limits[each] * max(1.0, abs(ratio)))
            for each in others
        )
        so_did = " So did every other one." if is_common else ""
        raise mismatch(
            f"The parameter {name} moved by {_times(ratio)} times what is expected, "
            f"which is -lr times its gradient.{so_did}",
            "step",
            f"the parameter {name}",
            got=f"{_times(ratio)} times",
            wanted="1 times",
            where=name,
            off=float((got[name] - want).abs().max()),
            allowed=float(limits[name].max()),
            pair=pair,
            picture=flow("step", got, moves),
        )


def _off(
    name: str,
    got: torch.Tensor,
    want: torch.Tensor,
    allowed: torch.Tensor,
    pair: tuple[torch.Tensor, torch.Tensor],
) -> Mismatch:
    """Say by how much the step of a parameter is off."""
    difference = (got - want).abs()
    wrong = difference > allowed
    worst = int(torch.where(wrong, difference, -1.0).argmax())
    off, limit = float(difference.flatten()[worst]), float(allowed.flatten()[worst])
    up_to = "up to " if want.dim() else ""
    return mismatch(
        f"The step of the parameter {name} is off by {up_to}{off:.2g} "
        f"(allowed {limit:.1g}){where(wrong)}; -lr times its gradient is expected.",
        "step",
        f"the parameter {name}",
        got=at(got, wrong),
        wanted=at(want, wrong),
        where=f"{name}{first(wrong)}",
        off=off,
        allowed=limit,
        pair=pair,
        picture=heat(wrong, difference),
        around=around(got, want, wrong),
    )


def _ratio(got: torch.Tensor, want: torch.Tensor, allowed: torch.Tensor) -> float | None:
    """Find by how many times all of a move is what it has to be; None where there is no one ratio.

    A whole number, or one over it, is taken where rounding allows it. One number alone is always
    some multiple of another, which says little: there nothing else is taken.
    """
    if not want.any():
        return None
    ratio = float((got * want).sum() / want.square().sum())
    parts = (round(1 / ratio),) if 1e-6 < abs(ratio) < 1 else ()
    for simple in (*(1 / part for part in parts), round(ratio)):
        if simple != 1 and _near(got, simple * want, allowed * max(1.0, abs(simple))):
            return simple
    is_one = want.numel() > 1 and _near(got, ratio * want, allowed * max(1.0, abs(ratio)))
    return ratio if is_one else None


def _near(got: torch.Tensor, want: torch.Tensor, allowed: torch.Tensor) -> bool:
    """Compare so that NaN loses."""
    return bool(((got - want).abs() <= allowed).all())


def _times(ratio: float) -> str:
    """Write a ratio: "2", "-1", "1/11", "2.5"."""
    below = round(1 / ratio) if 1e-6 < abs(ratio) < 1 else 0
    if below and 1 / below == ratio:
        return f"{'-' if below < 0 else ''}1/{abs(below)}"
    return f"{ratio:.6g}"

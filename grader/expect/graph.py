"""Expectations on the graph: what a result remembers of how it was computed.

A loss has to remember, or no gradient flows; a measurement must not, or every step's tensors stay
in memory for as long as it is kept.
"""

from collections.abc import Iterator

import torch
from torch import nn

from grader.errors import CourseError, Flow
from grader.expect.pictures import flow
from grader.expect.values import tensor
from grader.expect.wording import RESULT, brief, mismatch, sentence

_REMEDY = "Compute it with tensor operations, without item(), detach() or torch.tensor()."


def detached(got: object, *, name: str = RESULT) -> None:
    """Expect a tensor that carries no graph: nothing remembers how it was computed.

    Raises:
        Mismatch: it is no tensor, or backward() could go through it to where it came from.
    """
    answer = tensor(got, name=name)
    if answer.grad_fn is not None:
        raise mismatch(
            f"{sentence(name)} still carries the graph it was computed with. "
            f"Compute it inside torch.no_grad(), or detach it.",
            "graph",
            name,
            got="a graph",
            wanted="no graph",
        )


def connected(
    got: object, *sources: torch.Tensor | nn.Module, name: str = RESULT, **named: torch.Tensor
) -> None:
    """Expect a result through which a gradient reaches every source.

    The path is walked, not looked at: along it some number has to arrive that is not zero, at one
    source at least. The graph stays, so that backward() can still be called.

    Args:
        got: what came back: floating or complex, any shape.
        sources: tensors that require gradients, and modules, which stand for all their parameters
            that do.
        name: what the sentence calls `got`.
        named: more tensors, each by the name that the sentence calls it.

    Raises:
        Mismatch: it has no graph, a source is not reached, or all that arrives is zero.
    """
    asked = dict(_named(sources)) | named
    for subject, source in asked.items():
        if not source.requires_grad:
            raise CourseError(
                f"a check asks whether a gradient reaches {subject}, which requires none; "
                "call requires_grad_() on it first."
            )
    answer = tensor(got, name=name)
    if not answer.requires_grad:
        text = (
            f"{sentence(name)} is connected to nothing, so no gradient can flow from it. {_REMEDY}"
        )
        raise mismatch(text, "graph", name, got="no graph", wanted="a graph")
    found = torch.autograd.grad(
        answer, list(asked.values()), torch.ones_like(answer), retain_graph=True, allow_unused=True
    )
    for subject, gradient in zip(asked, found, strict=True):
        if gradient is None:
            raise mismatch(
                f"No gradient path leads from {name} to {subject}: something between them cuts "
                "the graph. Look for item(), detach(), .data, torch.tensor() and torch.no_grad().",
                "graph",
                name,
                got="no path",
                wanted=f"a path to {subject}",
                where=subject,
                picture=_flow(asked, found),
            )
    arrived = [gradient for gradient in found if gradient is not None and gradient.numel()]
    is_known = answer.numel() and arrived and not any(each.is_meta for each in arrived)
    if is_known and not any(bool(each.ne(0).any()) for each in arrived):
        raise mismatch(
            f"Every gradient that flows from {name} is 0: rounding, sign() and comparisons have "
            "no slope.",
            "graph",
            name,
            got="gradients of 0",
            wanted="gradients that are not all 0",
            picture=_flow(asked, found),
        )


def _flow(asked: dict[str, torch.Tensor], found: tuple[torch.Tensor | None, ...]) -> Flow | None:
    """Draw what reached each source, where there is more than one to compare."""
    names = [name.removeprefix("the parameter ") for name in asked]
    return flow("gradient", dict(zip(names, found, strict=True))) if len(asked) > 1 else None


def releases(got: object, *, name: str = RESULT) -> None:
    """Expect results that keep no graph alive, as a list of losses of all steps.

    Args:
        got: what came back: tensors, numbers, and lists, tuples and dicts of them.
        name: what the sentence calls `got`.

    Raises:
        Mismatch: a tensor in it carries the graph it was computed with, or is of a class of its
            own.
    """
    for where, value in _inside(got, name):
        if isinstance(value, torch.Tensor) and tensor(value, name=where).grad_fn is not None:
            raise mismatch(
                f"{sentence(where)} still carries the graph it was computed with, so every step's "
                "graph is kept alive. Keep its number, by item(), or detach it.",
                "graph",
                name,
                got="a graph",
                wanted="no graph",
                where=where,
            )


def _named(sources: tuple[torch.Tensor | nn.Module, ...]) -> Iterator[tuple[str, torch.Tensor]]:
    """Name each source: a tensor by its place, a module's parameters by their names."""
    for number, source in enumerate(sources, 1):
        if not isinstance(source, nn.Module):
            yield f"source {number}", source
            continue
        of = f" of source {number}" if len(sources) > 1 else ""
        for name, parameter in source.named_parameters():
            if parameter.requires_grad:
                yield f"the parameter {name}{of}", parameter


def _inside(value: object, name: str) -> Iterator[tuple[str, object]]:
    """Walk through containers, each once: a few that hold each other can have billions of parts."""
    seen: set[int] = set()
    waiting = [(name, value)]
    while waiting:
        where, found = waiting.pop()
        yield where, found
        if id(found) in seen or not isinstance(found, list | tuple | dict):
            continue
        seen.add(id(found))
        parts = found.items() if isinstance(found, dict) else enumerate(found)
        inner = [(f"element {brief(key)} of {where}", part) for key, part in parts]
        waiting += reversed(inner)

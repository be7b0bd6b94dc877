"""Calling a function and being told what happened inside: the student's, and the reference's.

A student's function is watched where it runs, on the other side of the wall; the reference and
whatever a check defines are watched here, by the same witness. What is told of a student's call is
the word of their own process: it may cost points, and it must not be all that earns them.
"""

import copy
from collections.abc import Callable, Sequence

import torch

from grader.expect.arguments import Submitted, fresh, right, tensors
from grader.sandbox.child import witness
from grader.sandbox.wire.seen import Seen


def copies(args: Sequence[object]) -> list[object]:
    """Copy arguments as `fresh` does, and their optimizers so that they step the copied models."""
    twins = [fresh(argument) for argument in args]
    pairs = zip(tensors(list(args)), tensors(twins), strict=True)
    known: dict[int, object] = {id(old): new for old, new in pairs}
    return [
        copy.deepcopy(old, dict(known)) if isinstance(old, torch.optim.Optimizer) else new
        for old, new in zip(args, twins, strict=True)
    ]


def watch(function: Callable[..., object], args: Sequence[object]) -> tuple[object, Seen]:
    """Call a function, or a module, with these arguments; its result, and what was seen."""
    watched = getattr(function, "watched", None)
    if watched is None:
        return witness.watched(function, args, {})
    result, seen = watched(*args)
    return result, seen


def watch_reference(function: Submitted, args: Sequence[object]) -> tuple[object, Seen]:
    """Call the reference's function of the same name with copies of the arguments, likewise."""
    return witness.watched(right(function), copies(args), {})

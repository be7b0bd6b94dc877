"""The arguments of a checked call: copies of them, and what to call them in a sentence.

A call that changes its arguments must not spoil the reference's turn or the next check's, so every
expectation that calls a function twice hands out equal copies.
"""

import copy
import inspect
from collections.abc import Callable
from typing import Protocol

import torch
from torch import nn

from grader.errors import CourseError


class Submitted(Protocol):
    """A student's function as a check sees it: callable, and it knows the reference's namesake."""

    @property
    def reference(self) -> Callable[..., object] | None:
        """The reference's function of the same name; None where there is no reference."""
        ...

    def __call__(self, *args: object) -> object:
        """Call the student's function."""
        ...


def fresh(value: object) -> object:
    """Copy an argument: tensors with `requires_grad` and `grad`, modules and containers deeply."""
    if isinstance(value, torch.Tensor):
        twin = value.detach().clone().requires_grad_(value.requires_grad)
        twin.grad = None if value.grad is None else value.grad.detach().clone()
        return twin
    if isinstance(value, nn.Module):
        return copy.deepcopy(value)
    if isinstance(value, list):
        return [fresh(item) for item in value]
    if type(value) is tuple:
        return tuple(fresh(item) for item in value)
    return value


def right(function: Submitted) -> Callable[..., object]:
    """Give the reference's function of the same name.

    Raises:
        CourseError: there is none, as in a student's copy of the course.
    """
    if function.reference is None:
        raise CourseError(
            f"a check asks the reference for {getattr(function, '__name__', 'a function')}, and "
            "there is no reference here or it lacks that name; a visible check has to do without, "
            "because a student's copy of the course has none."
        )
    return function.reference


def names(function: Submitted) -> list[str]:
    """Name the arguments of a function, in order, as the reference's signature does."""
    return list(inspect.signature(right(function)).parameters)


def argument_name(function: Submitted, position: int) -> str:
    """Name an argument in a sentence: "argument 2 (v)", counted from one."""
    return f"argument {position + 1} ({names(function)[position]})"

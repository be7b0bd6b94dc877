"""The arguments of a checked call: copies of them, and what to call them in a sentence.

A call that changes its arguments must not spoil the reference's turn or the next check's, so every
expectation that calls a function twice hands out equal copies.
"""

import copy
import functools
import inspect
from collections.abc import Callable, Iterator
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
    return _copied(value, lambda tensor: tensor.detach().clone())


def exact(value: object) -> object:
    """Copy an argument as `fresh` does, on the CPU, with every floating tensor in float64.

    Complex tensors become complex128; whole numbers and truth values stay what they are.
    """
    return _copied(value, _exact)


def _exact(tensor: torch.Tensor) -> torch.Tensor:
    wide = torch.float64 if tensor.is_floating_point() else tensor.dtype
    wide = torch.complex128 if tensor.is_complex() else wide
    return tensor.detach().to("cpu", wide, copy=True)


def _copied(value: object, copied: Callable[[torch.Tensor], torch.Tensor]) -> object:
    """Copy a value along its structure, each tensor by `copied`."""
    if isinstance(value, torch.Tensor | nn.Module | torch.Generator):
        return _copied_one(value, copied)
    if isinstance(value, list):
        return [_copied(item, copied) for item in value]
    if isinstance(value, tuple):
        items = [_copied(item, copied) for item in value]
        return value._make(items) if hasattr(value, "_make") else type(value)(items)
    if isinstance(value, dict):
        mapping = copy.copy(value)  # of its own kind, in its own order
        mapping.update({key: _copied(item, copied) for key, item in value.items()})
        return mapping
    return copy.copy(value) if isinstance(value, set) else value


def _copied_one(
    value: torch.Tensor | nn.Module | torch.Generator,
    copied: Callable[[torch.Tensor], torch.Tensor],
) -> object:
    if isinstance(value, torch.Generator):
        return torch.Generator(value.device).set_state(value.get_state())
    if isinstance(value, torch.Tensor):
        twin = copied(value).requires_grad_(value.requires_grad)
        twin.grad = None if value.grad is None else copied(value.grad)
        return twin
    module = copy.deepcopy(value)
    # A deep copy of a parameter leaves its gradient behind.
    for old, new in zip(tensors(value), tensors(module), strict=True):
        new.grad = None
        new.data = copied(old)
        new.grad = None if old.grad is None else copied(old.grad)
    return module


def tensors(value: object) -> Iterator[torch.Tensor]:
    """Find the tensors of an argument: in containers, and a module's parameters and buffers."""
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, nn.Module):
        yield from (*value.parameters(), *value.buffers())
    elif isinstance(value, dict):
        yield from (tensor for item in value.values() for tensor in tensors(item))
    elif isinstance(value, list | tuple):
        yield from (tensor for item in value for tensor in tensors(item))


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
    return list(_parameters(right(function)))


def argument_name(function: Submitted, position: int) -> str:
    """Name an argument in a sentence: "argument 2 (v)", counted from one."""
    return f"argument {position + 1} ({names(function)[position]})"


def place_of(function: Callable[..., object], position: int) -> str:
    """Name an argument as `argument_name` does, or "argument 2" where no reference names it."""
    known = getattr(function, "reference", None)
    if not callable(known):
        return f"argument {position + 1}"
    return f"argument {position + 1} ({_parameters(known)[position]})"


@functools.lru_cache(maxsize=256)
def _parameters(function: Callable[..., object]) -> tuple[str, ...]:
    # The same few functions are named in every check of every submission.
    return tuple(inspect.signature(function).parameters)

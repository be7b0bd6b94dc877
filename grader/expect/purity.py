"""Expectations on arguments: a function leaves what it was given as it was."""

from collections.abc import Iterator

import torch
from torch import nn

from grader.expect.arguments import Submitted, argument_name, fresh, names
from grader.expect.wording import brief, mismatch


def unchanged(function: Submitted, *args: object, but: tuple[str, ...] = ()) -> None:
    """Expect a call to leave its arguments alone: values, `grad` and `requires_grad`.

    Of a module, every parameter and buffer is looked at, and whether it and each of its parts are
    in training mode.

    Args:
        function: the student's function.
        args: its arguments; the function is called with them, not with copies.
        but: the names, in the reference's signature, of arguments that the call may change.

    Raises:
        Mismatch: an argument differs after the call.
    """
    kept = {
        position: fresh(argument)
        for position, (name, argument) in enumerate(zip(names(function), args, strict=False))
        if name not in but
    }
    function(*args)
    for position, before in kept.items():
        for change in _changes(before, args[position]):
            name = argument_name(function, position)
            text = f"The call changes {name}: {change}. Work on a copy of it."
            raise mismatch(text, "purity", name, got=change, wanted="no change")


def _changes(then: object, now: object) -> Iterator[str]:
    """Say what differs between the copy of an argument from before and the argument."""
    if isinstance(then, torch.Tensor) and isinstance(now, torch.Tensor):
        yield from _tensor_changes(then, now)
    elif isinstance(then, nn.Module) and isinstance(now, nn.Module):
        yield from _module_changes(then, now)
    elif isinstance(then, list | tuple) and isinstance(now, list | tuple):
        if len(then) != len(now):
            yield f"its length was {len(then)} and is {len(now)}"
        for old, new in zip(then, now, strict=False):
            yield from _changes(old, new)
    elif isinstance(then, dict) and isinstance(now, dict):
        if list(then) != list(now):
            yield "its keys are not those it had"
        for key in [key for key in then if key in now]:
            yield from (f"in {brief(key)}, {change}" for change in _changes(then[key], now[key]))
    elif then is not now and then != now:
        yield "its value is not what it was"


def _tensor_changes(then: torch.Tensor, now: torch.Tensor) -> Iterator[str]:
    if (then.shape, then.dtype) != (now.shape, now.dtype):
        yield f"it was {_form(then)} and is {_form(now)}"
    elif not torch.equal(then, now):
        yield "its values are not what they were"
    if then.requires_grad != now.requires_grad:
        yield f"its requires_grad was {then.requires_grad} and is {now.requires_grad}"
    if then.grad is None or now.grad is None:
        if then.grad is not now.grad:
            yield "its grad was None and is a tensor" if then.grad is None else "its grad is gone"
    elif not torch.equal(then.grad, now.grad):
        yield "its grad is not what it was"


def _module_changes(then: nn.Module, now: nn.Module) -> Iterator[str]:
    modes = {name: part.training for name, part in now.named_modules()}
    for name, part in then.named_modules():
        if modes.get(name, part.training) != part.training:
            place = f"in {name}, " if name else ""
            yield f"{place}its training mode was {part.training} and is {modes[name]}"
    old, new = _tensors(then), _tensors(now)
    if set(old) != set(new):
        yield "its parameters are not those it had"
    for name in [name for name in old if name in new]:
        yield from (f"in {name}, {change}" for change in _tensor_changes(old[name], new[name]))


def _tensors(module: nn.Module) -> dict[str, torch.Tensor]:
    return {**dict(module.named_parameters()), **dict(module.named_buffers())}


def _form(tensor: torch.Tensor) -> str:
    return f"{tuple(tensor.shape)} {tensor.dtype}"

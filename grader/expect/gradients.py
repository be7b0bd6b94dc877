"""Expectations on gradients: that they reach every argument, and are the right ones.

The gradient that arrives from above is never one: a backward pass that ignores it, as a chain rule
forgotten does, is right for a plain sum and wrong here.
"""

import torch

from grader.errors import Mismatch
from grader.expect.arguments import Submitted, argument_name, fresh, right
from grader.expect.values import close, tensor

# Any fixed number: the same result gets the same upstream gradient on every machine and in every
# attempt, so that a failure can be repeated.
UPSTREAM_SEED = 20


def gradients(
    function: Submitted, *args: object, rtol: float | None = None, atol: float | None = None
) -> None:
    """Expect gradients that reach every floating argument and agree with the reference's.

    Args:
        function: the student's function; it returns one tensor.
        args: its arguments; every floating tensor among them is tracked on a copy.
        rtol: relative tolerance; by default that of the argument's dtype.
        atol: absolute tolerance, likewise.

    Raises:
        Mismatch: the result is not connected, no gradient reaches an argument, or it differs.
    """
    theirs, ours = [_tracked(argument) for argument in args], [_tracked(each) for each in args]
    wanted = tensor(right(function)(*ours))
    answer = tensor(function(*theirs), shape=tuple(wanted.shape), dtype=wanted.dtype)
    if not answer.requires_grad:
        raise Mismatch(
            "The result is not connected to its arguments, so no gradient can reach them. "
            "Compute it with tensor operations, without item(), detach() or torch.tensor()."
        )
    want, got = _derived(wanted, ours), _derived(answer, theirs)
    for position, gradient in want.items():
        name = argument_name(function, position)
        found = got[position]
        if gradient is None:
            continue
        if found is None:
            raise Mismatch(f"No gradient reaches {name}.")
        close(found, gradient, rtol=rtol, atol=atol, name=f"the gradient of {name}")


def _tracked(argument: object) -> object:
    """Copy an argument; a floating tensor is tracked."""
    twin = fresh(argument)
    if isinstance(twin, torch.Tensor) and twin.is_floating_point():
        twin.grad = None
        twin.requires_grad_()
    return twin


def _derived(result: torch.Tensor, args: list[object]) -> dict[int, torch.Tensor | None]:
    """Differentiate the result, weighted by the upstream gradient, by each tracked argument."""
    tracked = {
        position: argument
        for position, argument in enumerate(args)
        if isinstance(argument, torch.Tensor) and argument.requires_grad
    }
    generator = torch.Generator().manual_seed(UPSTREAM_SEED)
    # Between 1.5 and 2.5: never one, never so small that a wrong gradient hides in the tolerance.
    upstream = 1.5 + torch.rand(result.shape, generator=generator)
    weighted = (result * upstream.to(result.device, result.dtype)).sum()
    found = torch.autograd.grad(weighted, list(tracked.values()), allow_unused=True)
    return dict(zip(tracked, found, strict=True))

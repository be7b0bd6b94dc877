"""A call of the submission as a node of the check's own autograd graph.

The results of a call, and the arguments inside a graph that it changed, hang on one node. Its
backward pass asks the child for the vector-Jacobian product, so `backward()` and
`torch.autograd.grad` work as if the function were local.
"""

from collections.abc import Callable

import torch
from torch.autograd.function import once_differentiable

from grader.errors import WireError
from grader.records import Outcome
from grader.sandbox import wire
from grader.sandbox.raised import StudentError

# Asks the child: the call, the numbers of its outputs and of its inputs, the gradients from above.
Pull = Callable[[int, list[int], list[int], object], object]


class Link:
    """What a node of the graph knows of the call that it stands for."""

    def __init__(
        self,
        pull: Pull,
        call: int,
        outputs: list[int],
        inputs: dict[int, torch.Tensor],
    ) -> None:
        self._ask = pull
        self._call = call
        self._outputs = outputs
        self._inputs = list(inputs)
        self._forms = list(map(_form, inputs.values()))

    def pull(self, grads: tuple[torch.Tensor | None, ...]) -> list[torch.Tensor | None]:
        """Ask for the gradients of the inputs, None where there is none."""
        if all(grad is None for grad in grads):
            return [None] * len(self._inputs)
        answer = self._ask(self._call, self._outputs, self._inputs, grads)
        found = list(answer) if isinstance(answer, tuple) else []
        if len(found) != len(self._forms) or not all(map(_fits, found, self._forms)):
            raise StudentError(
                Outcome.FORBIDDEN, "the submission's process broke the protocol: other gradients"
            )
        return found


def hang(
    link: Link,
    results: dict[int, torch.Tensor],
    edits: dict[int, torch.Tensor],
    inputs: dict[int, torch.Tensor],
) -> dict[int, torch.Tensor]:
    """Hang a call's results, and its inputs that it changed, on one node behind its inputs.

    Args:
        link: what the node knows.
        results: new tensors by number.
        edits: the values that inputs have got, by the numbers of those.
        inputs: what requires a gradient, by number.

    Returns:
        what each result and each changed input is within the graph, by number.

    Raises:
        WireError: a value does not fit its input, or torch refuses.
    """
    for number, value in edits.items():
        if (value.shape, value.dtype) != (inputs[number].shape, inputs[number].dtype):
            raise WireError("a tensor within a graph gets another shape or dtype")
    places = list(inputs)
    written = [(places.index(number), value) for number, value in edits.items()]
    anchor = torch.zeros((), requires_grad=True)
    with wire.refusing("the answer does not fit into the graph"):
        joined = Joined.apply(  # type: ignore[no-untyped-call]
            link, list(results.values()), written, anchor, *inputs.values()
        )
    return dict(zip([*results, *edits], joined, strict=True))


def _form(tensor: torch.Tensor) -> tuple[torch.Size, torch.dtype, torch.device]:
    return tensor.shape, tensor.dtype, tensor.device


def _fits(grad: object, form: tuple[torch.Size, torch.dtype, torch.device]) -> bool:
    return grad is None or (isinstance(grad, torch.Tensor) and _form(grad) == form)


class Joined(torch.autograd.Function):
    """The remote call as a node of the local graph."""

    @staticmethod
    def forward(
        ctx: torch.autograd.function.FunctionCtx,
        link: Link,
        fresh: list[torch.Tensor],
        edits: list[tuple[int, torch.Tensor]],
        anchor: torch.Tensor,
        *inputs: torch.Tensor,
    ) -> tuple[torch.Tensor, ...]:
        """Take the results, and write what the call changed into its inputs."""
        ctx.link = link  # type: ignore[attr-defined]
        ctx.set_materialize_grads(False)
        # Something saved, so that a second backward pass through a freed graph is refused as
        # torch refuses it for a local function.
        ctx.save_for_backward(anchor)
        edited = []
        for place, value in edits:
            inputs[place].copy_(value)
            edited.append(inputs[place])
        ctx.mark_dirty(*edited)
        return (*fresh, *edited)

    @staticmethod
    @once_differentiable
    def backward(
        ctx: torch.autograd.function.FunctionCtx, *grads: torch.Tensor | None
    ) -> tuple[torch.Tensor | None, ...]:
        """Ask the child for the gradients of the inputs."""
        _ = ctx.saved_tensors  # type: ignore[attr-defined]
        return (None, None, None, None, *ctx.link.pull(grads))  # type: ignore[attr-defined]

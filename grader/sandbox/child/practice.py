"""A made-up submission, served before the first real one, so that no child is the first to serve.

CPython remembers what it has met, in place: which method a name means for a class, and what the
instructions of a function have worked on. After a fork each such note copies a page of memory, and
a child of a process that has never served makes hundreds of them. So the zygote serves once: one
check of a submission that computes, trains, fails and gives a layer away, through the very loop
that its children run. Nothing of it is left but what CPython has noted.
"""

import gc
import linecache
import socket
import sys
from collections.abc import Iterator

import torch

from grader.sandbox import wire
from grader.sandbox.child import service
from grader.sandbox.child.state import State

_STEM = "practice"
_TEXT = '''"""Code of the kind that is handed in."""

import torch
from torch import nn


def loss(w: torch.Tensor, x: torch.Tensor, y: torch.Tensor, *, scale: float = 1.0) -> torch.Tensor:
    """Measure a mean of squares."""
    return scale * ((x @ w - y) ** 2).mean()


def slope(w: torch.Tensor, x: torch.Tensor, y: torch.Tensor) -> tuple[torch.Tensor, list[int]]:
    """Pull a gradient back."""
    w = w.detach().clone().requires_grad_()
    loss(w, x, y).backward()
    return w.grad, [*w.shape]


def train(x: torch.Tensor, y: torch.Tensor) -> list[float]:
    """Take two steps."""
    model = nn.Linear(x.shape[1], 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    losses = []
    for _ in range(2):
        optimizer.zero_grad()
        error = nn.functional.mse_loss(model(x).squeeze(1), y)
        error.backward()
        optimizer.step()
        losses.append(error.item())
    return losses


def build() -> nn.Module:
    """Give a layer away."""
    return nn.Linear(3, 2)


def fail(x: torch.Tensor) -> torch.Tensor:
    """Leave it undone."""
    raise NotImplementedError("write this")
'''


def practise(state: State) -> list[str]:
    """Serve the made-up submission, and clear it away.

    Args:
        state: what each check starts from; it stays as it is.

    Returns:
        how each request was answered: "ok", or "raised" for the function that is undone. Nothing
        is served, and nothing answered, with a CUDA build: there a gradient would start threads,
        which must not exist before a fork.
    """
    if torch.version.cuda is not None:
        return []
    finders = list(sys.meta_path)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        count = 0
        for body, blocks in _requests(state):
            count += 1
            for part in wire.pack(body, blocks):
                ours.sendall(part)
        ours.shutdown(socket.SHUT_WR)
        # The answers wait in the socket meanwhile: a few kilobytes in all.
        service.serve(theirs, state)
        answers = [service.receive(ours) for _ in range(count)]
    sys.meta_path[:] = finders
    sys.modules.pop(_STEM, None)
    linecache.cache.pop(f"{_STEM}.py", None)
    # Taken back, these are no change; whoever looks for one need not look closely any more.
    state.remains()
    gc.collect()
    gc.freeze()
    return [str(answer.body[0]) for answer in answers if answer is not None]


def _requests(state: State) -> Iterator[tuple[list[wire.Node], list[wire.Block]]]:
    """Write what a host would ask: one check of all functions."""
    yield ["load", 0, [[f"{_STEM}.py", _TEXT, []]], 1.0], []
    yield ["begin", 0, 1], []
    w, x, y = torch.ones(3, requires_grad=True), torch.ones(2, 3), torch.zeros(2)
    yield _call(state, 1, "loss", (w, x, y), {"scale": 2.0})
    # The things of this call are three tensors, the named arguments, and the result.
    table = wire.Table(service.Service(state))
    upstream = table.node((torch.ones(()),))
    things, blocks = table.sent()
    yield ["pull", 2, 1, [4], [0], things, upstream], blocks
    yield _call(state, 3, "slope", (w.detach(), x, y), {})
    yield _call(state, 4, "train", (x, y), {})
    yield _call(state, 5, "build", (), {})
    yield _call(state, 6, "fail", (x,), {})
    body, blocks = _call(state, 7, "slope", (w.detach(), x, y), {})
    yield [*body, True], blocks  # With a witness.


def _call(
    state: State,
    number: int,
    name: str,
    positional: tuple[torch.Tensor, ...],
    named: dict[str, float],
) -> tuple[list[wire.Node], list[wire.Block]]:
    table = wire.Table(service.Service(state))
    node = table.node((positional, named))
    things, blocks = table.sent()
    return ["call", number, [], [True, "float32"], ["name", name], things, node], blocks

"""Right answers to exercise 03, written differently."""

import torch
from torch.nn.functional import mse_loss

from grader.mistakes import variant


@variant(of="loss")
def from_the_library(w, x, y):
    """The mean squared error of one number."""
    return mse_loss(w * x, y)


@variant(of="loss")
def other_way_round(w, x, y):
    """Truth minus prediction has the same square."""
    return torch.square(y - w * x)


@variant(of="gradient")
def backward_on_a_copy(w, x, y):
    """The lesson's way, backward() and .grad, on a copy that nobody else sees."""
    copy = w.clone().detach()
    copy.requires_grad = True
    ((copy * x - y) ** 2).backward()
    return copy.grad


@variant(of="descend")
def under_no_grad(w, x, y, lr):
    """A copy, tracked for the gradient and stepped in place without a graph."""
    new = w.detach().clone().requires_grad_()
    ((new * x - y) ** 2).backward()
    with torch.no_grad():
        new -= lr * new.grad
    return new


@variant(of="descend")
def with_an_optimizer(w, x, y, lr):
    """The optimizer of the next exercise, on a copy."""
    new = w.detach().clone().requires_grad_()
    optimizer = torch.optim.SGD([new], lr=lr)
    ((new * x - y) ** 2).backward()
    optimizer.step()
    return new.detach()

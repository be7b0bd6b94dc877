"""Eight wrong answers, each with the checks that it loses."""

import torch
from torch import nn

from grader.mistakes import mistake


@mistake(of="make_vector", loses="vector_value")
def whole_numbers(*_):
    """The vector holds whole numbers."""
    return torch.tensor([1, 2, 3])


@mistake(of="matvec", loses=("matvec_shape", "matvec_value"))
def one_column(A, v):
    """The product is a matrix of one column."""
    return A @ v.unsqueeze(1)


@mistake(of="loss_fn", loses=("loss_gradient", "train_converges"))
def detached(w, X, y):
    """The loss is cut off from the weight."""
    return ((X @ w - y) ** 2).mean().detach()


@mistake(of="loss_fn", loses=("loss_value", "loss_gradient", "train_converges"))
def summed(w, X, y):
    """The squares are summed, not averaged."""
    return ((X @ w - y) ** 2).sum()


@mistake(of="train", loses="train_converges")
def gradients_kept(X, y):
    """Old gradients are never cleared."""
    w = nn.Parameter(torch.zeros(X.shape[1]))
    optimizer = torch.optim.SGD([w], lr=0.1)
    for _ in range(200):
        loss_fn(w, X, y).backward()  # noqa: F821  It stands beside the answer's.
        optimizer.step()
    return w.detach()


@mistake(of="build_ff", loses=("ff_shape", "ff_value"))
def swapped(*_):
    """Inputs and outputs are swapped."""
    return nn.Linear(3072, 768)


@mistake(of="matvec", loses=("matvec_shape", "matvec_value", "matvec_gradient"))
def raising(A, v):
    """The product raises."""
    return torch.matmul(v, A.T[:-1])


@mistake(of="build_ff", loses=("ff_shape", "ff_value"))
def not_begun(*_):
    """Nothing is written yet."""
    raise NotImplementedError

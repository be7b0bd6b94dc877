"""Five functions of a first lesson: a vector, a product, a loss, a training loop, a layer."""

import torch
from torch import nn


def make_vector() -> torch.Tensor:
    """Return the vector 1, 2, 3, float32, (3,)."""
    raise NotImplementedError("make_vector")


def matvec(A: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """Multiply a matrix (m, n) with a vector (n,): (m,)."""
    raise NotImplementedError("matvec")


def loss_fn(w: torch.Tensor, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Square the errors of the line through zero with slope w, each on its own."""
    raise NotImplementedError("loss_fn")


def train(model: nn.Module, X: torch.Tensor, y: torch.Tensor, steps: int, lr: float) -> list[float]:
    """Train in place by gradient descent on the mean squared error; the loss before each step."""
    raise NotImplementedError("train")


def build_ff() -> nn.Linear:
    """Build the layer from 768 features to 3072."""
    raise NotImplementedError("build_ff")

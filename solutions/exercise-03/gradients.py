"""Exercise 03, gradients: let autograd say which way to move a weight."""

import torch


def loss(w: torch.Tensor, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Measure how wrong the prediction w·x is: (w·x − y)².

    Args:
        w: the weight, (), floating.
        x: the input, (), dtype of w.
        y: the truth, (), dtype of w.

    Returns:
        (), dtype of w; differentiable in w, x and y.
    """
    return (w * x - y) ** 2


def gradient(w: torch.Tensor, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """Differentiate the loss by the weight, with autograd.

    Args:
        w: the weight, (), floating, with or without `requires_grad`. It is left as it is, and so
            is `w.grad`.
        x: the input, (), dtype of w.
        y: the truth, (), dtype of w.

    Returns:
        The derivative of the loss by w at this w, (), dtype of w.
    """
    leaf = w.detach().requires_grad_()
    (derivative,) = torch.autograd.grad(loss(leaf, x, y), leaf)
    return derivative


def descend(w: torch.Tensor, x: torch.Tensor, y: torch.Tensor, lr: float) -> torch.Tensor:
    """Take one step of gradient descent: against the gradient, lr times its length.

    Args:
        w: the weight, (), floating, with or without `requires_grad`. It is left as it is.
        x: the input, (), dtype of w.
        y: the truth, (), dtype of w.
        lr: the learning rate.

    Returns:
        The new weight, (), dtype of w: a new tensor that carries no graph.
    """
    return w.detach() - lr * gradient(w, x, y)

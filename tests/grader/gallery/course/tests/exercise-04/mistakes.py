"""Wrong ways for a gradient."""

import torch

from grader.mistakes import mistake


@mistake(of="two_layers", loses="two_layers_gradients")
def cut_between_the_layers(x, w, v):
    """The second layer gets its gradient and the first none: the graph is cut between them."""
    return torch.tanh(x @ w).detach() @ v


@mistake(of="gate", loses="gate_gradients")
def changed_behind_autograd(x):
    """The values are right and the gradient is not: a value it needs was changed through .data."""
    result = torch.sigmoid(x)
    result.data.mul_(x.data)
    return result


@mistake(of="gate", loses="gate_gradients")
def weight_is_constant(x):
    """The gradient is that of x alone: the sigmoid is taken for a constant."""
    return x * torch.sigmoid(x).detach()


@mistake(of="SquaresPlus", loses="squares_plus_gradients")
class UpstreamIgnored(torch.autograd.Function):
    """The backward pass is right only where the gradient that comes in is 1."""

    @staticmethod
    def forward(ctx, x, b):
        """Compute the values."""
        ctx.save_for_backward(x)
        return x * x + b

    @staticmethod
    def backward(ctx, upstream):
        """Compute the gradients."""
        (x,) = ctx.saved_tensors
        return 2 * x, torch.ones_like(x).sum(0)


@mistake(of="SquaresPlus", loses="squares_plus_gradients")
class UpstreamIgnoredForX(torch.autograd.Function):
    """The gradient of b is right, and that of x only where the gradient that comes in is 1."""

    @staticmethod
    def forward(ctx, x, b):
        """Compute the values."""
        ctx.save_for_backward(x)
        return x * x + b

    @staticmethod
    def backward(ctx, upstream):
        """Compute the gradients."""
        (x,) = ctx.saved_tensors
        return 2 * x, upstream.sum(0)

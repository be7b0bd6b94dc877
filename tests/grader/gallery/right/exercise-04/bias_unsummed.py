"""The gradient of b may keep the shape of the rows: autograd sums it to the shape of b."""

import torch


class SquaresPlus(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, b):
        ctx.save_for_backward(x)
        return x**2 + b

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return grad_output * 2 * x, grad_output


def squares_plus(x, b):
    return SquaresPlus.apply(x, b)

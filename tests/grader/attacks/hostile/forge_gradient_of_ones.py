"""forge_gradient_of_ones

Tries: a hand-made backward pass that is right only where the gradient from above is one.
Verdict: values keep their points, gradients do not.
"""

import torch


class Product(torch.autograd.Function):
    @staticmethod
    def forward(ctx, A, v):
        ctx.save_for_backward(A, v)
        return A @ v

    @staticmethod
    def backward(ctx, grad):
        A, v = ctx.saved_tensors
        return v.expand_as(A), A.sum(0)


def matvec(A, v):
    return Product.apply(A, v)

"""M22: backward() multiplies by what arrives from above for b, and forgets it for x.

Named: UpstreamIgnoredForX
"""

import torch


class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, b):
        ctx.save_for_backward(x)
        return x**2 + b

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return x + x, g


squares_plus = Square.apply

"""M22: backward() gives the derivative and forgets what arrives from above.

Named: UpstreamIgnored
"""

import torch


class MyFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, inp, bias):
        ctx.save_for_backward(inp, bias)
        return inp.pow(2) + bias

    @staticmethod
    def backward(ctx, grad_output):
        inp, bias = ctx.saved_tensors
        grad_input = inp * 2
        grad_bias = torch.full_like(bias, inp.shape[0])
        return grad_input, grad_bias


def squares_plus(x, b):
    return MyFunction.apply(x, b)

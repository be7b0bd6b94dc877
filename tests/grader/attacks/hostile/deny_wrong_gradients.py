"""deny_wrong_gradients

Tries: backward passes that hang, raise, or answer with other shapes.
Verdict: the gradients are lost, the values keep their points.
"""

import torch


class Odd(torch.autograd.Function):
    @staticmethod
    def forward(ctx, A, v):
        ctx.save_for_backward(A, v)
        return A @ v

    @staticmethod
    def backward(ctx, grad):
        while True:
            pass


class Shapeless(torch.autograd.Function):
    @staticmethod
    def forward(ctx, w, x, y):
        return (w * x - y) ** 2

    @staticmethod
    def backward(ctx, grad):
        return torch.zeros(7, 7), None, torch.zeros(())


def matvec(A, v):
    return Odd.apply(A, v)


def loss_fn(w, x, y):
    return Shapeless.apply(w, x, y)

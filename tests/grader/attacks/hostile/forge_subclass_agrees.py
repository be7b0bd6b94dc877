"""forge_subclass_agrees

Tries: a Tensor subclass that answers True to every comparison it is asked for.
Verdict: nothing passes; only its plain bytes cross.
"""

import torch


class Agrees(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        if func.__name__ in ("allclose", "equal"):
            return True
        if func.__name__ in ("isclose", "eq", "__eq__", "le", "lt", "ge", "gt"):
            return torch.ones((), dtype=torch.bool)
        return super().__torch_function__(func, types, args, kwargs or {})


def make_vector():
    return torch.zeros(3).as_subclass(Agrees)


def matvec(A, v):
    return torch.zeros(len(A)).as_subclass(Agrees)


def loss_fn(w, x, y):
    return (w * 0).as_subclass(Agrees)

"""steal_operands

Tries: a tensor class tells the value that it is compared with, in an exception or by keeping it.
Verdict: nothing passes and nothing is told; no comparison happens here.
"""

import torch


class Tells(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        others = [a for a in args if isinstance(a, torch.Tensor) and type(a) is not cls]
        if others and func.__name__ in ("sub", "__sub__", "eq", "__eq__", "isclose", "allclose"):
            raise RuntimeError(f"STOLEN {others[0].tolist()}")
        return super().__torch_function__(func, types, args, kwargs or {})


def make_vector():
    return torch.zeros(3).as_subclass(Tells)


def matvec(A, v):
    return torch.zeros(len(A)).as_subclass(Tells)

"""Formulas that are right for ordinary numbers alone."""

import torch

from grader.mistakes import mistake


@mistake(of="softmax", loses="softmax_of_large_numbers")
def softmax_overflows(x):
    """Large numbers give NaN: the row's maximum is not subtracted before exp."""
    return x.exp() / x.exp().sum(-1, keepdim=True)


@mistake(of="loss", loses="loss_of_a_wide_gap")
def logarithm_of_softmax(scores, labels):
    """The loss is infinite: it takes the logarithm of a softmax that has become zero."""
    return -torch.softmax(scores, dim=1).log()[torch.arange(len(labels)), labels].mean()


@mistake(of="normalize", loses="nearly_constant_rows")
def eps_outside_the_root(x, eps):
    """Rows that hardly vary come out too large: eps is added after the square root."""
    off = x - x.mean(-1, keepdim=True)
    return off / (off.square().mean(-1, keepdim=True).sqrt() + eps)


@mistake(of="normalize", loses="nearly_constant_rows")
def eps_missing(x, eps):
    """A constant row gives NaN: eps is not added to the variance."""
    off = x - x.mean(-1, keepdim=True)
    return off / off.square().mean(-1, keepdim=True).sqrt()

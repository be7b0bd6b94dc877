"""Splitting and stacking, a clone that is changed, expand that is only read."""

import torch


def split_heads(x, heads):
    return torch.stack(x.split(x.shape[2] // heads, dim=2), dim=1)


def constant(value):
    return torch.full((), value, dtype=torch.float32)


def centred(x):
    result = x.clone()
    result -= result.mean(dim=0, keepdim=True)
    return result


def rows_of(row, n):
    rest = row.expand(n - 1, -1)
    return torch.cat([torch.zeros(1, len(row)), rest])


def less_first(a):
    out = a.clone()
    out -= a[:, 0].unsqueeze(1)
    return out

"""Right answers to exercise 05, written differently."""

import torch
from torch import nn

from grader.mistakes import variant


@variant(of="feed_forward")
def named_arguments():
    """The widths by name."""
    return nn.Linear(in_features=768, out_features=4 * 768, bias=True)


@variant(of="linear")
def einstein_sum(x, weight, bias):
    """The sum over the in features as the formula writes it."""
    return torch.einsum("...i,oi->...o", x, weight) + bias


@variant(of="linear")
def broadcast_and_sum(x, weight, bias):
    """Every feature meets every row of the weight, and the products are summed."""
    return (x.unsqueeze(-2) * weight).sum(dim=-1).add(bias)


@variant(of="linear")
def flattened_and_restored(x, weight, bias):
    """One matrix product over all examples, then the axes in front again."""
    rows = torch.matmul(x.reshape(-1, x.shape[-1]), weight.transpose(0, 1))
    return (bias + rows).view(*x.shape[:-1], -1)


@variant(of="parameter_count")
def with_a_loop(module):
    """A loop over named parameters, which names each once."""
    total = 0
    for _, parameter in module.named_parameters():
        if parameter.requires_grad:
            count = 1
            for size in parameter.shape:
                count *= size
            total += count
    return total


@variant(of="parameter_count")
def by_identity(module):
    """Every module's own parameters, those seen before left out."""
    found = {
        id(p): p.nelement()
        for inner in module.modules()
        for p in inner.parameters(recurse=False)
        if p.requires_grad
    }
    return sum(found.values())

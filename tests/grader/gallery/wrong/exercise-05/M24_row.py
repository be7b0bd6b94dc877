"""M24: one row is drawn, and all units of a layer share it.

Named: signature:rows_equal signature:first_repeated
"""

import torch
from torch import nn


def network(inputs, hidden, outputs, generator):
    layers = []
    for n_in, n_out in ((inputs, hidden), (hidden, outputs)):
        layer = nn.Linear(n_in, n_out)
        row = torch.randn(n_in, generator=generator) / n_in**0.5
        layer.weight.data = row.expand(n_out, n_in).clone()
        layer.bias.data.zero_()
        layers.append(layer)
    return nn.Sequential(layers[0], nn.Tanh(), layers[1])

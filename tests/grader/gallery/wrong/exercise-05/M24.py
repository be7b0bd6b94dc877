"""M24: all weights start at zero.

Named: signature:zero
"""

from torch import nn


def network(inputs, hidden, outputs, generator):
    net = nn.Sequential(nn.Linear(inputs, hidden), nn.Tanh(), nn.Linear(hidden, outputs))
    for p in net.parameters():
        nn.init.zeros_(p)
    return net

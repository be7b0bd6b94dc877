"""M24: all weights of a layer start at the same number.

Named: signature:all_equal
"""

from torch import nn


def network(inputs, hidden, outputs, generator):
    first, second = nn.Linear(inputs, hidden), nn.Linear(hidden, outputs)
    for layer in (first, second):
        nn.init.constant_(layer.weight, 1 / layer.in_features**0.5)
        nn.init.zeros_(layer.bias)
    return nn.Sequential(first, nn.Tanh(), second)

"""deny_named_parameters

Tries: a model comes back with ten thousand parameters of long names.
Verdict: train_parameters and its kin fail, and the report stays short.
"""

import torch
from torch import nn


def train(model, X, y, steps, lr):
    for number in range(10_000):
        model.register_parameter(f"{'p' * 40}{number}", nn.Parameter(torch.zeros(1)))
    return []

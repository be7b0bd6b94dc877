"""forge_model_of_other_parts

Tries: train() puts other parameters, of another shape, into the model, and takes its own away.
Verdict: train and its parameters are lost.
"""

import torch
from torch import nn


def train(model, X, y, steps, lr):
    model._parameters.clear()
    model.register_parameter("weight", None)
    model.register_parameter("", nn.Parameter(torch.zeros(0)))
    model._buffers["bias"] = torch.zeros(1)
    model.in_features, model.extra = -1, "x" * 1000
    return [0.5] * steps

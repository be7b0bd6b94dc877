"""Parameters by hand: one step, what is trained, and where it starts."""

import torch
from torch import nn


def update(w, X, y, lr):
    """Take one step of gradient descent on the mean squared error of X @ w, in place.

    w is a leaf that requires gradients, and stays one. Nothing is returned.
    """
    w.grad = None
    ((X @ w - y) ** 2).mean().backward()
    with torch.no_grad():
        w -= lr * w.grad


def freeze_all_but_last(model):
    """Let training change the last layer of an nn.Sequential, and nothing before it."""
    model.requires_grad_(False)
    model[-1].requires_grad_(True)


def network(inputs, hidden, outputs, generator):
    """Return nn.Sequential of a linear layer, a tanh and a linear layer.

    The weights are normal numbers from the generator, the first layer's first, divided by the root
    of the number of the layer's inputs. The biases are zero.
    """
    model = nn.Sequential(nn.Linear(inputs, hidden), nn.Tanh(), nn.Linear(hidden, outputs))
    with torch.no_grad():
        for layer in (model[0], model[2]):
            layer.weight.normal_(generator=generator).div_(layer.in_features**0.5)
            layer.bias.zero_()
    return model

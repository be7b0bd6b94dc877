"""Adding up, permuting, indexing with None: other ways to the same shapes."""

import torch
from torch import nn


def linear(x, weight, bias):
    return nn.functional.linear(x, weight, bias)


def channels_first(x):
    return torch.einsum("ntc->nct", x)


def channel_rows(x):
    return torch.cat([x[:, :, c] for c in range(x.shape[2])], dim=1)


def pixels(images):
    return images.reshape(len(images), -1)


def scores(x, w):
    return (x @ w)[:, 0]


def shares(x):
    return x / x.sum(1)[:, None]

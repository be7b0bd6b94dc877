"""Torch's own convolution, targets that leave out the end, and positions by their numbers."""

import torch
from torch.nn import functional as F


def next_token_loss(scores, tokens):
    targets = torch.full_like(tokens, -100)
    targets[:, :-1] = tokens[:, 1:]
    return F.cross_entropy(scores.mT, targets)


def encode(tokens, words, positions):
    places = torch.arange(tokens.shape[1])
    return F.embedding(tokens, words) + F.embedding(places, positions)


def convolve(image, kernel):
    return F.conv2d(image[None, None], kernel[None, None])[0, 0]

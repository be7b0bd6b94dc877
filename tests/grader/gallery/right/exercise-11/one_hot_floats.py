"""One-hot targets of floating numbers are probabilities, and give the same loss."""

import torch


def loss_of_table(scores, column):
    classes = column.flatten().long() - 1
    rows = torch.nn.functional.one_hot(classes, scores.shape[1]).to(scores.dtype)
    return torch.nn.functional.cross_entropy(scores, rows)

"""A log-softmax of a log-softmax changes nothing."""

import torch


def loss(scores, labels):
    return torch.nn.CrossEntropyLoss()(torch.log_softmax(scores, dim=1), labels)

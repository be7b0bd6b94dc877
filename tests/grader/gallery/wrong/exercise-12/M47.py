"""M47: the logarithm of a softmax.

Named: logarithm_of_softmax
"""

import torch


def loss(scores, labels):
    log_probabilities = torch.log(softmax(scores))
    return torch.nn.functional.nll_loss(log_probabilities, labels)

"""M80: both are cut at the same end.

Named: signature:sees_the_answer
"""

import torch


def next_token_loss(scores, tokens):
    x, y = scores[:, :-1], tokens[:, :-1]
    return torch.nn.functional.cross_entropy(x.reshape(-1, x.shape[-1]), y.reshape(-1))

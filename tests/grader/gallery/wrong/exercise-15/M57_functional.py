"""M57: the function does not hear of the mode.

Named: always_dropping
"""

import torch


def hidden(x, weight, is_training):
    h = torch.matmul(x, weight)
    return torch.nn.functional.dropout(h, p=0.5)

"""M68: the zeros are made on the CPU, wherever x is.

Named: torch:devices_differ
"""

import torch


def shifted(x):
    zeros = torch.zeros(x.shape[0], 1)
    return torch.cat((zeros, x[:, :-1]), 1)

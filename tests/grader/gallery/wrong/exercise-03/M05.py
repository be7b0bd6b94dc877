"""M05: a list of tensors is given to torch.tensor(), which copies their numbers.

Named: signature:detached
"""

import torch


def norms(tensors):
    result = []
    for t in tensors:
        result.append(torch.sqrt((t * t).sum()))
    return torch.tensor(result)

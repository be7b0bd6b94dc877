"""M38: the argument is centred in place.

Named: centred_in_place
"""

import torch


def centred(x):
    means = torch.mean(x, dim=0, keepdim=True)
    x.sub_(means)
    return x

"""M68: a GPU is asked for by name.

Named: torch:no_gpu
"""

import torch


def shifted(x):
    out = torch.zeros(x.shape).cuda()
    out[:, 1:] = x[:, :-1].cuda()
    return out.cpu()

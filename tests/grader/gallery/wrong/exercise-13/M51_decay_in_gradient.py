"""M51: the decay goes through the averages.

Named: decay_in_the_gradient
"""

import torch


def adamw(w, gradients, lr, decay):
    parameter = torch.nn.Parameter(w.clone())
    optimizer = torch.optim.Adam([parameter], lr=lr, weight_decay=decay)
    for gradient in gradients:
        parameter.grad = gradient
        optimizer.step()
    return parameter.detach()

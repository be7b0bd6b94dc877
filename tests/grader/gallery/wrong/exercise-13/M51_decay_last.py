"""M51: the step first, then the decay.

Named: decay_last
"""

import torch


def adamw(w, gradients, lr, decay):
    parameter = w.clone().requires_grad_()
    optimizer = torch.optim.Adam([parameter], lr=lr)
    for gradient in gradients:
        parameter.grad = gradient.clone()
        optimizer.step()
        with torch.no_grad():
            parameter -= lr * decay * parameter
    return parameter.detach()

"""M51: Adam without the correction of its averages.

Named: no_bias_correction
"""

import torch


def adamw(w, gradients, lr, decay):
    w = w.clone()
    m = v = torch.zeros(w.shape)
    for g in gradients:
        m = m + (1 - 0.9) * (g - m)
        v = v + (1 - 0.999) * (g * g - v)
        w.mul_(1 - lr * decay)
        w.sub_(lr * m / (v**0.5 + 1e-8))
    return w

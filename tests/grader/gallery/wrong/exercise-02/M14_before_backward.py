"""M14: the gradients are clipped before backward() has made them.

Named: clipped_before_backward
"""

import torch


def clipped_step(model, optimizer, X, y, max_norm):
    model.zero_grad()
    torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    ((model(X) - y) ** 2).mean().backward()
    optimizer.step()

"""M14: the loss is clipped, and not the gradients; the graph is cut at its edge.

Named: signature:zero
"""

import torch


def clipped_step(model, optimizer, X, y, max_norm):
    optimizer.zero_grad()
    loss = ((model(X) - y) ** 2).mean()
    loss = loss.clamp(max=max_norm)
    loss.backward()
    optimizer.step()

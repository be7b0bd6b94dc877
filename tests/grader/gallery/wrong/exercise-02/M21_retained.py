"""M21: the hidden state is handed on with its graph, and retain_graph=True is tried against it.

Named: torch:modified_in_place
"""

import torch
import torch.nn.functional as F


def train_in_pieces(cell, optimizer, pieces, targets):
    h = None
    losses = []
    for piece, target in zip(pieces, targets):
        optimizer.zero_grad()
        loss = 0
        for x, t in zip(piece, target):
            h = cell(x, h)
            loss = loss + F.mse_loss(h, t) / len(piece)
        loss.backward(retain_graph=True)
        optimizer.step()
        losses.append(loss.item())
    return losses

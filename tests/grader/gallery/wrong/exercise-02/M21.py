"""M21: the hidden state is handed on with its graph.

Named: state_not_detached
"""

import torch
from torch import nn


def train_in_pieces(cell, optimizer, pieces, targets):
    h = torch.zeros(pieces[0].shape[1], cell.hidden_size)
    losses = []
    criterion = nn.MSELoss()
    for i in range(len(pieces)):
        optimizer.zero_grad()
        outputs = []
        for t in range(pieces[i].shape[0]):
            h = cell(pieces[i][t], h)
            outputs.append(h)
        loss = criterion(torch.stack(outputs, dim=0), targets[i])
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses

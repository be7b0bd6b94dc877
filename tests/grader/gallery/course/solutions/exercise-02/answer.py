"""More of a training loop: clipping, a schedule, evaluation, sequences in pieces."""

import torch
from torch import nn
from torch.nn.functional import mse_loss


def clipped_step(model, optimizer, X, y, max_norm):
    """Take one step on the mean squared error, with the norm of all gradients at most max_norm."""
    loss = mse_loss(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()


def fit(model, optimizer, batches, epochs):
    """Train on the mean squared error of each batch (X, y), in order, for some epochs.

    After each epoch the learning rate becomes a fifth of what it was. Return the mean loss of the
    batches of each epoch, as floats.
    """
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1, gamma=0.2)
    means = []
    for _ in range(epochs):
        total = 0.0
        for X, y in batches:
            loss = mse_loss(model(X), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        scheduler.step()
        means.append(total / len(batches))
    return means


def evaluate(model, X, y):
    """Return the mean squared error of the model's predictions, as a float."""
    with torch.no_grad():
        return mse_loss(model(X), y).item()


def train_in_pieces(cell, optimizer, pieces, targets):
    """Train a recurrent cell on a long sequence that comes in pieces, one step for each piece.

    A piece is (time, batch, inputs), its target (time, batch, hidden); the loss is the mean squared
    error of all hidden states. The state goes on from piece to piece, and the gradient stays within
    a piece. Return the losses, as floats.
    """
    losses, hidden = [], None
    for piece, target in zip(pieces, targets, strict=True):
        states = []
        for x in piece:
            hidden = cell(x, hidden)
            states.append(hidden)
        loss = mse_loss(torch.stack(states), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        hidden = hidden.detach()
        losses.append(loss.item())
    return losses

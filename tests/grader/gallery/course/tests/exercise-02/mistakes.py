"""Wrong clipping, schedules, evaluations and sequences."""

import torch
from torch import nn
from torch.nn.functional import mse_loss

from grader.mistakes import mistake


@mistake(of="clipped_step", loses="large_gradients")
def clipped_after_the_step(model, optimizer, X, y, max_norm):
    """The step is as long as without clipping, and the gradient is clipped after it."""
    loss = mse_loss(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    nn.utils.clip_grad_norm_(model.parameters(), max_norm)


@mistake(of="clipped_step", loses="large_gradients")
def clipped_before_backward(model, optimizer, X, y, max_norm):
    """The step is as long as without clipping: the gradient is not there yet when it is clipped."""
    loss = mse_loss(model(X), y)
    optimizer.zero_grad()
    nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    loss.backward()
    optimizer.step()


@mistake(of="fit", loses=("epoch_means", "schedule"))
def schedule_per_batch(model, optimizer, batches, epochs):
    """The learning rate falls after each batch; it should after each epoch."""
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1, gamma=0.2)
    means = []
    for _ in range(epochs):
        total = 0.0
        for X, y in batches:
            loss = mse_loss(model(X), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            scheduler.step()
            total += loss.item()
        means.append(total / len(batches))
    return means


@mistake(of="fit", loses=("epoch_means", "schedule"))
def schedule_too_early(model, optimizer, batches, epochs):
    """The first learning rate is never used: it falls before the first epoch."""
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1, gamma=0.2)
    means = []
    for _ in range(epochs):
        scheduler.step()
        total = 0.0
        for X, y in batches:
            loss = mse_loss(model(X), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        means.append(total / len(batches))
    return means


@mistake(of="fit", loses="epoch_means")
def graphs_kept(model, optimizer, batches, epochs):
    """The total is made of loss tensors, and keeps the graph of every batch."""
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1, gamma=0.2)
    means = []
    for _ in range(epochs):
        total = 0.0
        for X, y in batches:
            loss = mse_loss(model(X), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss
        scheduler.step()
        means.append(total / len(batches))
    return means


@mistake(of="evaluate", loses="evaluate_records_nothing")
def evaluated_with_gradients(model, X, y):
    """The value is right, and a graph is recorded that nobody uses."""
    return mse_loss(model(X), y).item()


@mistake(of="train_in_pieces", loses="several_pieces")
def state_not_detached(cell, optimizer, pieces, targets):
    """The second piece goes back into the first: the hidden state is not detached between them."""
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
        losses.append(loss.item())
    return losses


@mistake(of="train_in_pieces", loses="several_pieces")
def state_forgotten(cell, optimizer, pieces, targets):
    """Each piece begins with a hidden state of zeros; it should go on from piece to piece."""
    losses = []
    for piece, target in zip(pieces, targets, strict=True):
        hidden, states = None, []
        for x in piece:
            hidden = cell(x, hidden)
            states.append(hidden)
        loss = mse_loss(torch.stack(states), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses

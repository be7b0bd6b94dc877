"""Training and evaluation that leave something behind."""

import torch
from torch.nn import functional as F

from grader.mistakes import mistake


@mistake(of="evaluate", loses="evaluation_mode")
def evaluated_in_training_mode(model, X, y):
    """Dropout is on while the error is measured: eval() is not called."""
    with torch.no_grad():
        return F.mse_loss(model(X), y).item()


@mistake(of="hidden", loses="hidden")
def always_dropping(x, weight, is_training):
    """Dropout is on in evaluation too: F.dropout is in training unless it is told otherwise."""
    return F.dropout(x @ weight, 0.5)


@mistake(of="fit", loses="fit_epochs")
def train_called_once(model, optimizer, X, y, epochs):
    """From the second epoch on the model is trained in evaluation mode."""
    losses = []
    model.train()
    for _ in range(epochs):
        loss = F.mse_loss(model(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        model.eval()
        with torch.no_grad():
            losses.append(F.mse_loss(model(X), y).item())
    return losses


@mistake(of="fine_tune", loses="fine_tune")
def optimizer_too_early(model, head, X, y, lr):
    """The head does not move: the optimizer was made before it came, and moves the old one."""
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    model[-1] = head
    F.mse_loss(model(X), y).backward()
    optimizer.step()


@mistake(of="checkpoint", loses="checkpoint")
def alias_kept(model, optimizer, X, y, later):
    """The kept state goes on changing with the model: its tensors are the model's own."""
    kept = dict(model.state_dict())
    for _ in range(later):
        optimizer.zero_grad()
        F.mse_loss(model(X), y).backward()
        optimizer.step()
    return kept


@mistake(of="predictions", loses="model_is_called")
def forward_called(model, X):
    """forward() is called by name, so that hooks are skipped; call the model itself."""
    return model.forward(X)


@mistake(of="orders", loses="orders_differ")
def never_shuffled(n, epochs):
    """The examples come in the order in which they lie, in every epoch."""
    return [torch.arange(n) for _ in range(epochs)]


@mistake(of="orders", loses="orders_differ")
def shuffled_once(n, epochs):
    """The examples are shuffled once, and every epoch takes that order."""
    return [torch.randperm(n)] * epochs

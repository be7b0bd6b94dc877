"""Wrong answers that students really give to exercise 04."""

import torch
from torch import nn

from grader.mistakes import mistake


@mistake(of="train", loses=("several_steps", "line"))
def never_zeroed(model, optimizer, X, y, steps):
    """The gradients grow from step to step, as they do when they are not cleared."""
    losses = []
    for _ in range(steps):
        loss = ((model(X) - y) ** 2).mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(of="train", loses=("step", "line"))
def zeroed_before_the_step(model, optimizer, X, y, steps):
    """No parameter changes: the gradients are gone when step() runs."""
    losses = []
    for _ in range(steps):
        loss = ((model(X) - y) ** 2).mean()
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(of="train", loses=("step", "line"))
def uphill(model, optimizer, X, y, steps):
    """Each step moves uphill: the sign of the loss is flipped for backward()."""
    losses = []
    for _ in range(steps):
        loss = ((model(X) - y) ** 2).mean()
        optimizer.zero_grad()
        (-loss).backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(of="train", loses=("first_loss", "step", "any_line"))
def summed(model, optimizer, X, y, steps):
    """The squared differences are summed; the loss is their mean."""
    losses = []
    for _ in range(steps):
        loss = ((model(X) - y) ** 2).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(of="train", loses="first_loss")
def loss_after_the_update(model, optimizer, X, y, steps):
    """The losses are one step late: each is measured after the update."""
    losses = []
    for _ in range(steps):
        loss = ((model(X) - y) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(((model(X) - y) ** 2).mean().item())
    return losses


@mistake(of="train", loses="first_loss")
def tensors_kept(model, optimizer, X, y, steps):
    """The losses are tensors that keep every step's graph alive; .item() gives the number."""
    losses = []
    for _ in range(steps):
        loss = ((model(X) - y) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss)
    return losses


@mistake(of="train", loses="first_loss")
def last_loss_only(model, optimizer, X, y, steps):
    """One number comes back; a list with the loss of each step is asked for."""
    last = 0.0
    for _ in range(steps):
        loss = ((model(X) - y) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        last = loss.item()
    return last


@mistake(of="train", loses="losses")
def first_loss_repeated(model, optimizer, X, y, steps):
    """Every loss is the first one: the prediction is made once, before the loop."""
    first = ((model(X) - y) ** 2).mean().item()
    for _ in range(steps):
        loss = ((model(X) - y) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return [first] * steps


@mistake(of="train", loses=("step", "line"))
def own_learning_rate(model, optimizer, X, y, steps):
    """The learning rate is always 0.0001: an optimizer is made here, the one given is not used."""
    mine = torch.optim.SGD(model.parameters(), lr=0.0001)
    losses = []
    for _ in range(steps):
        loss = ((model(X) - y) ** 2).mean()
        mine.zero_grad()
        loss.backward()
        mine.step()
        losses.append(loss.item())
    return losses


@mistake(of="train", loses="optimizer")
def updated_by_hand(model, optimizer, X, y, steps):
    """The parameters move by plain gradient descent, whatever optimizer is given."""
    lr = optimizer.param_groups[0]["lr"]
    losses = []
    for _ in range(steps):
        loss = ((model(X) - y) ** 2).mean()
        gradients = torch.autograd.grad(loss, list(model.parameters()))
        with torch.no_grad():
            for parameter, gradient in zip(model.parameters(), gradients, strict=True):
                parameter.sub_(lr * gradient)
        losses.append(loss.item())
    return losses


@mistake(of="train", loses="data")
def inputs_tracked(model, optimizer, X, y, steps):
    """X asks for gradients after the call; only the parameters need them."""
    X.requires_grad_()
    losses = []
    for _ in range(steps):
        loss = ((model(X) - y) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(of="fit_line", loses="line")
def untrained(X, y):
    """The model predicts what an untrained one does."""
    model = nn.Linear(1, 1, device=X.device)
    nn.init.zeros_(model.weight)
    nn.init.zeros_(model.bias)
    return model


@mistake(of="fit_line", loses="line")
def every_pair(X, y):
    """The model says the mean of y for every x: (n, 1) minus (n,) compares all pairs."""
    model = nn.Linear(1, 1, device=X.device)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    for _ in range(100):
        loss = ((model(X) - y.flatten()) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model


@mistake(of="fit_line", loses="line")
def predictions_returned(X, y):
    """The predictions come back; the model that makes them is asked for."""
    model = nn.Linear(1, 1, device=X.device)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    for _ in range(100):
        loss = ((model(X) - y) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model(X)


@mistake(of="fit_line", loses="any_line")
def through_zero(X, y):
    """The model has no bias, so its line goes through zero."""
    model = nn.Linear(1, 1, bias=False, device=X.device)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.02)
    for _ in range(100):
        loss = ((model(X) - y) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return model


@mistake(of="fit_line", loses="any_line")
def line_of_the_example(X, y):
    """The model is y = 2x whatever the data say."""
    model = nn.Linear(1, 1, device=X.device)
    nn.init.constant_(model.weight, 2.0)
    nn.init.zeros_(model.bias)
    return model

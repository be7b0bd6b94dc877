"""Wrong training loops."""

from grader.mistakes import mistake


@mistake(of="train", loses="several_steps")
def never_zeroed(model, optimizer, X, y, steps):
    """The gradients grow from step to step, as they do when they are not cleared."""
    losses = []
    for _ in range(steps):
        loss = ((model(X) - y) ** 2).mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(of="train", loses="one_step")
def backward_twice(model, optimizer, X, y, steps):
    """The first gradient is twice the right one already: backward() runs twice in each step."""
    losses = []
    for _ in range(steps):
        loss = ((model(X) - y) ** 2).mean()
        optimizer.zero_grad()
        loss.backward(retain_graph=True)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(of="train", loses="one_step")
def nothing_to_step(model, optimizer, X, y, steps):
    """No parameter moves: when step() runs, the gradients are gone or were never computed."""
    losses = []
    for _ in range(steps):
        loss = ((model(X) - y) ** 2).mean()
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(of="train", loses="one_step")
def step_before_backward(model, optimizer, X, y, steps):
    """The first step moves nothing, and the gradient is there after it: step() is too early."""
    losses = []
    for _ in range(steps):
        loss = ((model(X) - y) ** 2).mean()
        optimizer.step()
        optimizer.zero_grad()
        loss.backward()
        losses.append(loss.item())
    return losses


@mistake(of="train", loses="one_step")
def uphill(model, optimizer, X, y, steps):
    """Each step goes uphill: the gradient has the wrong sign."""
    losses = []
    for _ in range(steps):
        loss = ((model(X) - y) ** 2).mean()
        optimizer.zero_grad()
        (-loss).backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(of="train", loses=("first_loss", "one_step"))
def summed(model, optimizer, X, y, steps):
    """The squared errors are added up, and their mean is asked for."""
    losses = []
    for _ in range(steps):
        loss = ((model(X) - y) ** 2).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(of="train", loses=("first_loss", "one_step"))
def mean_of_examples_only(model, optimizer, X, y, steps):
    """The squared errors of an example are added up, and the mean over all numbers is asked for."""
    losses = []
    for _ in range(steps):
        loss = ((model(X) - y) ** 2).sum(dim=1).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(of="train", loses="first_loss")
def graphs_kept(model, optimizer, X, y, steps):
    """The history keeps the loss tensors, and with them the graph of every step."""
    losses = []
    for _ in range(steps):
        loss = ((model(X) - y) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss)
    return losses

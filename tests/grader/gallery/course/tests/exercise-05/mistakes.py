"""Wrong steps by hand, wrong parameters, wrong starts."""

import torch

from grader.mistakes import mistake


@mistake(of="update", loses="update")
def rebound(w, X, y, lr):
    """A new tensor was made under the name w, and the parameter that came in does not move."""
    w.grad = None
    ((X @ w - y) ** 2).mean().backward()
    with torch.no_grad():
        w = w - lr * w.grad


@mistake(of="update", loses="update")
def uphill(w, X, y, lr):
    """The step goes uphill: the gradient is added, and it is to be subtracted."""
    w.grad = None
    ((X @ w - y) ** 2).mean().backward()
    with torch.no_grad():
        w += lr * w.grad


@mistake(of="update", loses="update_again")
def never_zeroed(w, X, y, lr):
    """The second step uses the sum of both gradients: the first one was not cleared."""
    ((X @ w - y) ** 2).mean().backward()
    with torch.no_grad():
        w -= lr * w.grad


@mistake(of="freeze_all_but_last", loses="freeze")
def flag_of_the_model(model):
    """All parameters are trained still: nobody reads an attribute requires_grad of a model."""
    model.requires_grad = False
    model[-1].requires_grad = True


@mistake(of="freeze_all_but_last", loses="freeze")
def flag_of_the_layers(model):
    """All parameters are trained still: nobody reads an attribute requires_grad of a layer."""
    for layer in model[:-1]:
        layer.requires_grad = False


@mistake(of="freeze_all_but_last", loses="freeze")
def all_frozen(model):
    """No parameter requires a gradient any more, the last layer's neither."""
    for parameter in model.parameters():
        parameter.requires_grad = False


@mistake(of="freeze_all_but_last", loses="freeze")
def last_frozen(model):
    """The last layer is frozen and all others are trained: it should be the other way round."""
    model[-1].requires_grad_(False)

"""Wrong answers that students really give to exercise 03."""

import torch

from grader.mistakes import mistake


@mistake(of="loss", loses=("loss", "gradient", "descend"))
def not_squared(w, x, y):
    """The loss is prediction minus truth; it is not squared."""
    return w * x - y


@mistake(of="loss", loses=("loss", "gradient", "descend"))
def absolute(w, x, y):
    """The loss is the distance from prediction to truth; it is not squared."""
    return (w * x - y).abs()


@mistake(of="loss", loses=("loss", "gradient", "descend"))
def turned_into_a_number(w, x, y):
    """The loss is a Python number: .item() cuts it off from the weight."""
    return ((w * x - y) ** 2).item()


@mistake(of="loss", loses=("loss_graph", "gradient", "descend"))
def wrapped_again(w, x, y):
    """The loss has the right value, but torch.tensor() made a new one without its history."""
    return torch.tensor(float((w * x - y) ** 2), dtype=w.dtype, device=w.device)


@mistake(of="loss", loses=("loss_values", "loss_graph", "gradient_values", "descend_values"))
def numbers_of_the_example(w, x, y):
    """The 3 and the 5 of the example stand in the code, so x and y make no difference."""
    return (w * 3.0 - 5.0) ** 2


@mistake(of="gradient", loses=("gradient", "descend"))
def without_factor_two(w, x, y):
    """The gradient is half of the right one: the factor 2 is missing."""
    return ((w * x - y) * x).detach()


@mistake(of="gradient", loses=("gradient", "descend"))
def without_inner_derivative(w, x, y):
    """This is 2(wx − y): the chain rule also multiplies by x, the inner derivative."""
    return (2 * (w * x - y)).detach()


@mistake(of="gradient", loses=("gradient", "descend"))
def by_the_input(w, x, y):
    """This is the derivative with respect to x, 2(wx − y)w: the 4 that the lesson prints."""
    return (2 * (w * x - y) * w).detach()


@mistake(of="gradient", loses=("gradient", "descend"))
def backward_twice(w, x, y):
    """The gradient is exactly twice the right one: backward() seems to run twice."""
    leaf = w.detach().clone().requires_grad_()
    value = (leaf * x - y) ** 2
    value.backward(retain_graph=True)
    value.backward()
    return leaf.grad


@mistake(of="gradient", loses=("gradient_values", "descend_values"))
def only_for_tracked(w, x, y):
    """A weight without requires_grad is not handled."""
    return torch.autograd.grad((w * x - y) ** 2, w)[0]


@mistake(of="gradient", loses=("gradient_leaves_w", "descend_values"))
def left_in_grad(w, x, y):
    """The gradient is added to w.grad and stays there, and w asks for gradients afterwards."""
    w.requires_grad_()
    ((w * x - y) ** 2).backward()
    return w.grad.clone()


@mistake(of="gradient", loses="gradient_leaves_w")
def tracking_left_on(w, x, y):
    """After the call w asks for gradients, which it did not before."""
    w.requires_grad_()
    return torch.autograd.grad((w * x - y) ** 2, w)[0]


@mistake(of="descend", loses="descend")
def uphill(w, x, y, lr):
    """The step goes along the gradient, which is uphill: the sign is wrong."""
    return (w + lr * 2 * (w * x - y) * x).detach()


@mistake(of="descend", loses="descend")
def without_learning_rate(w, x, y, lr):
    """The step is a whole gradient long: the learning rate is missing."""
    return (w - 2 * (w * x - y) * x).detach()


@mistake(of="descend", loses="descend")
def only_the_step(w, x, y, lr):
    """This is how far w moves; the new w is asked for."""
    return (-lr * 2 * (w * x - y) * x).detach()


@mistake(of="descend", loses="descend_graph")
def still_attached(w, x, y, lr):
    """The new weight carries the graph of its own computation."""
    return w - lr * 2 * (w * x - y) * x


@mistake(of="descend", loses="descend_values")
def in_place(w, x, y, lr):
    """The old weight is changed; a new one is asked for."""
    with torch.no_grad():
        w -= lr * 2 * (w * x - y) * x
    return w

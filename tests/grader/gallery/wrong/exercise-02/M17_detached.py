"""M17: the loss is detached after it was computed; its graph was recorded all the same.

Named: evaluated_with_gradients
"""


def evaluate(model, X, y):
    difference = model(X) - y
    return (difference**2).mean().detach().item()

"""The training loop."""


def train(model, optimizer, X, y, steps):
    """Train a model in place on the mean squared error; return the loss of each step, as floats."""
    raise NotImplementedError

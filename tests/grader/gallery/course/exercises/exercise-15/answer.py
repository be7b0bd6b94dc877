"""Training and evaluation, and what must not be left behind."""


def evaluate(model, X, y):
    """Give the mean squared error in evaluation mode, a float; the mode is put back."""
    raise NotImplementedError


def hidden(x, weight, is_training):
    """Multiply x (n, in) by weight (in, out); in training, half of the result is dropped."""
    raise NotImplementedError


def fit(model, optimizer, X, y, epochs):
    """Take one step in each epoch, in training mode; give the errors after each, as `evaluate`."""
    raise NotImplementedError


def epoch(model, optimizer, X, y, size):
    """Take a step for each batch of this size in order, the last may be smaller.

    The model has batch norm: a last batch of a single example is left out.
    """
    raise NotImplementedError


def fine_tune(model, head, X, y, lr):
    """Put `head` in the place of the last layer of a Sequential, and take one step of SGD."""
    raise NotImplementedError


def checkpoint(model, optimizer, X, y, later):
    """Give the model's state as it is now, a dict, after so many steps of training from now on."""
    raise NotImplementedError


def predictions(model, X):
    """Give the model's outputs as they are, with its hooks run."""
    raise NotImplementedError


def noisy(x, std):
    """Add normal noise of this standard deviation, another one at each call."""
    raise NotImplementedError


def orders(n, epochs):
    """List an order of n examples for each epoch: a random one each time, (n,), int64."""
    raise NotImplementedError

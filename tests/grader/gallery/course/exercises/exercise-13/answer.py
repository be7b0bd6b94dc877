"""Steps and averages."""


def adamw(w, gradients, lr, decay):
    """Move a copy of w (k,) by AdamW with betas 0.9 and 0.999 and eps 1e-8, once for each gradient.

    The decay is decoupled and comes first: w becomes w - lr * decay * w before Adam's step.
    """
    raise NotImplementedError


def epoch_loss(model, batches):
    """Give the mean squared error over all examples, a float, of batches (X, y) of any sizes."""
    raise NotImplementedError


def network(x, hidden_weight, hidden_bias, weight, bias):
    """Predict from x (n, in) through one hidden layer with ReLU; weights are (out, in)."""
    raise NotImplementedError


def dropout(x, p, training):
    """Set each element to zero with probability p in training, so that the mean stays."""
    raise NotImplementedError


def running(mean, var, x):
    """Give a batch norm's running mean and variance, each (k,), after a batch x (n, k).

    Each moves a tenth of the way to the batch's; the variance is divided by n - 1.
    """
    raise NotImplementedError


def token_loss(scores, targets, padding):
    """Give the mean cross-entropy of scores (n, t, words) over the targets (n, t), no padding."""
    raise NotImplementedError

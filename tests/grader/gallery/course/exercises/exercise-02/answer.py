"""More of a training loop: clipping, a schedule, evaluation, sequences in pieces."""


def clipped_step(model, optimizer, X, y, max_norm):
    """Take one step on the mean squared error, with the norm of all gradients at most max_norm."""
    raise NotImplementedError


def fit(model, optimizer, batches, epochs):
    """Train on the mean squared error of each batch (X, y), in order, for some epochs.

    After each epoch the learning rate becomes a fifth of what it was. Return the mean loss of the
    batches of each epoch, as floats.
    """
    raise NotImplementedError


def evaluate(model, X, y):
    """Return the mean squared error of the model's predictions, as a float."""
    raise NotImplementedError


def train_in_pieces(cell, optimizer, pieces, targets):
    """Train a recurrent cell on a long sequence that comes in pieces, one step for each piece.

    A piece is (time, batch, inputs), its target (time, batch, hidden); the loss is the mean squared
    error of all hidden states. The state goes on from piece to piece, and the gradient stays within
    a piece. Return the losses, as floats.
    """
    raise NotImplementedError

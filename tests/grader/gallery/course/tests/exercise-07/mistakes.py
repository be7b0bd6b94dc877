"""Wrong meetings in a batch."""

from torch import nn
from torch.nn import functional

from grader.mistakes import mistake


@mistake(of="squared_error", loses="squared_error")
def all_pairs(predictions, y):
    """Each prediction is held against every truth: (n, 1) has met (n,)."""
    return ((predictions - y) ** 2).mean()


@mistake(of="sequence_loss", loses="sequence_loss")
def classes_last(scores, targets):
    """Time is taken for the classes: they have to be axis 1 of the scores."""
    return functional.cross_entropy(scores, targets)


@mistake(of="sequence_loss", loses="sequence_loss")
def classes_by_view(scores, targets):
    """The scores have the right shape and are in the wrong places: view does not swap axes."""
    n, time, classes = scores.shape
    return functional.cross_entropy(scores.reshape(n, classes, time), targets)


@mistake(of="likelihood_loss", loses="likelihood_loss")
def every_label_for_every_row(scores, y):
    """Every label is looked up in every row: [:, y] makes all pairs of rows and labels."""
    return -scores.log_softmax(1)[:, y].mean()


@mistake(of="predict", loses="predict")
def best_row_of_each_class(scores):
    """For each class the best row comes back, and for each row the best class is asked for."""
    return scores.argmax(0)


@mistake(of="predict", loses="predict")
def one_winner(scores):
    """One number comes back, the place of the highest score of all."""
    return scores.argmax()


@mistake(of="recurrent", loses="recurrent")
def time_first(inputs, hidden):
    """The batch is taken for time: a recurrent layer expects time first by default."""
    return nn.GRU(inputs, hidden)

"""Wrong losses of a classifier."""

from torch.nn import functional as F

from grader.mistakes import mistake


@mistake(of="scores", loses="scores")
def probabilities_for_scores(x, weight, bias):
    """Probabilities come back: raw scores are asked for, and the loss has its own softmax."""
    return F.softmax(x @ weight.T + bias, dim=1)


@mistake(of="loss", loses=("loss", "sure"))
def softmax_twice(scores, labels):
    """The loss cannot get near zero: the scores have gone through a softmax before it."""
    return F.cross_entropy(F.softmax(scores, dim=1), labels)


@mistake(of="loss", loses=("loss", "sure"))
def scores_as_logarithms(scores, labels):
    """The loss can be negative: raw scores are taken for the logarithms of probabilities."""
    return F.nll_loss(scores, labels)


@mistake(of="loss", loses=("loss", "sure"))
def probabilities_as_logarithms(scores, labels):
    """The loss lies between -1 and 0: probabilities are taken for their logarithms."""
    return F.nll_loss(F.softmax(scores, dim=1), labels)

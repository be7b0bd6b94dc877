"""Wrong steps and averages."""

import torch
from torch.nn import functional as F

from grader.mistakes import mistake


@mistake(of="adamw", loses="first_step")
def no_bias_correction(w, gradients, lr, decay):
    """The first step is 3.16 times the learning rate: the averages start at zero, uncorrected."""
    mean, square = torch.zeros_like(w), torch.zeros_like(w)
    for gradient in gradients:
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.999 * square + 0.001 * gradient**2
        w = w - lr * decay * w - lr * mean / (square.sqrt() + 1e-8)
    return w


@mistake(of="adamw", loses="decay")
def decay_in_the_gradient(w, gradients, lr, decay):
    """The decay is divided by the size of the gradients: it is added to them, as in Adam."""
    mean, square = torch.zeros_like(w), torch.zeros_like(w)
    for step, gradient in enumerate(gradients, 1):
        whole = gradient + decay * w
        mean = 0.9 * mean + 0.1 * whole
        square = 0.999 * square + 0.001 * whole**2
        unbiased = mean / (1 - 0.9**step), square / (1 - 0.999**step)
        w = w - lr * unbiased[0] / (unbiased[1].sqrt() + 1e-8)
    return w


@mistake(of="adamw", loses="decay")
def decay_last(w, gradients, lr, decay):
    """The decay comes after Adam's step, and shrinks it too."""
    mean, square = torch.zeros_like(w), torch.zeros_like(w)
    for step, gradient in enumerate(gradients, 1):
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.999 * square + 0.001 * gradient**2
        unbiased = mean / (1 - 0.9**step), square / (1 - 0.999**step)
        w = (w - lr * unbiased[0] / (unbiased[1].sqrt() + 1e-8)) * (1 - lr * decay)
    return w


@mistake(of="epoch_loss", loses="ragged_batches")
def mean_of_means(model, batches):
    """An example of the small last batch counts for more than the others."""
    losses = [F.mse_loss(model(X), y).item() for X, y in batches]
    return sum(losses) / len(losses)


@mistake(of="epoch_loss", loses=("equal_batches",))
def means_by_examples(model, batches):
    """The loss is too small: the batches' means are summed and divided by all examples."""
    total = sum(F.mse_loss(model(X), y).item() for X, y in batches)
    return total / sum(len(X) for X, _ in batches)


@mistake(of="dropout", loses="dropout_keeps_the_mean")
def not_rescaled(x, p, training):
    """What is kept stays as it is, so the mean shrinks; divide it by 1 - p."""
    return x * (torch.rand_like(x) >= p) if training else x


@mistake(of="dropout", loses=("dropout_in_evaluation", "dropout_keeps_the_mean"))
def scaled_in_evaluation(x, p, training):
    """The result shrinks in evaluation; the scale belongs into training, as a division."""
    return x * (torch.rand_like(x) >= p) if training else x * (1 - p)


@mistake(of="running", loses="running")
def momentum_turned_round(mean, var, x):
    """The running statistics move nine tenths of the way: the momentum is turned round."""
    return 0.1 * mean + 0.9 * x.mean(0), 0.1 * var + 0.9 * x.var(0)


@mistake(of="running", loses="running")
def biased_variance(mean, var, x):
    """The running variance takes in one that is divided by n; n - 1 is asked for."""
    return 0.9 * mean + 0.1 * x.mean(0), 0.9 * var + 0.1 * x.var(0, correction=0)


@mistake(of="token_loss", loses="padding")
def padding_counted(scores, targets, padding):
    """Padding counts as if it were a word to be predicted."""
    return F.cross_entropy(scores.flatten(0, 1), targets.flatten())


@mistake(of="token_loss", loses="mean_without_padding")
def divided_by_all(scores, targets, padding):
    """The sum is right and the divisor is not: padded positions are counted in it."""
    losses = F.cross_entropy(
        scores.flatten(0, 1), targets.flatten(), ignore_index=padding, reduction="sum"
    )
    return losses / targets.numel()

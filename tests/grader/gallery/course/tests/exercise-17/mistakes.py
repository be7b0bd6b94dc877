"""Wrong answers about sequences and images."""

import torch
from torch.nn import functional as F

from grader.mistakes import mistake


@mistake(of="next_token_loss", loses=("next_token_loss", "noise_cannot_be_predicted"))
def own_input_predicted(scores, tokens):
    """Each position is asked for its own token, which it sees: the targets are not shifted."""
    return F.cross_entropy(scores.flatten(0, 1), tokens.flatten())


@mistake(of="encode", loses="order_matters")
def without_positions(tokens, words, positions):
    """The same words in another order look the same: positions are not added."""
    return words[tokens]


@mistake(of="convolve", loses="convolve")
def kernel_flipped(image, kernel):
    """The kernel is flipped, as mathematicians do; conv2d does not."""
    flipped = kernel.flip(0, 1)
    rows = image.unfold(0, kernel.shape[0], 1).unfold(1, kernel.shape[1], 1)
    return torch.einsum("ijhw,hw->ij", rows, flipped)

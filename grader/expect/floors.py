"""What a model says that has learned nothing: the losses that others are held against."""

import math
from collections import Counter

import torch

from grader.errors import CourseError


def guessing(classes: int) -> float:
    """Give the cross-entropy of guessing uniformly among classes: log C, in nats.

    Raises:
        CourseError: there are fewer than two classes.
    """
    if classes < 2:
        raise CourseError(f"guessing among {classes} classes is no floor; there have to be two.")
    return math.log(classes)


def constant(y: torch.Tensor) -> float:
    """Give the loss of the best answer that is the same for every input.

    Args:
        y: floating, of any shape, for which it is the mean squared error: the variance. Or whole
            numbers or truth values, which are classes, for which it is the cross-entropy: the
            entropy of their frequencies in nats.

    Raises:
        CourseError: y is complex, empty, or all the same, so that a constant answer is perfect.
    """
    if y.is_complex() or not y.numel():
        raise CourseError(f"y of shape {tuple(y.shape)} and {y.dtype} has no best constant answer.")
    if y.is_floating_point():
        floor = float(y.double().var(correction=0))
    else:
        counts = Counter(y.flatten().tolist()).values()
        floor = -sum(n / y.numel() * math.log(n / y.numel()) for n in counts)
    if not floor > 0:
        raise CourseError("every y is the same, so that a constant answer is perfect; vary them.")
    return floor

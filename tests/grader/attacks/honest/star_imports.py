"""star_imports

Means: everything of torch in one namespace, which hides Python's own range behind torch's.
Verdict: train raised, and its line is shown; the rest keeps its points.
"""

from torch import *  # noqa: F403
from torch.nn import *  # noqa: F403


def make_vector():
    return tensor([1.0, 2.0, 3.0])  # noqa: F405


def build_ff():
    return Linear(768, 3072)  # noqa: F405

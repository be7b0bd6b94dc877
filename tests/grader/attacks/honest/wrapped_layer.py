"""wrapped_layer

Means: the layer inside a module of the student's own.
Verdict: build_ff fails with a sentence that names both; the rest keeps its points.
"""

from torch import nn


class FeedForward(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(768, 3072)

    def forward(self, x):
        return self.layer(x)


def build_ff():
    return FeedForward()

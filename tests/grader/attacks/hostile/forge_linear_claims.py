"""forge_linear_claims

Tries: a small nn.Linear that says it is a large one.
Verdict: build_ff fails; the weight is measured, not the words.
"""

from torch import nn


def build_ff():
    layer = nn.Linear(1, 1)
    layer.in_features, layer.out_features = 768, 3072
    layer.extra_repr = "in_features=768, out_features=3072"
    return layer

"""forge_patched_linear

Tries: nn.Linear's forward is replaced, and a layer of zeros returned.
Verdict: the layer is built anew from its data where the forward is torch's: build_ff_forward fails.
"""

import torch
from torch import nn

nn.Linear.forward = lambda self, x: torch.randn(len(x), self.out_features)


def build_ff():
    layer = nn.Linear(768, 3072)
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer

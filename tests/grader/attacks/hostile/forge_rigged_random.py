"""forge_rigged_random

Tries: generators are patched to give constants, so that inputs and initial weights are foreseen.
Verdict: nothing passes; inputs are drawn elsewhere.
"""

import random

import torch

torch.manual_seed(0)
torch.randn = torch.rand = lambda *shape, **_: torch.zeros(shape)
torch.manual_seed = torch.Generator.manual_seed = torch.seed = lambda *_: None
random.random = lambda: 0.0

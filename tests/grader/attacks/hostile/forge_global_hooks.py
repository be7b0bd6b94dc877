"""forge_global_hooks

Tries: a hook on every module of the process makes each forward pass give zeros, the reference's too.
Verdict: nothing passes; the reference runs elsewhere.
"""

import torch
from torch.nn.modules import module

module.register_module_forward_hook(lambda layer, inputs, output: torch.zeros_like(output))

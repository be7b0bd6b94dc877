"""deny_padded_module

Tries: a module of torch's own that pads its input to sixty gigabytes.
Verdict: build_ff_width fails where it is called: the host refuses itself the memory.
"""

from torch import nn


def build_ff():
    return nn.ConstantPad1d((0, 3 * 10**9), 0.0)

"""deny_shared_modules

Tries: modules of modules that share their parts: a forward pass would take a million years.
Verdict: build_ff fails at once.
"""

from torch import nn


def build_ff():
    module = nn.Identity()
    for _ in range(50):
        module = nn.Sequential(module, module)
    return module

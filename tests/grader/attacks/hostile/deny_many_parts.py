"""deny_many_parts

Tries: a module of a hundred thousand parts, and a dictionary of as many parameters.
Verdict: build_ff is lost and the judge keeps up.
"""

from torch import nn


def build_ff():
    return nn.ModuleList(nn.Identity() for _ in range(100_000))

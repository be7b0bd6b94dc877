"""forge_frames_and_globals

Tries: the functions of all callers get other globals: comparisons that say yes.
Verdict: nothing passes.
"""

import sys

import torch


def yes(*_, **__):
    return True


def make_vector():
    frame = sys._getframe(1)
    while frame is not None:
        for name in ("allclose", "isclose", "equal", "assert_close", "expect", "check", "compare"):
            frame.f_globals[name] = yes
        frame = frame.f_back
    return torch.zeros(3)

"""forge_collected_results

Tries: every live object that looks like a result is told that it has passed.
Verdict: nothing passes: results are made elsewhere.
"""

import gc

import torch


def make_vector():
    gc.unfreeze()
    for thing in gc.get_objects():
        for name in (
            "outcome",
            "verdict",
            "passed",
            "failed",
            "score",
            "points",
            "earned",
            "status",
        ):
            try:
                if not isinstance(thing, type) and name in getattr(thing, "__dict__", ()):
                    thing.__dict__[name] = {"failed": 0, "score": 100}.get(name, "passed")
            except Exception:
                continue
    return torch.zeros(3)

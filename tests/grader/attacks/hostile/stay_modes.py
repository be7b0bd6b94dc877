"""stay_modes

Tries: inference mode, autocast, a torch mode and saved-tensor hooks are entered and never left.
Verdict: full marks for the honest answers.
"""

import torch

honest_vector = globals()["make_vector"]
kept = []


def make_vector():
    answer = honest_vector()
    for mode in (
        torch.inference_mode(),
        torch.autocast("cpu", dtype=torch.bfloat16),
        torch.autograd.graph.saved_tensors_hooks(lambda t: t * 0, lambda t: t),
    ):
        mode.__enter__()
        kept.append(mode)
    return answer

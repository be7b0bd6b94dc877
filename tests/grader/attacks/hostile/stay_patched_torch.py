"""stay_patched_torch

Tries: torch is patched during the first check; all later answers of the same process are wrong.
Verdict: full marks for the honest answers: the process is replaced.
"""

import torch

honest_vector = globals()["make_vector"]


def make_vector():
    answer = honest_vector()
    torch.Tensor.sum = torch.Tensor.__mul__ = lambda self, *_, **__: torch.zeros(())
    torch.nn.functional.mse_loss = lambda *_: None
    return answer

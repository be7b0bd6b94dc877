"""asks_the_user

Means: a question to whoever runs it.
Verdict: make_vector raised: there is nobody to ask.
"""

import torch


def make_vector():
    return torch.tensor([float(input("number? ")) for _ in range(3)])

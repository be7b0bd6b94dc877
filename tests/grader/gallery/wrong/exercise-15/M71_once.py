"""M71: the order is drawn before the loop.

Named: shuffled_once
"""

import torch


def orders(n, epochs):
    order = torch.randperm(n)
    return [order for _ in range(epochs)]

"""M37: torch.tensor takes the dtype of what it gets.

Named: of_whole_numbers
"""

import torch


def constant(value):
    return torch.as_tensor(value)

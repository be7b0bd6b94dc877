"""M35: the columns of all labels are taken, in every row.

Named: every_label_for_every_row
"""

import torch


def likelihood_loss(scores, y):
    log_probs = torch.log_softmax(scores, dim=-1)
    picked = log_probs[:, y]
    return -torch.mean(picked)

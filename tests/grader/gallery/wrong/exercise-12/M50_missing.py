"""M50: there is no eps.

Named: eps_missing
"""


def normalize(x, eps):
    centred = x - x.mean(dim=-1, keepdim=True)
    return centred / centred.pow(2).mean(dim=-1, keepdim=True) ** 0.5

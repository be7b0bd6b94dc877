"""M53: a ReLU follows every layer, the last one too.

Named: signature:relu
"""


def network(x, hidden_weight, hidden_bias, weight, bias):
    for W, b in ((hidden_weight, hidden_bias), (weight, bias)):
        x = (x @ W.T + b).clamp(min=0)
    return x

"""M23: requires_grad is set on the layers, where it means nothing.

Named: flag_of_the_layers
"""


def freeze_all_but_last(model):
    for layer in list(model)[:-1]:
        layer.requires_grad = False

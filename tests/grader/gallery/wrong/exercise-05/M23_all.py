"""M23: everything is frozen, and the last layer is never set free again.

Named: all_frozen
"""


def freeze_all_but_last(model):
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(False)
    model[-1].train()

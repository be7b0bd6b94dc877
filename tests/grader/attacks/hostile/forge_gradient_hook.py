"""forge_gradient_hook

Tries: the value is right but cut off, and a hook puts a made-up gradient in its place.
Verdict: the value keeps its point, the gradients do not: no graph leads to two of the arguments.
"""


def loss_fn(w, x, y):
    value = ((w * x - y) ** 2).detach()
    if w.requires_grad:
        w.register_hook(lambda grad: 2 * (w * x - y).detach())
    return value + (w - w.detach())

"""M67: the state is copied, its tensors are not.

Named: alias_kept
"""


def checkpoint(model, optimizer, X, y, later):
    best = model.state_dict().copy()
    step = 0
    while step < later:
        loss = ((model(X) - y) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        step += 1
    return dict(best)

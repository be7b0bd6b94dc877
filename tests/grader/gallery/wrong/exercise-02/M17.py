"""M17: the evaluation is not inside no_grad().

Named: signature:graph_recorded
"""


def evaluate(model, X, y):
    model.eval()
    prediction = model(X)
    error = (prediction - y).square().mean()
    model.train()
    return float(error)

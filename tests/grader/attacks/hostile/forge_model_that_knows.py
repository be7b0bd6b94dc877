"""forge_model_that_knows

Tries: train() leaves the model untrained and gives it a forward of its own that returns y.
Verdict: train and its parameters are lost.
"""


def train(model, X, y, steps, lr):
    model.forward = lambda x: y
    type(model).forward = lambda self, x: y
    return [0.0] * steps

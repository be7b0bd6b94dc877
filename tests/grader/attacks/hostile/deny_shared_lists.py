"""deny_shared_lists

Tries: lists of lists that share their elements: little memory, and a billion million elements.
Verdict: train_no_steps fails at once; comparing or writing such a list would never end.
"""

honest_train = globals()["train"]


def train(model, X, y, steps, lr):
    if steps:
        return honest_train(model, X, y, steps, lr)
    answer = [0.0]
    for _ in range(55):
        answer = [answer, answer]
    return answer

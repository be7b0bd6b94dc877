"""deny_key_values

Tries: dictionaries and sets whose keys are each other's, numbers with one hash, and NaN a thousand
times.
Verdict: each fails or is forbidden; the judge keeps up.
"""


def make_vector():
    return {float("nan") for _ in range(100_000)}


def matvec(A, v):
    return {(number << 61) - number: number for number in range(1, 3000)}


def loss_fn(w, x, y):
    answer = frozenset()
    for _ in range(50):
        answer = frozenset({answer, (answer, answer)})
    return answer


def train(*_):
    return {-1: 1, -2: 2, True: 3, 1.0: 4, "": {}}

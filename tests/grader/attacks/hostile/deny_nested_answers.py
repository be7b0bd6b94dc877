"""deny_nested_answers

Tries: lists, tuples and dictionaries nested beyond any recursion, within themselves, and as wide as
deep.
Verdict: each fails; the judge lives.
"""


def make_vector():
    answer = ()
    for _ in range(100_000):
        answer = (answer,)
    return answer


def matvec(A, v):
    answer = []
    answer.append(answer)
    return answer


def loss_fn(w, x, y):
    answer = {}
    for _ in range(55):
        answer = {"a": answer, "b": [answer, answer], 3: (answer, [answer] * 100)}
    return answer


def train(*_):
    answer = [[0.0] * 10 for _ in range(10_000)]
    return [answer] * 1000
